#!/usr/bin/env bash
# A chunked response may end with trailer fields (RFC 9112, 7.1.2). White space after the colon of a field is optional (RFC 9112, 5.1).
# curly, the promise interface of node-libcurl, takes the first trailer for the status line of one more response, and looks up Content-Type
# in that one: JSON with a trailer comes as a Buffer, where the same JSON without a trailer comes parsed. A field without a space after its
# colon is not among the headers. If Content-Type is such a field, JSON comes as a Buffer, too.
# Seen with node-libcurl 4.0.0 on libcurl 7.88.1, and with node-libcurl 5.1.2 on libcurl 8.22.0; the output is at the end of this file.
# Needs Node.js 20 and libcurl's headers with a C++ compiler (Debian: libcurl4-openssl-dev, build-essential, python3).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "allowScripts": { "node-libcurl": true } }' >package.json
npm install --no-audit --no-fund --silent node-libcurl@4.0.0 >install.log 2>&1 || { cat install.log; exit 1; }
cat >trailers.cjs <<'JS'
const net = require('node:net')
const { curly, Curl } = require('node-libcurl')

const chunked = (head, trailer) => `HTTP/1.1 200 OK
${head}
Transfer-Encoding: chunked
Connection: close

8
{"a": 1}
0
${trailer}
`
const answers = {
  '/plain': chunked('Content-Type: application/json', ''),
  '/trailer': chunked('Content-Type: application/json', 'X-Sum: 42\n'),
  '/no-space': chunked('Content-Type:application/json', ''),
}
const server = net.createServer((socket) => {
  socket.on('error', () => undefined)
  socket.once('data', (request) => {
    socket.end(answers[String(request).split(' ')[1]].replaceAll('\n', '\r\n'))
  })
})
server.listen(0, '127.0.0.1', async () => {
  for (const path of Object.keys(answers)) {
    const { data, headers } = await curly.get(`http://127.0.0.1:${server.address().port}${path}`)
    const lines = headers.map(({ result, 'Content-Type': type }) => [result.version, result.code, type ?? null])
    console.log(path, Buffer.isBuffer(data) ? 'a Buffer' : JSON.stringify(data), JSON.stringify(lines))
  }
  console.error(Curl.getVersion().split(' ')[0])
  server.close()
})
JS
seen=$(node trailers.cjs)
echo "$seen"
[ "$seen" = '/plain {"a":1} [["HTTP/1.1",200,"application/json"]]
/trailer a Buffer [["HTTP/1.1",200,"application/json"],["X-Sum:",42,null]]
/no-space a Buffer [["HTTP/1.1",200,null]]' ] || { echo 'this has changed'; exit 1; }
