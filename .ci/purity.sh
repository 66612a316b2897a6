#!/usr/bin/env bash
# The engine must not know HTTP, a runtime or a server. That it takes no time, randomness or settings
# from its surroundings is checked by clippy: see sync-core/clippy.toml.
set -euo pipefail
cd "$(dirname "$0")/.."

tree="$(cargo tree --package sync-core --edges normal,build --prefix none --format '{p}')"
if grep -E '^(reqwest|hyper|tokio|wiremock|axum|sqlx|personio-client|rand|getrandom) ' <<<"$tree"; then
    echo "error: the default build of sync-core must not depend on these" >&2
    exit 1
fi
echo "sync-core depends on $(sort -u <<<"$tree" | wc -l) crates, none of them a network, a runtime or a server"
