# Fetches sources from Debian, for scripts/leg.sh and scripts/curl-suite/run.sh. They source this file and declare
# `say` and `skip`. Does not know what is built from them.

read -ra suites <<<"${PARALLELCURL_SUITES:-forky trixie-backports sid}"

# Uses the Debian mirror that this machine already uses, with separate sources and state, so that the system's
# files do not change. A mirror may list a source that it does not have: each suite is asked for what is still
# missing.
# debian_sources FOLDER LOG PACKAGE...: leaves FOLDER/source/PACKAGE_VERSION.orig.tar.*
debian_sources() {
  local apt keyring mirror codename suite package missing=("${@:3}") left tmp=$1 log=$2
  : >"$log"
  command -v apt-get >/dev/null || skip "no apt-get to fetch the source of ${missing[*]} with"
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' | awk -v c="$codename" '$1 == c && $2 == "main" { print $3; exit }')
  [ -n "$mirror" ] || skip "apt knows no mirror for the source of ${missing[*]}"
  keyring=$(dpkg -L debian-archive-keyring 2>/dev/null | grep -m 1 -E '/debian-archive-keyring\.(gpg|pgp)$' || true)
  apt=(apt-get -q -o Dir::Etc::sourcelist="$tmp/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$tmp/lists"
    -o Dir::Cache="$tmp/apt" -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2 -o Acquire::http::Timeout=30)
  mkdir -p "$tmp/lists/partial" "$tmp/apt/archives/partial" "$tmp/source"
  for suite in "${suites[@]}"; do
    say "fetching the source of ${missing[*]} from $suite"
    echo "deb-src ${keyring:+[signed-by=$keyring] }$mirror $suite main" >"$tmp/sources.list"
    (cd "$tmp/source" && "${apt[@]}" update -o APT::Update::Error-Mode=any) >>"$log" 2>&1 </dev/null || continue
    left=()
    for package in "${missing[@]}"; do
      if (cd "$tmp/source" && "${apt[@]}" source --download-only --tar-only "$package") >>"$log" 2>&1 </dev/null; then continue; fi
      rm -f "$tmp/source/$package"_*
      left+=("$package")
    done
    [ ${#left[@]} -gt 0 ] || return 0
    missing=("${left[@]}")
  done
  skip "the source of ${missing[*]} is not to be had from ${suites[*]}: $(grep '^E: ' "$log" | head -n 1 | cut -c 1-300)"
}

# source_tarball FOLDER PACKAGE: prints the path of what debian_sources has left, or of an earlier copy.
source_tarball() { find "$1" -maxdepth 1 -name "$2_*.orig.tar.*" ! -name '*.asc' | sort -V | tail -n 1; }
