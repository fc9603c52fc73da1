<?php
// Prints, as JSON, the constants of this PHP's curl extension and libcurl's texts for its codes.
// Knows nothing of TypeScript: scripts/generate/php-constants.ts and the constants' unit test read what it prints.
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
