#!/usr/bin/env bash
# curl_easy_upkeep(3) "performs connection upkeep": on an idle HTTP/2 connection it sends a PING, so that nothing on the way forgets the
# connection. The PING stays in libcurl's buffer: the server sees it only with the next request on that connection, half a second later
# here, when no upkeep is needed any more. The call returns OK all the same, and PHP's curl_upkeep() true.
# Seen with PHP 8.2.32 on libcurl 7.88.1, and with libcurl 8.22.0 from C; the output is at the end of this file.
# Needs Node.js 20, openssl and PHP 8.2 or newer with its curl extension (Debian: php-cli php-curl).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 2>openssl.log || { cat openssl.log; exit 1; }
cat >client.php <<'PHP'
<?php
$ch = curl_init($argv[1]);
curl_setopt_array($ch, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_SSL_VERIFYPEER => false,
    CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_2TLS,
    CURLOPT_UPKEEP_INTERVAL_MS => 1,
]);
curl_exec($ch);
usleep(10000);
$kept = curl_upkeep($ch);
usleep(500000);
curl_setopt($ch, CURLOPT_URL, "$argv[1]after-500-ms");
curl_exec($ch);
echo 'curl_upkeep(): ', json_encode($kept), "\n";
PHP
cat >server.cjs <<'JS'
const { createSecureServer } = require('node:http2')
const { execFile } = require('node:child_process')
const { readFileSync } = require('node:fs')

const seen = []
const server = createSecureServer({ key: readFileSync('key.pem'), cert: readFileSync('cert.pem') })
let pinged = 0
let asked = 0
server.on('session', (session) => session.on('ping', () => (seen.push('PING'), (pinged = performance.now()))))
server.on('stream', (stream, headers) => {
  seen.push(headers[':path'])
  asked = performance.now()
  stream.respond({ ':status': 200 })
  stream.end()
})
server.listen(0, '127.0.0.1', () => {
  const url = `https://127.0.0.1:${server.address().port}/`
  execFile('php', ['-n', '-d', 'extension=curl', 'client.php', url], (error, stdout, stderr) => {
    if (error) throw new Error(stderr || stdout)
    const apart = Math.abs(asked - pinged) < 100 ? 'with the request' : 'before the request'
    console.log(`${stdout.trim()}; the server saw ${seen.join(', ')}: the PING came ${apart}`)
    process.exit()
  })
})
JS
seen=$(node server.cjs)
echo "$seen"
[ "$seen" = 'curl_upkeep(): true; the server saw /, PING, /after-500-ms: the PING came with the request' ] || { echo 'this has changed'; exit 1; }
