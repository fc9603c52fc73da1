<?php
// The values and functions that cases name. Knows nothing of what is done with them.

/** @return array{mixed, array<string, resource>} */
function decode(mixed $value): mixed {
    if (!is_array($value)) return $value;
    [$tag, $data] = [array_key_first($value), reset($value)];
    switch ($tag) {
        case '$bytes': return base64_decode($data);
        case '$float': return match ($data) { 'NAN' => NAN, 'INF' => INF, '-INF' => -INF, default => (float) $data };
        case '$const': return constant($data);
        case '$file': return new CURLFile(...$data);
        case '$stringFile': return new CURLStringFile(base64_decode($data[0]), ...array_slice($data, 1));
        case '$handle': return $GLOBALS['named'][$data];
        case '$ref': return $GLOBALS['refs'][$data] ?? null;
        case '$object': return new stdClass();
        case '$stringable': return new class($data) {
            public function __construct(private string $text) {}
            public function __toString(): string { return $this->text; }
        };
        case '$out':
            $GLOBALS['paths'][$data] ??= tempnam(sys_get_temp_dir(), 'php-out-');
            return $GLOBALS['outs'][$data] ??= fopen($GLOBALS['paths'][$data], 'w');
        case '$in': return fopen($data, 'r');
        case '$readonly': return fopen($data, 'r');
        case '$fn': return callbackFor($data);
        case '$array':
            $array = [];
            foreach ($data as [$key, $item]) $array[$key] = decode($item);
            return $array;
    }
    throw new Exception("unknown tag $tag");
}

function callbackFor(string $name): callable {
    return match ($name) {
        'collect' => function ($ch, $data) {
            $GLOBALS['log'] = ($GLOBALS['log'] ?? '') . $data;
            return strlen($data);
        },
        'lines' => function ($ch, $data) {
            $GLOBALS['log'][] = $data;
            return strlen($data);
        },
        'short' => fn($ch, $data) => strlen($data) - 1,
        'nothing' => function ($ch, $data) {},
        'zero' => fn() => 0,
        'noteOnly' => function ($ch, $data) { $GLOBALS['log'][] = $data; },
        'closesBody' => function ($ch, $data) {
            if (is_resource($GLOBALS['outs']['body'])) fclose($GLOBALS['outs']['body']);
            return strlen($data);
        },
        'readPauses' => function ($ch, $infile, $length) {
            $GLOBALS['log'][] = count($GLOBALS['log'] ?? []);
            return ['Foo bar ', CURL_READFUNC_PAUSE, 'baz qux', ''][count($GLOBALS['log']) - 1];
        },
        'minusOne' => fn($ch, $data) => -1,
        'askHandle' => function ($ch, $data) {
            $GLOBALS['log'][] = [curl_getinfo($ch, CURLINFO_HTTP_CODE), curl_errno($ch)];
            return strlen($data);
        },
        'read' => function ($ch, $infile, $length) {
            $GLOBALS['log'][] = [is_resource($infile), $length > 0];
            return count($GLOBALS['log']) > 1 ? '' : 'from a function';
        },
        'readInfile' => fn($ch, $infile, $length) => (string) fread($infile, $length),
        'readAbort' => fn($ch, $infile, $length) => 0x10000000,
        'progress' => function ($ch, $dltotal, $dlnow, $ultotal, $ulnow) {
            $GLOBALS['log'] = [$dltotal, $dlnow, $ultotal, $ulnow];
            return 0;
        },
        'progressAbort' => fn() => 1,
        'progressVoid' => function () {},
        'throws' => function () { throw new Exception('mine'); },
        'closes' => function ($ch, $data) { curl_close($ch); return strlen($data); },
        'resets' => function ($ch, $data) { curl_reset($ch); return strlen($data); },
        'copies' => function ($ch, $data) { $GLOBALS['log'][] = get_class(curl_copy_handle($ch)); return strlen($data); },
        'executes' => function ($ch, $data) {
            $GLOBALS['log'][] = [curl_exec($ch), curl_errno($ch)];
            return strlen($data);
        },
    };
}

