#!/bin/bash
# prior.sh [SHOPS]: does a weak prior help small shops?
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
gcc -std=gnu11 -O2 -Isrc -Itest/unit bench/prior.c src/core/*/*.c -lnlopt -lm -o build/prior
build/prior "$@"
