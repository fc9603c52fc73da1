#!/usr/bin/env bash
# Prepares this checkout: installs the packages and, if node-libcurl has to be compiled, libcurl's headers.
# Silent and fast if nothing is to do. Does not depend on what runs afterwards.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

has() { command -v "$1" >/dev/null 2>&1; }
say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }
state() { node scripts/setup-state.cjs "$@"; }

# leg.sh and users name another libcurl in one of these variables. node-gyp prefers the first.
named_config=${npm_package_config_node_gyp_curl_config_bin:-${npm_config_curl_config_bin:-}}

has node || fail "Node.js 20.19 or newer is needed: https://nodejs.org"
now=$(state)
case $now in
  ready) exit 0 ;;
  old-node) fail "Node.js 20.19 or newer is needed, this is $(node --version)" ;;
esac

# One setup at a time. A process that waited here finds the work done.
exec 9<scripts
if has flock; then flock 9; fi
now=$(state)
[ "$now" != ready ] || exit 0

log=$(mktemp "${TMPDIR:-/tmp}/parallelcurl-setup.XXXXXX")

# Finds the line with the cause in pages of output of npm and the compiler.
cause() {
  local pattern line
  for pattern in 'Could not run curl-config' 'fatal error:' ' error: ' '^E: ' 'not found: make' 'gyp ERR! find Python' \
    'gyp ERR! stack Error' '^npm (error|ERR!) (network|notarget|[0-9]{3}) ' '^npm (error|ERR!) '; do
    # Compilers quote in UTF-8, which grep treats as binary in some locales.
    line=$(LC_ALL=C grep -m 1 -E "$pattern" "$log") && { line=${line#npm error } && echo "${line:0:240}" && return; }
  done
  tail -n 1 "$log"
}
run() { echo "\$ $*" >>"$log"; "$@" >>"$log" 2>&1 </dev/null 9<&-; }

compilable() { has "${named_config:-curl-config}" && has make && has python3 && { has c++ || has g++ || has clang++ || has "${CXX:-c++}"; }; }

install_headers() {
  local packages=() root=()
  [ -z "$named_config" ] || has "$named_config" || fail "no curl-config at $named_config, which the environment names"
  has apt-get || fail "node-libcurl has to be compiled here, and that needs a C++ compiler and libcurl's headers. Install them, then try again: $(advice)"
  has curl-config || [ -n "$named_config" ] || packages+=(libcurl4-openssl-dev)
  { has make && has c++; } || packages+=(build-essential)
  has python3 || packages+=(python3)
  if [ "$(id -u)" != 0 ]; then
    has sudo || fail "node-libcurl has to be compiled here. As root: apt-get install ${packages[*]}. Then try again"
    root=(sudo)
  fi
  root+=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  say "installing ${packages[*]}, to compile node-libcurl"
  # If `apt-get update` has never run, or not for a long time, the packages are not found at the first try.
  run "${root[@]}" install -y --no-install-recommends "${packages[@]}" ||
    { : >"$log" && run "${root[@]}" update && run "${root[@]}" install -y --no-install-recommends "${packages[@]}"; } ||
    fail "${packages[*]} cannot be installed: $(cause) (all of it: $log)"
}

advice() {
  case $(uname -s) in
    Darwin) echo "xcode-select --install; brew install curl python" ;;
    MINGW* | MSYS* | CYGWIN*) echo "Visual Studio's C++ build tools, Python and vcpkg" ;;
    *)
      if has dnf; then echo "sudo dnf install libcurl-devel gcc-c++ make python3"
      elif has apk; then echo "apk add curl-dev build-base python3"
      elif has pacman; then echo "sudo pacman -S curl base-devel python"
      elif has zypper; then echo "sudo zypper install libcurl-devel gcc-c++ make python3"
      else echo "libcurl's development package, make, python3, g++"; fi
      ;;
  esac
}

# Without install scripts: the only one needed, node-libcurl's, runs as a step of its own below, independent
# of npm's version and settings for scripts.
say "installing the packages"
[ "$now" != foreign ] || rm -rf node_modules/node-libcurl node_modules/.package-lock.json node_modules/.parallelcurl-setup
run npm install --ignore-scripts --include=dev || fail "npm install failed: $(cause) (all of it: $log)"

if [ "$(state)" = missing ]; then
  # Uses a prebuilt binary if there is one. Without headers, compiling fails within seconds.
  say "getting node-libcurl's binary: prebuilt, or compiled in about 20 s"
  build() { run npm rebuild --ignore-scripts=false node-libcurl; }
  build || { ! compilable && install_headers && : >"$log" && build; } ||
    fail "node-libcurl cannot be compiled: $(cause) (all of it: $log)"
fi
now=$(state)
[ "$now" = stale ] || [ "$now" = ready ] || fail "node-libcurl does not load: $(state why) (all of it: $log)"
state mark
rm -f "$log"
