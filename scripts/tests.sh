#!/bin/sh
# The whole suite, with its ten slowest, ended after 15 minutes.
set -u
cd "$(dirname "$0")/.."
LIMIT=900
mkdir -p var
timeout --foreground --kill-after=30 "$LIMIT" \
    .venv/bin/pytest --numprocesses=2 --dist=loadscope --no-loadscope-reorder --durations=10 --durations-min=0.5 --junitxml=var/tests.xml "$@"
code=$?
case $code in
    0) ;;
    5) echo "No test ran." >&2 ;;
    124 | 137) echo "The tests took more than $LIMIT seconds and were ended: make the slowest faster." >&2 ;;
esac
exit "$code"
