#!/usr/bin/env bash
# cookiefile keeps Set-Cookie headers in a file for curl. Its README says that it does not support SameSite and Max-Age; RFC 6265, 5.2 has
# attributes that one does not know ignored. Here the last of them becomes the cookie: `id=1; Max-Age=60` is kept as a cookie that is
# called Max-Age, and `id` is lost.
# It reads the dates of such a file as numbers of 32 bits: a cookie of curl that ends in 2100 is written back as one that ended in 1963,
# which curl then drops.
# Seen with cookiefile 1.0.10; the output is at the end of this file. Needs Node.js 20.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts cookiefile@1.0.10 >install.log 2>&1 || { cat install.log; exit 1; }
printf '# Netscape HTTP Cookie File\n\nh.example\tFALSE\t/\tFALSE\t4102444800\tid\t1\n' >cookies.txt
cat >cookies.cjs <<'JS'
const { CookieMap } = require('cookiefile')

for (const attributes of ['Path=/', 'SameSite=Lax', 'Max-Age=60']) {
  const cookies = new CookieMap().header(`Set-Cookie: id=1; Domain=h.example; ${attributes}`)
  console.log(`${attributes}: ${cookies.toRequestHeader()}`)
}
console.log(new CookieMap('cookies.txt').toString().split('\n').at(-1).split('\t').join(' '))
JS
seen=$(node cookies.cjs)
echo "$seen"
[ "$seen" = 'Path=/: Cookie: id=1
SameSite=Lax: Cookie: SameSite=Lax
Max-Age=60: Cookie: Max-Age=60
h.example FALSE / FALSE -192522496 id 1' ] || { echo 'this has changed'; exit 1; }
