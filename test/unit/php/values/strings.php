<?php
// Answers the cases of strings.test.ts with PHP's own functions: JSON in, JSON out, every string in base64.
function value(array $tree): mixed {
    [$type, $data] = $tree;
    return match ($type) {
        'string' => base64_decode($data),
        'int' => (int) $data,
        'float' => unpack('E', hex2bin($data))[1],
        'bool' => $data,
        'null' => null,
        'array' => array_reduce($data, function (array $array, array $entry) {
            $array[base64_decode($entry[0])] = value($entry[1]);
            return $array;
        }, []),
    };
}
$answers = [];
foreach (json_decode(file_get_contents('php://stdin'), true) as [$function, $arguments]) {
    $arguments = array_map('value', $arguments);
    $answers[] = base64_encode(match ($function) {
        'string' => (string) $arguments[0],
        'curl_escape' => curl_escape(curl_init(), $arguments[0]),
        'curl_unescape' => curl_unescape(curl_init(), $arguments[0]),
        default => $function(...$arguments),
    });
}
echo json_encode($answers);
