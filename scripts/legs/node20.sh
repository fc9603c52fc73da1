# Node.js 20 and node-libcurl 4 on the system's libcurl (Debian 12: 7.88.1 with OpenSSL).
node_version=20.20.2
node_libcurl_version=4.0.0
libcurl_from=system
