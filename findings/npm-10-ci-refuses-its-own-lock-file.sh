#!/usr/bin/env bash
# A package that can work with undici 7 says so with an optional peer dependency, and its dependency node-gyp 12 brings undici 6 for itself
# (as node-libcurl 5 does). npm 10.9.9 installs it, puts undici 6 at the top, where the peer is not fulfilled and need not be, and writes a
# lock file. `npm ci` of the same npm refuses that lock file: it misses undici 7, which is in no package.json but as an optional peer. npm
# 11.21.2 takes the file of npm 10 as it is. A peer dependency without a range ("*") is the way out for an author.
# Seen with Node.js 20.20.2; the output is at the end of this file.
# Needs Node.js 20 or newer and a registry of npm packages.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
quiet=(--no-audit --no-fund --ignore-scripts --loglevel=error)
for version in 10.9.9 11.21.2; do
  npm install "${quiet[@]}" --prefix "npm-$version" "npm@$version" >install.log 2>&1 || { cat install.log; exit 1; }
done
npm10=(node "$folder/npm-10.9.9/node_modules/npm/bin/npm-cli.js")
npm11=(node "$folder/npm-11.21.2/node_modules/npm/bin/npm-cli.js")

mkdir client app
cat >client/package.json <<'JSON'
{
  "name": "a-client",
  "version": "1.0.0",
  "dependencies": { "node-gyp": "12.3.0" },
  "peerDependencies": { "undici": "^7.16.0" },
  "peerDependenciesMeta": { "undici": { "optional": true } }
}
JSON
(cd client && "${npm10[@]}" pack --silent >/dev/null)
cd app
echo '{ "name": "an-app", "version": "1.0.0", "private": true }' >package.json
"${npm10[@]}" install "${quiet[@]}" ../client/a-client-1.0.0.tgz >../install.log 2>&1 || { cat ../install.log; exit 1; }
outcome() { if "$@" ci "${quiet[@]}" >../ci.log 2>&1; then echo accepts it; else echo refuses it; fi; }
seen="npm 10.9.9 wrote a lock file with undici $(node -p "require('./package-lock.json').packages['node_modules/undici'].version.split('.')[0]")"
seen+="; npm ci of 10.9.9 $(outcome "${npm10[@]}")"
why=$(grep -o "lock file's undici@6[0-9.]* does not satisfy undici@7" ../ci.log | sed 's/@6[0-9.]*/@6/' || true)
seen+=" (${why:-no reason}); that of 11.21.2 $(outcome "${npm11[@]}")"
echo "$seen"
expected="npm 10.9.9 wrote a lock file with undici 6; npm ci of 10.9.9 refuses it (lock file's undici@6 does not satisfy undici@7); that of 11.21.2 accepts it"
[ "$seen" = "$expected" ] || { echo 'this has changed'; exit 1; }

# npm 10.9.9 wrote a lock file with undici 6; npm ci of 10.9.9 refuses it (lock file's undici@6 does not satisfy undici@7); that of 11.21.2 accepts it
