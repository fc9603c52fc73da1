#!/usr/bin/env bash
# Runs a command on a leg: a Node.js, a node-libcurl and a libcurl, in a mirror of this checkout.
#   bash scripts/leg.sh gnutls-h3 npm test
# scripts/legs/NAME.sh has the versions of a leg. Exits with the command's status; with 75 and one line
# `SKIPPED: why` if something that the leg consists of is not to be had.
# Everything is in the cache folder. Does not use or change the checkout's node_modules.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
legs=$checkout/scripts/legs
name=${1:-}
[[ $# -gt 1 && $name =~ ^[a-z0-9-]+$ && -f $legs/$name.sh ]] || {
  echo "usage: bash scripts/leg.sh NAME COMMAND [ARGUMENT...]; the names: $(cd "$legs" && ls | sed 's/\.sh$//' | paste -sd ' ')" >&2
  exit 2
}
shift

say() { echo "$name: $*" >&2; }
skip() { echo "SKIPPED: $*" >&2; exit 75; }

packages=(make g++ python3 rsync xz-utils)
libcurl_packages=() libcurl_options=() library_names=() library_options=()
. "$legs/$name.sh"
case $libcurl_from in
  system) packages+=(libcurl4-openssl-dev) ;;
  debian) packages+=(cmake pkg-config libnghttp2-dev zlib1g-dev libbrotli-dev libzstd-dev libidn2-dev libpsl-dev libssh2-1-dev
    "${libcurl_packages[@]}") ;;
  prebuilt) packages=(rsync) ;;
esac

case $(uname -sm) in
  'Linux x86_64') arch=x64 ;;
  'Linux aarch64') arch=arm64 ;;
  *) skip "no leg $name on $(uname -sm)" ;;
esac

cache=${PARALLELCURL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/parallelcurl}
mkdir -p "$cache/logs" "$cache/mirrors" "$cache/sources"
cache=$(cd "$cache" && pwd -P)
tmp=

. "$checkout/scripts/debian-source.sh"

# step LOG WHAT COMMAND...: runs a command. Its output goes to the log; if it fails, the end of the log is
# shown.
step() {
  local log=$cache/logs/$name-$1.log what=$2 start=$SECONDS
  say "$what"
  "${@:3}" >"$log" 2>&1 </dev/null || {
    tail -n 20 "$log" >&2
    say "failed: $what (all of it: $log)"
    exit 1
  }
  say "  done in $((SECONDS - start)) s"
}

install_packages() {
  local missing=() package root=()
  for package in "${packages[@]}"; do
    # Another TLS library's headers are no less good.
    if [ "$package" = libcurl4-openssl-dev ] && command -v curl-config >/dev/null; then continue; fi
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || root=(sudo)
  root+=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
  # If `apt-get update` has never run, or not for a long time, the packages are not found at the first try.
  step packages "installing ${missing[*]}" eval '"${root[@]}" install -y --no-install-recommends "${missing[@]}" ||
    { "${root[@]}" update && "${root[@]}" install -y --no-install-recommends "${missing[@]}"; }'
}

# A source stays: legs that are set up later have the same libcurl, and curl's suite needs it.
build_libcurl() {
  local wanted=() library tarball version prefix
  for library in curl "${library_names[@]}"; do [ -n "$(source_tarball "$cache/sources" "$library")" ] || wanted+=("$library"); done
  if [ ${#wanted[@]} -gt 0 ]; then
    debian_sources "$tmp" "$cache/logs/$name-source.log" "${wanted[@]}"
    mv "$tmp"/source/*.orig.tar.* "$cache/sources/"
  fi
  install_packages
  tarball=$(source_tarball "$cache/sources" curl)
  version=$(version_of "$tarball")
  prefix=$cache/$libcurl_name-$version
  for library in "${library_names[@]}"; do
    tarball=$(source_tarball "$cache/sources" "$library")
    step "$library" "building $library $(version_of "$tarball")" compile "$library" "$tarball" "${library_options[@]}"
  done
  tarball=$(source_tarball "$cache/sources" curl)
  step curl "building libcurl $version" compile curl "$tarball" -DBUILD_SHARED_LIBS=ON -DBUILD_STATIC_LIBS=OFF \
    -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DBUILD_EXAMPLES=OFF -DBUILD_LIBCURL_DOCS=OFF -DBUILD_MISC_DOCS=OFF \
    -DENABLE_CURL_MANUAL=OFF -DUSE_NGHTTP2=ON -DCURL_ZLIB=ON -DCURL_BROTLI=ON -DCURL_ZSTD=ON -DUSE_LIBIDN2=ON \
    -DCURL_USE_LIBPSL=ON -DCURL_USE_LIBSSH2=ON -DCURL_DISABLE_WEBSOCKETS=OFF -DCURL_DISABLE_LDAP=ON "${libcurl_options[@]}"
  mv "$tmp/stage$prefix" "$prefix"
}
version_of() { sed -E 's/.*_([^_]+)\.orig\.tar\..*/\1/; s/[+]dfsg.*//' <<<"$1"; }

# compile LIBRARY TARBALL OPTION...: for the final prefix, which curl-config and the rpath contain, but installed into
# a staging folder first, so that the prefix is always complete. Copies of the .pc files lead the next library there.
compile() {
  local folder=$tmp/$1 pc
  mkdir -p "$folder" "$tmp/pkgconfig" && tar -xf "$2" -C "$folder" --strip-components=1 &&
    PKG_CONFIG_PATH=$tmp/pkgconfig \
      cmake -S "$folder" -B "$folder-build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" \
      -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_RPATH="$prefix/lib" "${@:3}" &&
    cmake --build "$folder-build" -j "${JOBS:-$(nproc)}" && DESTDIR=$tmp/stage cmake --install "$folder-build" || return
  for pc in "$tmp/stage$prefix"/lib/pkgconfig/*.pc; do sed "s|$prefix|$tmp/stage$prefix|g" "$pc" >"$tmp/pkgconfig/${pc##*/}" || return; done
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
# Without the step that compiles a node-libcurl for which there is no binary.
install_prebuilt() {
  local log=$cache/logs/$name-binary.log
  mkdir "$tmp/modules" && manifest >"$tmp/modules/package.json" && { cp "$checkout/.npmrc" "$tmp/modules/" || true; }
  step modules "installing the dependencies" npm install --prefix "$tmp/modules" --no-save --ignore-scripts
  say "fetching the binary of node-libcurl $node_libcurl_version"
  (cd "$tmp/modules/node_modules/node-libcurl" && timeout 120 npx --no-install node-pre-gyp install --fallback-to-build=false &&
    node -e "console.log(require('node-libcurl').Curl.getVersion())") >"$log" 2>&1 </dev/null ||
    skip "the binary of node-libcurl $node_libcurl_version is not to be had: $(tail -n 1 "$log" | cut -c 1-300)"
}

# When npm has started this script, these variables refer to the other Node and to the checkout.
unset NODE INIT_CWD npm_execpath npm_node_execpath npm_command npm_config_local_prefix "${!npm_lifecycle_@}" "${!npm_package_@}"
outer_path=$(tr : '\n' <<<"$PATH" | grep -v -e /node_modules/ -e /node-gyp-bin | paste -sd :)

# Sets `curl` (what the leg's libcurl is called in the cache), `libcurl` (its version) and `bin` (the folder of its
# curl-config); all empty if it has to be built or installed first.
find_libcurl() {
  curl='' libcurl='' bin=''
  case $libcurl_from in
    prebuilt) curl=prebuilt ;;
    system)
      libcurl=$(PATH=$outer_path command curl-config --version 2>/dev/null | cut -d ' ' -f 2) || return 0
      curl=system-curl-$libcurl
      ;;
    debian)
      curl=$(find "$cache" -maxdepth 1 -name "$libcurl_name-[0-9]*" -printf '%f\n' | sort -V | tail -n 1)
      [ -n "$curl" ] || return 0
      libcurl=${curl#"$libcurl_name"-}
      bin=$cache/$curl/bin
      ;;
  esac
}

# use_leg: sets the environment in which a plain `npm install` builds this leg. node-gyp reads
# npm_package_config_node_gyp_* like npm_config_*, but with precedence, and npm does not warn about them on
# every call.
use_leg() {
  find_libcurl
  built=node-$node_version-$curl-node-libcurl-$node_libcurl_version
  export PATH=$cache/node-$node_version/bin:${bin:+$bin:}$outer_path
  export npm_package_config_node_gyp_nodedir=$cache/node-$node_version
  [ -z "$bin" ] || export npm_package_config_node_gyp_curl_config_bin=$bin/curl-config
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
  find_libcurl
  [ "$libcurl_from" != debian ] || [ -n "$curl" ] || build_libcurl
  install_packages
  if [ ! -d "$cache/node-$node_version" ]; then
    step node "installing Node $node_version" install_node
    mv "$tmp/node/node_modules/node-linux-$arch" "$cache/node-$node_version"
  fi
  use_leg
  if [ ! -d "$modules" ]; then
    if [ "$libcurl_from" = prebuilt ]; then install_prebuilt
    else step modules "installing the dependencies, node-libcurl $node_libcurl_version compiled against libcurl $libcurl" install_modules
    fi
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
