#!/usr/bin/env bash
# Runs a command on the leg node24 (scripts/legs/node24.sh), the second of the two that every change has to pass.
#   bash scripts/modern.sh npm test
# Its exit codes are those of scripts/leg.sh.
[ $# -gt 0 ] || { echo "usage: bash scripts/modern.sh COMMAND [ARGUMENT...]" >&2; exit 2; }
exec bash "$(dirname "${BASH_SOURCE[0]}")/leg.sh" node24 "$@"
