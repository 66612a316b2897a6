#!/usr/bin/env bash
# Starts the stand-alone fake on a free port, runs a command with its origin in $FAKE, and ends it again.
set -euo pipefail
folder="$(mktemp -d)"
cargo build --quiet -p examples --bin fake-personio
fake="${CARGO_TARGET_DIR:-target}/debug/fake-personio"
"$fake" --listen 127.0.0.1:0 --employees 40 --seed 7 --today 2026-03-02 >"$folder/said" &
process=$!
trap 'kill "$process" 2>/dev/null || true; rm -rf "$folder"' EXIT
until grep -q '^listening on ' "$folder/said"; do
    kill -0 "$process" || exit 1
    sleep 0.1
done
FAKE="$(sed -n 's/^listening on //p' "$folder/said")"
export FAKE
"$@"
