<?php
// Runs cases in a real PHP, one after the other, as the original ParallelCurl would: one JSON line with the
// case on stdin, one JSON line with what a callback sees on stdout. Knows nothing of the library that is
// compared with it.
error_reporting(E_ALL);
set_error_handler(function (int $level, string $message) {
    $GLOBALS['warnings'][] = $message;
    return true;
});

require __DIR__ . '/values.php';

function nameTypes(array $info): array {
    return array_map(fn($value) => match (true) {
        is_int($value), is_float($value) => 'number',
        is_array($value) => 'array',
        default => get_debug_type($value),
    }, $info);
}

function run(array $case): array {
    $GLOBALS['log'] = null;
    $GLOBALS['outs'] = $GLOBALS['paths'] = [];
    $GLOBALS['warnings'] = [];
    $result = null;
    try {
        $options = [];
        foreach ($case['options'] ?? [] as [$name, $value]) {
            $key = is_string($name) && defined($name) ? constant($name) : $name;
            unset($options[$key]);
            $options[$key] = decode($value);
        }
        $multi = curl_multi_init();
        $ch = curl_init();
        curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
        curl_setopt_array($ch, $options);
        curl_setopt($ch, CURLOPT_URL, $case['url']);
        $fields = decode($case['postFields'] ?? null);
        if (isset($fields)) {
            curl_setopt($ch, CURLOPT_POST, true);
            curl_setopt($ch, CURLOPT_POSTFIELDS, $fields);
        }
        curl_multi_add_handle($multi, $ch);
        ob_start();
        do {
            curl_multi_exec($multi, $active);
            if ($active) curl_multi_select($multi, 0.05);
        } while ($active);
        $printed = ob_get_clean();
        curl_multi_info_read($multi);
        $content = curl_multi_getcontent($ch);
        $info = curl_getinfo($ch);
        $result = [
            'threw' => false,
            'content' => $content === null ? null : base64_encode($content),
            'printed' => $printed,
            'errno' => curl_errno($ch),
            'hasError' => curl_error($ch) !== '',
            'error' => curl_error($ch),
            'httpCode' => curl_getinfo($ch, CURLINFO_HTTP_CODE),
            'effectiveUrl' => curl_getinfo($ch, CURLINFO_EFFECTIVE_URL),
            'contentType' => curl_getinfo($ch, CURLINFO_CONTENT_TYPE),
            'redirectUrl' => curl_getinfo($ch, CURLINFO_REDIRECT_URL),
            'private' => curl_getinfo($ch, CURLINFO_PRIVATE),
            'headerOut' => curl_getinfo($ch, CURLINFO_HEADER_OUT),
            'cookies' => curl_getinfo($ch, CURLINFO_COOKIELIST),
            'info' => $info,
            'types' => nameTypes($info),
        ];
    } catch (Throwable $error) {
        $result = ['threw' => true, 'message' => get_class($error) . ': ' . $error->getMessage()];
    }
    $result['libcurl'] = curl_version()['version'];
    $result['warnings'] = $GLOBALS['warnings'];
    $result['log'] = $GLOBALS['log'];
    foreach ($GLOBALS['outs'] as $out) fclose($out);
    $result['outs'] = (object) array_map(fn($path) => base64_encode(file_get_contents($path)), $GLOBALS['paths']);
    array_map(unlink(...), $GLOBALS['paths']);
    return $result;
}

while (($line = fgets(STDIN)) !== false) {
    $result = run(json_decode($line, true));
    echo json_encode($result, JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR), "\n";
}
