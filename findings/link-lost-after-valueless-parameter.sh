#!/usr/bin/env bash
# A parameter of a Link header needs no value (RFC 8288, 3: the "=" and what follows it are optional). `crossorigin` and `nopush` come like
# that from web frameworks that preload fonts and scripts.
# http-link-header takes all up to the next "=" for the name of the parameter, also beyond a comma: the next link is gone, and a piece
# of it is a parameter of the one before. A crawler that goes by rel="next" stops after the first page, without an error.
# With a value on each parameter both links are there.
# Seen with http-link-header 1.1.4; the output is at the end of this file. Needs Node.js 20.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts http-link-header@1.1.4 >install.log 2>&1 || { cat install.log; exit 1; }
cat >links.cjs <<'JS'
const LinkHeader = require('http-link-header')

const headers = [
  '</a.woff2>; rel=preload; as=font; crossorigin=anonymous, </items?page=2>; rel=next',
  '</a.woff2>; rel=preload; as=font; crossorigin, </items?page=2>; rel=next',
  '</items?page=2>; rel=next, </a.woff2>; rel=preload; crossorigin; as=font',
]
for (const header of headers) {
  const links = LinkHeader.parse(header)
  console.log(links.rel('next').length, JSON.stringify(links.refs))
}
JS
seen=$(node links.cjs)
echo "$seen"
[ "$seen" = '1 [{"uri":"/a.woff2","rel":"preload","as":"font","crossorigin":"anonymous"},{"uri":"/items?page=2","rel":"next"}]
0 [{"uri":"/a.woff2","rel":"preload","as":"font","crossorigin, </items?page":"2>"}]
1 [{"uri":"/items?page=2","rel":"next"},{"uri":"/a.woff2","rel":"preload","crossorigin; as":"font"}]' ] || {
  echo 'this has changed'
  exit 1
}
