#!/usr/bin/env bash
# CURLOPT_SSLCERT_BLOB and CURLOPT_SSLKEY_BLOB give libcurl a client's certificate as bytes. A libcurl that is built with GnuTLS has no code
# that reads them: curl_easy_setopt() says OK all the same, and the request goes out without the certificate. For CURLOPT_ISSUERCERT_BLOB
# such a build says CURLE_NOT_BUILT_IN (4). CURLOPT_SSLCERT_BLOB(3) lists the TLS libraries that it is for, without GnuTLS.
# Whoever looks at the codes only, as one has to where a program runs with the system's libcurl, does not hear of it.
# Seen with libcurl 7.88.1 and GnuTLS 3.7.9 (Debian 12's libcurl3-gnutls); libcurl 8.22.0 does the same. The output is at the end of this file.
# Needs Debian, a C compiler, openssl and libcurl3-gnutls. The headers of libcurl4-gnutls-dev are unpacked, not installed.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -q download libcurl4-gnutls-dev libcurl3-gnutls >apt.log 2>&1 || { cat apt.log; exit 1; }
for package in *.deb; do dpkg -x "$package" root; done
lib=$(dirname "$(find root -name 'libcurl-gnutls.so')")
include=$(dirname "$(dirname "$(find root -name curl.h)")")
cat >blob.c <<'C'
#include <stdio.h>
#include <string.h>
#include <curl/curl.h>

static char *file(const char *name) {
  static char text[2][8192];
  static int next;
  char *into = text[next++ % 2];
  FILE *from = fopen(name, "r");
  into[fread(into, 1, 8191, from)] = 0;
  fclose(from);
  return into;
}

int main(int count, char **argument) {
  CURL *curl = curl_easy_init();
  char *cert = file("client.pem"), *key = file("client.key");
  struct curl_blob blobs[] = { { cert, strlen(cert), CURL_BLOB_COPY }, { key, strlen(key), CURL_BLOB_COPY } };
  int set[2];
  (void)count;
  if(!strcmp(argument[2], "blobs")) {
    set[0] = curl_easy_setopt(curl, CURLOPT_SSLCERT_BLOB, &blobs[0]);
    set[1] = curl_easy_setopt(curl, CURLOPT_SSLKEY_BLOB, &blobs[1]);
  }
  else {
    set[0] = curl_easy_setopt(curl, CURLOPT_SSLCERT, "client.pem");
    set[1] = curl_easy_setopt(curl, CURLOPT_SSLKEY, "client.key");
  }
  curl_easy_setopt(curl, CURLOPT_URL, argument[1]);
  curl_easy_setopt(curl, CURLOPT_CAINFO, "client.pem");
  printf("%s: setopt %d %d, ", argument[2], set[0], set[1]);
  fflush(stdout);
  printf("perform %s\n", curl_easy_perform(curl) ? "failed" : "0");
  return 0;
}
C
cc -o blob blob.c -I"$include" "$lib/libcurl-gnutls.so" -Wl,-rpath,"$lib"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout client.key -out client.pem -days 2 \
  -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
port=$((20000 + RANDOM % 20000))
# Answers only those who have a certificate.
openssl s_server -accept "127.0.0.1:$port" -cert client.pem -key client.key -CAfile client.pem -Verify 1 -verify_return_error -www >server.log 2>&1 &
server=$!
until grep -q ACCEPT server.log; do kill -0 "$server"; sleep 0.1; done
for way in files blobs; do ./blob "https://127.0.0.1:$port/" $way | grep -a -o -E "^$way: setopt [0-9]+ [0-9]+|perform (0|failed)" | paste -sd ' '; done >seen
cat seen
[ "$(<seen)" = 'files: setopt 0 0 perform 0
blobs: setopt 0 0 perform failed' ] || { echo 'this has changed'; exit 1; }
