#!/usr/bin/env bash
# Runs published Mattermost clients, unchanged, against a real server on an empty database (see scripts/with-server).
# What the clients need is installed from the npm registry and PyPI into this folder and .venv.
set -euo pipefail
cd "$(dirname "$0")"

[ -d node_modules ] || npm ci --no-audit --no-fund --silent
if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
fi

exec ../../scripts/with-server bash -c 'cd tests/clients && npm test --silent && .venv/bin/python -m unittest -v conversation_test'
