#!/usr/bin/env bash
# Runs a command on the modern leg: Node 24 and node-libcurl 5 on a current libcurl, in a mirror of this
# checkout.
#   bash scripts/modern.sh npm test
# Exits with the command's status; with 75 and one line `SKIPPED: why` if libcurl's source is not available.
# Everything is in the cache folder. Does not use or change the checkout's node_modules.
set -euo pipefail

node_version=24.21.0
node_libcurl_version=5.1.2
packages=(cmake make g++ pkg-config python3 rsync xz-utils libssl-dev libnghttp2-dev zlib1g-dev libbrotli-dev
  libzstd-dev libidn2-dev libpsl-dev libssh2-1-dev)

[ $# -gt 0 ] || { echo "usage: bash scripts/modern.sh COMMAND [ARGUMENT...]" >&2; exit 2; }
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${PARALLELCURL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/parallelcurl}
mkdir -p "$cache/logs" "$cache/mirrors"
cache=$(cd "$cache" && pwd -P)
tmp=

say() { echo "modern: $*" >&2; }
skip() { echo "SKIPPED: $*" >&2; exit 75; }

# step LOG WHAT COMMAND...: runs a command. Its output goes to the log; if it fails, the end of the log is
# shown.
step() {
  local log=$cache/logs/$1.log what=$2 start=$SECONDS
  say "$what"
  "${@:3}" >"$log" 2>&1 </dev/null || {
    tail -n 20 "$log" >&2
    say "failed: $what (all of it: $log)"
    exit 1
  }
  say "  done in $((SECONDS - start)) s"
}

. "$checkout/scripts/curl-suite/curl-source.sh"

newest_curl() { find "$cache" -maxdepth 1 -name 'curl-*' -printf '%f\n' | sort -V | tail -n 1; }

install_packages() {
  local missing=() package root=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || root=(sudo)
  root+=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
  # If `apt-get update` has never run, or not for a long time, the packages are not found at the first try.
  step packages "installing ${missing[*]}" eval '"${root[@]}" install -y --no-install-recommends "${missing[@]}" ||
    { "${root[@]}" update && "${root[@]}" install -y --no-install-recommends "${missing[@]}"; }'
}

build_curl() {
  local tarball version prefix
  download_curl "$tmp" "$cache/logs/source.log"
  tarball=$(find "$tmp/source" -name 'curl_*.orig.tar.*' ! -name '*.asc')
  version=${tarball##*/curl_}
  version=${version%%.orig.*}
  prefix=$cache/curl-$version
  install_packages
  step curl "building libcurl $version" compile_curl
  # scripts/curl-suite/test-curl.sh needs the source of this version later.
  mkdir -p "$cache/sources" && cp "$tarball" "$cache/sources/"
  mv "$tmp/stage$prefix" "$prefix"
}
# Compiled for the final prefix, which curl-config and the rpath contain, but installed into a staging folder
# first, so that the prefix is always complete.
compile_curl() {
  mkdir "$tmp/curl" && tar -xf "$tarball" -C "$tmp/curl" --strip-components=1 &&
    cmake -S "$tmp/curl" -B "$tmp/build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" \
      -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_RPATH="$prefix/lib" -DBUILD_SHARED_LIBS=ON -DBUILD_STATIC_LIBS=OFF \
      -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DBUILD_EXAMPLES=OFF -DBUILD_LIBCURL_DOCS=OFF -DBUILD_MISC_DOCS=OFF \
      -DENABLE_CURL_MANUAL=OFF -DCURL_USE_OPENSSL=ON -DUSE_NGHTTP2=ON -DCURL_ZLIB=ON -DCURL_BROTLI=ON -DCURL_ZSTD=ON \
      -DUSE_LIBIDN2=ON -DCURL_USE_LIBPSL=ON -DCURL_USE_LIBSSH2=ON -DCURL_DISABLE_WEBSOCKETS=OFF -DCURL_DISABLE_LDAP=ON &&
    cmake --build "$tmp/build" -j "$(nproc)" && DESTDIR=$tmp/stage cmake --install "$tmp/build"
}

# Installs the platform's own package. The package `node` installs it from an install script, which npm may
# refuse to run.
install_node() {
  npm install --prefix "$tmp/node" --no-save --ignore-scripts "node-linux-$arch@$node_version" && "$tmp/node/node_modules/node-linux-$arch/bin/node" --version
}

# The fields that decide what is installed, with node-libcurl pinned. No scripts, because there are no sources
# next to it.
manifest() {
  node -p "const { dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = JSON.parse(require('fs').readFileSync(process.argv[1]));
    JSON.stringify({ type: 'module', dependencies: { ...dependencies, 'node-libcurl': '$node_libcurl_version' }, devDependencies, optionalDependencies, overrides, allowScripts })" "$checkout/package.json"
}
install_modules() {
  local before
  mkdir "$tmp/modules" && manifest >"$tmp/modules/package.json" && { cp "$checkout/.npmrc" "$tmp/modules/" || true; } &&
    # A compiled node-libcurl for the same three versions is in every earlier set of modules.
    before=$(find "$cache" -maxdepth 1 -name "modules-$built-*" -print -quit) && { [ -z "$before" ] || cp -a "$before" "$tmp/modules/node_modules"; } &&
    (cd "$tmp/modules" && npm_config_build_from_source=true npm install --no-save --foreground-scripts &&
      node -e "const { Curl } = require('node-libcurl'); console.log(Curl.getVersion()); if (!Curl.getVersion().includes('libcurl/$libcurl')) process.exit(1)")
}

case $(uname -sm) in
  'Linux x86_64') arch=x64 ;;
  'Linux aarch64') arch=arm64 ;;
  *) skip "no modern leg on $(uname -sm)" ;;
esac

# When npm has started this script, these variables refer to the other Node and to the checkout.
unset NODE INIT_CWD npm_execpath npm_node_execpath npm_command npm_config_local_prefix "${!npm_lifecycle_@}" "${!npm_package_@}"
outer_path=$(tr : '\n' <<<"$PATH" | grep -v -e /node_modules/ -e /node-gyp-bin | paste -sd :)

# use_leg: sets the environment in which a plain `npm install` builds this leg. node-gyp reads
# npm_package_config_node_gyp_* like npm_config_*, but with precedence, and npm does not warn about them on
# every call.
use_leg() {
  curl=$(newest_curl)
  libcurl=${curl#curl-}
  built=node-$node_version-$curl-node-libcurl-$node_libcurl_version
  export PATH=$cache/node-$node_version/bin:$cache/$curl/bin:$outer_path
  export npm_package_config_node_gyp_nodedir=$cache/node-$node_version
  export npm_package_config_node_gyp_curl_config_bin=$cache/$curl/bin/curl-config
  modules=
  if [ -n "$curl" ] && [ -d "$cache/node-$node_version" ]; then modules=$cache/modules-$built-$(manifest | sha256sum | cut -c 1-12); fi
}

use_leg
if [ ! -d "$modules" ] || ! command -v rsync >/dev/null; then
  exec 9>"$cache/lock"
  flock -n 9 || { say "another run is building: waiting for it"; flock 9; }
  rm -rf "$cache"/tmp.*
  tmp=$(mktemp -d "$cache/tmp.XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  [ -n "$(newest_curl)" ] || build_curl
  install_packages
  if [ ! -d "$cache/node-$node_version" ]; then
    step node "installing Node $node_version" install_node
    mv "$tmp/node/node_modules/node-linux-$arch" "$cache/node-$node_version"
  fi
  use_leg
  if [ ! -d "$modules" ]; then
    step modules "installing the dependencies, node-libcurl $node_libcurl_version compiled against libcurl $libcurl" install_modules
    mv "$tmp/modules/node_modules" "$modules"
  fi
  rm -rf "$tmp"
  trap - EXIT
  exec 9>&-
fi

# A mirror of copies and not of links: Node would resolve links and find the checkout's node_modules. There is
# one mirror for each checkout and set of dependencies, so that no node_modules is replaced under a running
# command.
mirror=$cache/mirrors/$(basename "$checkout")-$(sha256sum <<<"$checkout $modules" | cut -c 1-12)
exec 9>>"$mirror.lock"
flock 9
[ -s "$mirror.lock" ] && touch "$mirror.lock" || echo "$checkout" >&9
mkdir -p "$mirror"
# The folders in .gitignore (node_modules, dist, coverage) belong to each side: they are neither copied nor
# deleted.
rsync -a --delete --exclude=/.git --filter=':- .gitignore' "$checkout/" "$mirror/"
if [ ! -d "$mirror/node_modules" ]; then
  rm -rf "$mirror/.modules" && cp -a "$modules" "$mirror/.modules" && mv "$mirror/.modules" "$mirror/node_modules"
  for lock in "$cache"/mirrors/*.lock; do
    if [ -s "$lock" ] && { [ ! -d "$(<"$lock")" ] || [ -n "$(find "$lock" -mtime +7)" ]; }; then rm -rf "${lock%.lock}" "$lock"; fi
  done
fi
exec 9>&-
cd "$mirror"
PATH=$mirror/node_modules/.bin:$PATH exec "$@"
