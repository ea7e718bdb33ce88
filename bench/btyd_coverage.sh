#!/bin/bash
# btyd_coverage.sh [POPULATIONS [CUSTOMERS]]: how often the 95 % intervals of a fit contain the truth.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
gcc -std=gnu11 -O2 -Isrc -Itest/unit bench/btyd_coverage.c src/core/*/*.c -lnlopt -lm -o build/btyd_coverage
build/btyd_coverage "$@"
