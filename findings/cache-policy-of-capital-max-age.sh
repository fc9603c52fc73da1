#!/usr/bin/env bash
# RFC 9111 (5.2) compares the directives of Cache-Control without regard to case, and lets must-revalidate (5.2.2.2) forbid only the use of a
# response that is stale. http-cache-semantics 4.3.0, on which most caches of Node.js clients rest, knows directives in lower case only:
# "Max-Age=100" leaves a response without any freshness. And "max-age=100, must-revalidate" makes it ask the server from the first second on,
# although timeToLive() says 100 and stale() says false.
# Seen with Node.js 20.20.2; the output is at the end of this file.
# Needs Node.js 20 or newer and a registry of npm packages.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --loglevel=error http-cache-semantics@4.3.0 >install.log 2>&1 || { cat install.log; exit 1; }
cat >ask.cjs <<'JS'
const Policy = require('http-cache-semantics')
const request = { url: '/', method: 'GET', headers: { host: 'localhost' } }
for (const control of ['max-age=100', 'Max-Age=100', 'max-age=100, must-revalidate']) {
  const headers = { date: new Date().toUTCString(), 'cache-control': control }
  const policy = new Policy(request, { status: 200, headers }, { shared: false })
  const asks = policy.satisfiesWithoutRevalidation(request) ? 'from the cache' : 'asks the server'
  console.log(`${control}: ${policy.stale() ? 'stale' : 'fresh'}, ${policy.timeToLive() > 90_000 ? 'for 100 s' : 'for 0 s'}, ${asks}`)
}
JS
seen=$(node ask.cjs)
echo "$seen"
expected='max-age=100: fresh, for 100 s, from the cache
Max-Age=100: stale, for 0 s, asks the server
max-age=100, must-revalidate: fresh, for 100 s, asks the server'
[ "$seen" = "$expected" ] || { echo 'this has changed'; exit 1; }

# max-age=100: fresh, for 100 s, from the cache
# Max-Age=100: stale, for 0 s, asks the server
# max-age=100, must-revalidate: fresh, for 100 s, asks the server
