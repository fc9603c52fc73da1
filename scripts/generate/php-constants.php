<?php
// Prints, as JSON, the constants of this PHP's curl extension and libcurl's texts for its codes.
// Does not depend on TypeScript: scripts/generate/php-constants.ts and the unit test of the constants read
// the output.
$constants = get_defined_constants(true)['curl'];
$texts = [];
foreach ($constants as $name => $value) {
    if (str_starts_with($name, 'CURLE_')) {
        $texts[$name] = curl_strerror($value);
    } elseif (preg_match('/^CURLM_/', $name)) {
        $texts[$name] = curl_multi_strerror($value);
    }
}
echo json_encode([
    'php' => PHP_VERSION,
    'libcurl' => curl_version()['version'],
    'constants' => $constants,
    'texts' => $texts,
]);
