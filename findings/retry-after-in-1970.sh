#!/usr/bin/env bash
# Retry-After is a date, or a number of seconds from now (RFC 9110, 10.2.3).
# ratelimit-header-parser falls back on it when an answer tells how many requests remain, but not when the limit is reset. It reads the
# number as seconds since 1970, and makes an invalid date of a date: whoever waits until then asks again at once. The same number in
# X-RateLimit-Reset is read as seconds from now.
# Seen with ratelimit-header-parser 0.1.0; the output is at the end of this file. Needs Node.js 20.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts ratelimit-header-parser@0.1.0 >install.log 2>&1 || { cat install.log; exit 1; }
cat >retry-after.cjs <<'JS'
const { parseRateLimit } = require('ratelimit-header-parser')

const inAnHour = new Date(Date.now() + 3600_000).toUTCString()
const resets = {
  'X-RateLimit-Reset: 3600': { 'x-ratelimit-reset': '3600' },
  'Retry-After: 3600': { 'retry-after': '3600' },
  'Retry-After: a date': { 'retry-after': inAnHour },
}
for (const [name, fields] of Object.entries(resets)) {
  const { reset } = parseRateLimit({ 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', ...fields })
  const minutes = Math.round((reset - Date.now()) / 60_000)
  console.log(name, '->', minutes === 60 ? 'in an hour' : String(reset.getTime()))
}
JS
seen=$(node retry-after.cjs)
echo "$seen"
[ "$seen" = 'X-RateLimit-Reset: 3600 -> in an hour
Retry-After: 3600 -> 3600000
Retry-After: a date -> NaN' ] || { echo 'this has changed'; exit 1; }
