# Node.js 24 and node-libcurl 5 on a current libcurl with GnuTLS, and with HTTP/3 by ngtcp2 and nghttp3.
. "$legs/node24.sh"
libcurl_name=gnutls-h3-curl
libcurl_packages=(libgnutls28-dev nettle-dev)
libcurl_options=(-DCURL_USE_OPENSSL=OFF -DCURL_USE_GNUTLS=ON -DUSE_NGTCP2=ON)
# Libraries that are built before it, into the same folder, each with the options of its CMake.
library_names=(nghttp3 ngtcp2)
library_options=(-DENABLE_LIB_ONLY=ON -DENABLE_STATIC_LIB=OFF -DENABLE_OPENSSL=OFF -DENABLE_GNUTLS=ON -DBUILD_TESTING=OFF)
