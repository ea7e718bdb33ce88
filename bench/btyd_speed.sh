#!/bin/bash
# btyd_speed.sh [CUSTOMERS]: what predictions and fits of the BTYD processes cost, without a server.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
gcc -std=gnu11 -O2 -Isrc -Itest/unit bench/btyd_speed.c src/core/*/*.c -lnlopt -lm -o build/btyd_speed
build/btyd_speed "$@"
