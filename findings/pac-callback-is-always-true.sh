#!/usr/bin/env bash
# A PAC file is synchronous JavaScript: isInNet() gives true or false, also in a function that is handed to an array's some() or filter().
# pac-resolver makes each named function that asks isInNet(), dnsResolve() or the like an async one, and awaits it where the file calls it.
# What some() and filter() call is not awaited: they get a promise, which counts as true. Every host takes the branch of the first network;
# the same function called in a loop gives the right proxy.
# Seen with pac-resolver 9.0.2, degenerator 7.0.2 and quickjs-wasi 3.7.0; the output is at the end of this file. Needs Node.js 20.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts pac-resolver@9.0.2 degenerator@7.0.2 quickjs-wasi@3.7.0 >install.log 2>&1 ||
  { cat install.log; exit 1; }
cat >pac.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { createPacResolver } from 'pac-resolver'
import { QuickJS } from 'quickjs-wasi'

const wasm = readFileSync(new URL(import.meta.resolve('quickjs-wasi/quickjs.wasm')))
const file = (decision) => `
  function FindProxyForURL(url, host) {
    var networks = ['10.0.0.0', '11.0.0.0']
    function inside(network) { return isInNet(host, network, '255.0.0.0') }
    ${decision}
    return 'PROXY proxy.example:8080'
  }`
const files = {
  loop: file("for (var i = 0; i < networks.length; i++) if (inside(networks[i])) return 'DIRECT'"),
  some: file("if (networks.some(inside)) return 'DIRECT'"),
  filter: file("if (networks.filter(inside).length > 0) return 'DIRECT'"),
}
for (const [name, text] of Object.entries(files)) {
  const findProxy = createPacResolver(await QuickJS.create({ wasm }), text)
  console.log(name, await findProxy('http://10.1.2.3/'), await findProxy('http://127.0.0.1/'))
}
JS
seen=$(node pac.mjs)
echo "$seen"
[ "$seen" = 'loop DIRECT PROXY proxy.example:8080
some DIRECT DIRECT
filter DIRECT DIRECT' ] || { echo 'this has changed'; exit 1; }
