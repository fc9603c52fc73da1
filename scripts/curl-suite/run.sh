#!/usr/bin/env bash
# Runs curl's own tests against `parallelcurl curl`, on the leg that scripts/modern.sh sets up (it starts this).
# Does not know which tests are in scope, nor why one fails: scope.tsv, failures.tsv and ci.txt beside it do.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
prefix=$(dirname "$(dirname "$(command -v curl-config)")")
version=${prefix##*/curl-}
cache=$(dirname "$prefix")
suite=$cache/suite-$version

say() { echo "test:curl: $*" >&2; }
skip() { echo "SKIPPED: $*" >&2; exit 75; }

# The source that libcurl was built from may be a newer one by now: only the same version tells anything.
source_of_curl() {
  local tmp=$suite.tmp sources=$cache/sources tarball
  if ! compgen -G "$sources/curl_$version.orig.tar.*" >/dev/null; then
    . "$root/scripts/debian-source.sh"
    rm -rf "$tmp" && mkdir -p "$tmp" "$sources"
    debian_sources "$tmp" "$tmp/source.log" curl
    cp "$tmp"/source/curl_*.orig.tar.* "$sources/"
  fi
  tarball=$(compgen -G "$sources/curl_$version.orig.tar.*" | grep -v '\.asc$') ||
    skip "the source of curl $version, which this leg has, is not to be had any longer (there is $(ls "$sources"))"
  rm -rf "$tmp" && mkdir -p "$tmp" && tar -xf "$tarball" -C "$tmp" --strip-components=1
  mv "$tmp" "$suite/source"
}

# The tool answers for its features, checks the servers, and says what the tests mean; the servers are C programs, too.
build() {
  cmake -S "$suite/source" -B "$suite/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DBUILD_STATIC_LIBS=OFF \
    -DBUILD_CURL_EXE=ON -DBUILD_TESTING=ON -DBUILD_EXAMPLES=OFF -DBUILD_LIBCURL_DOCS=OFF -DBUILD_MISC_DOCS=OFF \
    -DENABLE_CURL_MANUAL=OFF -DCURL_USE_OPENSSL=ON -DUSE_NGHTTP2=ON -DCURL_BROTLI=ON -DCURL_ZSTD=ON -DUSE_LIBIDN2=ON \
    -DCURL_USE_LIBPSL=ON -DCURL_USE_LIBSSH2=ON -DCURL_DISABLE_LDAP=ON &&
    cmake --build "$suite/build" -j "${JOBS:-$(nproc)}" --target curl curlinfo servers build-certs &&
    [ -x "$suite/build/src/curl" ]
}

mkdir -p "$suite"
exec 9>>"$suite/lock"
flock 9
[ -d "$suite/source" ] || source_of_curl
if [ ! -e "$suite/complete" ] || [ ! -x "$suite/build/src/curl" ]; then
  say "building curl $version and its test servers (log: $suite/build.log)"
  build >"$suite/build.log" 2>&1 </dev/null || { tail -n 20 "$suite/build.log" >&2; skip "the tool and the test servers of curl $version cannot be built here ($suite/build.log)"; }
  touch "$suite/complete"
fi
exec 9>&-
[ "${1:-}" != --build ] || exit 0

listed() { grep -v '^#' "$here/$1" | cut -f 1; }
tests=()
while [ $# -gt 0 ]; do
  case $1 in
    --ci) mapfile -t tests < <(listed ci.txt) ;;
    --real) command=$suite/build/src/curl ;;
    [0-9]*) tests+=("$1") ;;
    *) echo "usage: npm run test:curl -- [--ci] [--real] [TEST...], or --build" >&2; exit 2 ;;
  esac
  shift
done
[ ${#tests[@]} -gt 0 ] || mapfile -t tests < <(awk -F '\t' '$2 == "in" { print $1 }' "$here/scope.tsv")

# A folder of its own, so that two runs do not meet; the build is only linked.
run=$(mktemp -d "${TMPDIR:-/tmp}/curl-suite.XXXXXX")
mkdir "$run/tests"
ln -s "$suite/build/src" "$suite/build/lib" "$run/"
ln -s "$suite"/build/tests/* "$run/tests/"
rm -f "$run/tests/log"
node "$root/scripts/package/build.mjs" "$run/dist"
mkdir "$run/bin"
# The built command looks for its package beside its folder.
ln -s "$root/package.json" "$root/node_modules" "$run/"
# The real curl answers questions about version and features: the suite chooses its tests by them.
cat >"$run/curl" <<S
#!/bin/sh
case " \$* " in *' --version '*|*' -V '*|*' --help '*|*' -h '*|*' --manual '*|*' -M '*) exec "$suite/build/src/curl" "\$@" ;; esac
exec timeout 60 "$(command -v node)" "$run/dist/cli/main.cjs" curl "\$@"
S
chmod +x "$run/curl"
cd "$run/tests"
# Without what the machine of the day says.
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY NODE_OPTIONS
srcdir=$suite/source/tests perl -I"$suite/source/tests" "$suite/source/tests/runtests.pl" -n -a ${JOBS:+-j"$JOBS"} -c "${command:-$run/curl}" \
  -vc "$suite/build/src/curl" "${tests[@]}" >"$run/suite.log" 2>&1 </dev/null || true
status=0
node "$here/summary.mjs" "$run/suite.log" || status=$?
say "log: $run/suite.log"
exit $status
