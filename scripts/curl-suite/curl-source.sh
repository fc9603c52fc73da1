# Fetches libcurl's source, for scripts/modern.sh and scripts/curl-suite/run.sh. They source this file and declare
# `say` and `skip`. Does not know what is built from it.

read -ra suites <<<"${PARALLELCURL_SUITES:-forky trixie-backports sid}"

# Uses the Debian mirror that this machine already uses, with separate sources and state, so that the system's
# files do not change.
# download_curl FOLDER LOG: leaves FOLDER/source/curl_VERSION.orig.tar.*
download_curl() {
  local apt keyring mirror codename suite tmp=$1 log=$2
  : >"$log"
  command -v apt-get >/dev/null || skip "no apt-get to fetch libcurl's source with"
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' | awk -v c="$codename" '$1 == c && $2 == "main" { print $3; exit }')
  [ -n "$mirror" ] || skip "apt knows no mirror for libcurl's source"
  keyring=$(dpkg -L debian-archive-keyring 2>/dev/null | grep -m 1 -E '/debian-archive-keyring\.(gpg|pgp)$' || true)
  apt=(apt-get -q -o Dir::Etc::sourcelist="$tmp/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$tmp/lists"
    -o Dir::Cache="$tmp/apt" -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2 -o Acquire::http::Timeout=30)
  mkdir -p "$tmp/lists/partial" "$tmp/apt/archives/partial" "$tmp/source"
  for suite in "${suites[@]}"; do
    say "fetching libcurl's source from $suite"
    echo "deb-src ${keyring:+[signed-by=$keyring] }$mirror $suite main" >"$tmp/sources.list"
    if (cd "$tmp/source" && "${apt[@]}" update -o APT::Update::Error-Mode=any && "${apt[@]}" source --download-only --tar-only curl) >>"$log" 2>&1 </dev/null; then return; fi
    rm -rf "$tmp"/source/*
  done
  skip "libcurl's source is not to be had from ${suites[*]}: $(grep '^E: ' "$log" | head -n 1 | cut -c 1-300)"
}
