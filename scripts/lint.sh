#!/usr/bin/env bash
# Runs every linter, even after one has failed, so that one run shows all problems. Does not contain their
# rules.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
bash scripts/setup.sh || exit
bin=node_modules/.bin status=0
"$bin/eslint" --max-warnings 0 . || status=1
"$bin/prettier" --check --log-level warn . || status=1
"$bin/depcruise" --config .dependency-cruiser.cjs src test scripts || status=1
node --disable-warning=DEP0180 --import ./scripts/register-ts-node.mjs scripts/docs.ts --check || status=1
exit $status
