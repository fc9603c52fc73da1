<?php
// Runs scripts in a real PHP, one after the other: one JSON line with the script on stdin, one JSON line with
// the result of each call on stdout. Knows nothing of the library that is compared with it.
error_reporting(E_ALL);
set_error_handler(function (int $level, string $message) {
    $GLOBALS['warnings'][] = $message;
    return true;
});
require __DIR__ . '/../values.php';

const STEADY = ['url', 'content_type', 'http_code', 'header_size', 'filetime', 'redirect_count', 'size_download',
    'download_content_length', 'redirect_url', 'primary_ip', 'http_version', 'effective_method', 'request_header'];

function own(string $name, array $args): mixed {
    switch ($name) {
        case '@info':
            return array_intersect_key(curl_getinfo($args[0]), array_flip(STEADY));
        case '@hasError':
            return curl_error($args[0]) !== '';
        case '@read':
            return file_exists($args[0]) ? preg_replace('/\t[1-9]\d{9}\t/', "\tTIME\t", file_get_contents($args[0])) : null;
        case '@remove':
            if (file_exists($args[0])) unlink($args[0]);
            return null;
        case '@forget':
            unset($GLOBALS['named'][$args[0]]);
            return null;
        case '@ref':
            return $GLOBALS['refs'][$args[0]] ?? null;
        case '@type':
            return is_object($args[0]) ? get_class($args[0]) : gettype($args[0]);
        case '@forgetName':
            unset($GLOBALS['named'][$args[0]]);
            return null;
        case '@fopen':
            return fopen($args[0], 'r');
        case '@fclose':
            return fclose($args[0]);
        case '@filled':
            clearstatcache();
            return filesize($GLOBALS['paths'][$args[0]]) > 0;
        case '@new':
            return new $args[0](...array_slice($args, 1));
        case '@call':
            return $args[0]->{$args[1]}(...array_slice($args, 2));
        case '@get':
            return $args[0]->{$args[1]};
        case '@put':
            $args[0]->{$args[1]} = $args[2];
            return null;
        case '@versionKeys':
            return array_keys(curl_version());
        case '@hasFeature':
            return (curl_version()['features'] & constant($args[0])) !== 0;
        case '@sameInfo':
            return curl_getinfo($args[0]) === curl_getinfo($args[1]);
        case '@repeat':
            for ($i = 0; $i < $args[0]; $i++) curl_setopt($args[1], CURLOPT_HTTPHEADER, ["X: $i"]);
            return null;
        case '@loopPausing':
            do {
                $status = curl_multi_exec($args[0], $running);
                curl_pause($args[1], CURLPAUSE_CONT);
                if ($running) curl_multi_select($args[0], 0.05);
            } while ($running && $status === CURLM_OK);
            return [$status, $running];
        case '@same':
            return $args[0] === $args[1];
        case '@loop':
            do {
                $status = curl_multi_exec($args[0], $running);
                if ($running) curl_multi_select($args[0], 0.2);
            } while ($running && $status === CURLM_OK);
            return [$status, $running];
        case '@drain':
            $messages = [];
            while ($message = curl_multi_info_read($args[0], $left)) {
                $name = array_search($message['handle'], $GLOBALS['named'], true);
                $messages[] = [$name, $message['msg'], $message['result'], curl_errno($message['handle'])];
            }
            sort($messages);
            return [$messages, $left];
    }
    throw new Exception("no $name");
}

function call(string $name, array $args): mixed {
    $values = array_map(decode(...), $args);
    if ($name[0] === '@') return own($name, $values);
    foreach ($args as $index => $arg) {
        if (is_array($arg) && isset($arg['$ref'])) {
            $GLOBALS['refs'][$arg['$ref']] ??= null;
            $values[$index] = &$GLOBALS['refs'][$arg['$ref']];
        }
    }
    return call_user_func_array($name, $values);
}

function shown(mixed $value): mixed {
    if (is_object($value)) return '(' . get_class($value) . ')';
    if (gettype($value)[0] === 'r') return '(resource)';
    if (is_array($value)) return array_map(shown(...), $value);
    return is_string($value) ? mb_convert_encoding_latin1($value) : $value;
}

function mb_convert_encoding_latin1(string $bytes): string {
    return implode('', array_map(fn($byte) => $byte < 128 ? chr($byte) : chr(0xc0 | $byte >> 6) . chr(0x80 | $byte & 63),
        array_values(unpack('C*', $bytes))));
}

function run(array $script): array {
    $GLOBALS['log'] = null;
    $GLOBALS['outs'] = $GLOBALS['paths'] = $GLOBALS['named'] = $GLOBALS['refs'] = [];
    $GLOBALS['warnings'] = [];
    $results = [];
    ob_start();
    foreach ($script['steps'] as $step) {
        try {
            $result = call($step[1], array_slice($step, 2));
            if ($step[0] !== '') $GLOBALS['named'][$step[0]] = $result;
            $results[] = shown($result);
            unset($result);
        } catch (Throwable $error) {
            $results[] = ['throws' => $error->getMessage()];
            unset($error);
        }
    }
    $printed = ob_get_clean();
    $GLOBALS['named'] = [];
    foreach ($GLOBALS['outs'] as $out) if (is_resource($out)) fclose($out);
    $outs = array_map(fn($path) => base64_encode(file_get_contents($path)), $GLOBALS['paths']);
    array_map(unlink(...), $GLOBALS['paths']);
    // libcurl's log of a transfer depends on its connection.
    $outs = array_filter($outs, fn($name) => $name[0] !== '_', ARRAY_FILTER_USE_KEY);
    return ['results' => $results, 'printed' => $printed, 'warnings' => $GLOBALS['warnings'], 'log' => shown($GLOBALS['log']),
        'outs' => (object) $outs, 'libcurl' => curl_version()['version']];
}

while (($line = fgets(STDIN)) !== false) {
    $result = run(json_decode($line, true));
    echo json_encode($result, JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR), "\n";
}
