#!/usr/bin/env bash
# Which lines of src the tests reach: all tests, or those that the arguments name. The report is coverage/index.html.
# Does not say how well a line is tested.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash scripts/setup.sh
[ $# -gt 0 ] || set -- 'test/{unit,integration,contract}/**/*.test.ts'
exec node_modules/.bin/c8 node_modules/.bin/mocha "$@"
