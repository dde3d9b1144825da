#!/bin/sh
# What a machine can see without running the program. All of it is shown before it fails.
set -u
cd "$(dirname "$0")/.."
failed=""

check() {
    name=$1
    shift
    echo "== $name"
    "$@" || failed="$failed $name"
}

check "ruff" .venv/bin/ruff check --quiet
check "format" .venv/bin/ruff format --check --quiet
check "mypy" .venv/bin/mypy --no-error-summary
check "import-contracts" .venv/bin/lint-imports --no-cache --no-logo
check "djlint" .venv/bin/djlint --quiet --lint templates
check "deptry" .venv/bin/deptry . --no-ansi

[ -z "$failed" ] || { echo "Failed:$failed" >&2; exit 1; }
