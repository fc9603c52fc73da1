# Node.js 24 and node-libcurl 5 on a current libcurl with OpenSSL.
node_version=24.21.0
node_libcurl_version=5.1.2
libcurl_from=debian
libcurl_name=curl
libcurl_packages=(libssl-dev)
libcurl_options=(-DCURL_USE_OPENSSL=ON)
