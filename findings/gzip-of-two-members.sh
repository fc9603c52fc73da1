#!/usr/bin/env bash
# A gzip body of two members (RFC 1952, 2.2: "a gzip file consists of a series of members") is a valid Content-Encoding: gzip.
# zlib in Node.js reads both members. libcurl delivers the first one and fails with 23 (CURLE_WRITE_ERROR).
# Servers meet it when they put gzip pieces together: logs that are appended to, archives of crawls, caches that join fragments.
# Seen with node-libcurl 4.0.0 on libcurl 7.88.1, and with node-libcurl 5.1.2 on libcurl 8.22.0: {"code":23,"got":"one ","zlib":"one two"}
# Needs Node.js 20 and libcurl's headers with a C++ compiler (Debian: libcurl4-openssl-dev, build-essential, python3).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "allowScripts": { "node-libcurl": true } }' >package.json
npm install --no-audit --no-fund --silent node-libcurl@4.0.0 >install.log 2>&1 || { cat install.log; exit 1; }
cat >two-members.cjs <<'JS'
const http = require('node:http')
const zlib = require('node:zlib')
const { Curl, Easy, Multi } = require('node-libcurl')

const body = Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two')])
const server = http.createServer((request, response) => {
  response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': body.length }).end(body)
})
server.listen(0, '127.0.0.1', async () => {
  const multi = new Multi()
  const easy = new Easy()
  let got = ''
  easy.setOpt(Curl.option.URL, `http://127.0.0.1:${server.address().port}/`)
  easy.setOpt(Curl.option.ACCEPT_ENCODING, 'gzip')
  easy.setOpt(Curl.option.WRITEFUNCTION, (chunk) => {
    got += chunk
    return chunk.length
  })
  const code = await new Promise((resolve) => {
    multi.onMessage((error, handle, result) => {
      multi.removeHandle(handle)
      resolve(result)
    })
    multi.addHandle(easy)
  })
  console.error(Curl.getVersion().split(' ')[0])
  console.log(JSON.stringify({ code, got, zlib: zlib.gunzipSync(body).toString() }))
  easy.close()
  multi.close()
  server.close()
  server.closeAllConnections()
})
JS
seen=$(node two-members.cjs)
echo "$seen"
[ "$seen" = '{"code":23,"got":"one ","zlib":"one two"}' ] || { echo 'this has changed'; exit 1; }
