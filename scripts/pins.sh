#!/bin/sh
# Resolve requirements.in and requirements-dev.in anew, with hashes and without a word about where they came from.
set -eu
cd "$(dirname "$0")/.."

pin() {
    uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header "$@"
}

pin requirements.in --output-file requirements.txt
pin requirements-dev.in --constraints requirements.txt --output-file requirements-dev.txt
