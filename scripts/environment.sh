#!/bin/sh
# Make .venv and put the pinned, hashed requirements named as arguments into it: by uv where there is one, else by pip.
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}

uv_program() {
    if [ -x .venv/bin/uv ]; then echo .venv/bin/uv; else command -v uv || true; fi
}

make_environment() {
    [ -x .venv/bin/python ] && return 0
    echo "Making the virtual environment .venv"
    if [ -n "$(uv_program)" ]; then uv venv --quiet --python "$PYTHON" .venv; else "$PYTHON" -m venv .venv; fi
}

install() {
    lists=""
    for list in "$@"; do lists="$lists -r $list"; done
    echo "Installing the pinned packages of $*"
    if [ -n "$(uv_program)" ]; then
        # shellcheck disable=SC2086 # the lists are words of ours
        "$(uv_program)" pip install --quiet --python .venv/bin/python --require-hashes $lists
    else
        # shellcheck disable=SC2086
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes $lists
    fi
}

make_environment
install "$@"
