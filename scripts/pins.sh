#!/bin/sh
# Resolve requirements.in and requirements-dev.in anew, with hashes and without a word about where they came from.
set -eu
cd "$(dirname "$0")/.."
for list in requirements requirements-dev; do
    uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header "$list.in" -o "$list.txt"
done
