# The newest Node.js that npm serves, with the node-libcurl and the libcurl of node24.
. "$legs/node24.sh"
node_version=26.12.1
