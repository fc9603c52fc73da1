#!/usr/bin/env bash
# CURLINFO_PROXY_ERROR is documented as an info of the last transfer, and curl_easy_reset(3) brings a handle back to the state of a new one.
# The info outlives both the reset and a later transfer that uses no proxy and goes well: it still says why the SOCKS proxy of an earlier
# transfer on the handle refused.
# Seen with node-libcurl 4.0.0 on libcurl 7.88.1, and with node-libcurl 5.1.2 on libcurl 8.22.0:
#   {"first":{"code":97,"proxyError":12},"second":{"code":0,"proxyError":12}}
# Needs Node.js 20 and libcurl's headers with a C++ compiler (Debian: libcurl4-openssl-dev, build-essential, python3).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "allowScripts": { "node-libcurl": true } }' >package.json
npm install --no-audit --no-fund --silent node-libcurl@4.0.0 >install.log 2>&1 || { cat install.log; exit 1; }
cat >outlives.cjs <<'JS'
const http = require('node:http')
const net = require('node:net')
const { Curl, Easy, Multi } = require('node-libcurl')

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))

async function main() {
  // Version 5, and none of the ways to log in that were offered (RFC 1928, 3).
  const proxy = net.createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(Buffer.from([5, 0xff])))
  })
  const server = http.createServer((request, response) => response.end('ok'))
  const [proxyPort, port] = [await listen(proxy), await listen(server)]
  const multi = new Multi()
  const easy = new Easy()
  const transfer = async (options) => {
    easy.setOpt(Curl.option.URL, `http://127.0.0.1:${port}/`)
    easy.setOpt(Curl.option.WRITEFUNCTION, (chunk) => chunk.length)
    for (const [name, value] of Object.entries(options)) easy.setOpt(Curl.option[name], value)
    const code = await new Promise((resolve) => {
      multi.onMessage((error, handle, result) => {
        multi.removeHandle(handle)
        resolve(result)
      })
      multi.addHandle(easy)
    })
    return { code, proxyError: easy.getInfo(Curl.info.PROXY_ERROR).data }
  }
  const first = await transfer({ PROXY: `socks5h://127.0.0.1:${proxyPort}` })
  easy.reset()
  const second = await transfer({ PROXY: '' })
  console.error(Curl.getVersion().split(' ')[0])
  console.log(JSON.stringify({ first, second }))
  easy.close()
  multi.close()
  proxy.close()
  server.close()
  server.closeAllConnections()
}
main()
JS
seen=$(node outlives.cjs)
echo "$seen"
[ "$seen" = '{"first":{"code":97,"proxyError":12},"second":{"code":0,"proxyError":12}}' ] || { echo 'this has changed'; exit 1; }
