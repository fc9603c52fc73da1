#!/usr/bin/env bash
# Measures which lines of src the tests reach: all tests, or those named in the arguments. The report is
# coverage/index.html. Does not measure how well a line is tested.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash scripts/setup.sh
[ $# -gt 0 ] || set -- 'test/{unit,integration,contract}/**/*.test.ts'
# Of code that was compiled before, V8 knows less.
export NODE_DISABLE_COMPILE_CACHE=1
exec node_modules/.bin/c8 node_modules/.bin/mocha "$@"
