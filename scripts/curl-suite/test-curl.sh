#!/usr/bin/env bash
# Runs curl's own test suite against `parallelcurl curl`, on Node 24 and a current libcurl.
#   npm run test:curl                 all tests that are in scope
#   npm run test:curl -- --ci         those of scripts/curl-suite/ci.txt
#   npm run test:curl -- 1 2 1400     those
#   npm run test:curl -- --real       the same with curl itself, to see what it passes on this machine
#   npm run test:curl -- --build      none: only builds what they need
# Exits with 1 where a test fails that scripts/curl-suite/failures.tsv does not name; with 75 and a line
# `SKIPPED: why` where curl's source is not to be had, or not to be built. Does not know how a test is run.
exec bash "$(dirname "${BASH_SOURCE[0]}")/../modern.sh" bash scripts/curl-suite/run.sh "$@"
