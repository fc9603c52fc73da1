# Node.js 24 and the binary that node-libcurl 5 offers for it, which has a libcurl of its own.
node_version=24.21.0
node_libcurl_version=5.1.2
libcurl_from=prebuilt
