#!/bin/bash
# season.sh [SEEDS]: what a season is worth, and how often one is found, on simulated shops.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
gcc -std=gnu11 -O2 -Isrc -Itest/unit bench/season.c src/core/*/*.c -lnlopt -lm -o build/season
build/season "$@"
