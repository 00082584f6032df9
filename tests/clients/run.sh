#!/usr/bin/env bash
# Runs published Mattermost clients, unchanged, against a real server on an empty database.
#
# SERVER_BIN names the server (default: target/debug/rustchat). What the clients need is installed from the npm
# registry and PyPI into this folder and .venv.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
bin=$(realpath "${SERVER_BIN:-${CARGO_TARGET_DIR:-$root/target}/debug/rustchat}")

[ -d node_modules ] || npm ci --no-audit --no-fund --silent
if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
fi

data=$(mktemp -d /tmp/rustchat-clients-XXXXXX)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export CHAT_URL="http://127.0.0.1:$port"
RUSTCHAT_DATA_DIR=$data RUSTCHAT_SERVER_LISTEN=127.0.0.1:$port RUSTCHAT_ACCOUNTS_BCRYPT_COST=4 \
    "$bin" serve >"$data.log" 2>&1 &
server=$!
trap 'kill -TERM $server 2>/dev/null; wait $server 2>/dev/null || true; rm -rf "$data" "$data.log"' EXIT

python3 - "$CHAT_URL/health/ready" <<'PY' || { cat "$data.log"; exit 1; }
import sys, time, urllib.request
deadline = time.monotonic() + 60
while True:
    try:
        urllib.request.urlopen(sys.argv[1], timeout=2)
        break
    except OSError as error:
        if time.monotonic() > deadline:
            sys.exit(f"the server never became ready: {error}")
        time.sleep(0.1)
PY

npm test --silent || { tail -n 50 "$data.log"; exit 1; }
.venv/bin/python -m unittest -v conversation_test || { tail -n 50 "$data.log"; exit 1; }
