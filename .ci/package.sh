#!/usr/bin/env bash
# A published crate holds its sources, tests and documents, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

belongs='^(src|tests)/[a-z0-9_/-]+\.(rs|md|txt|snap)$|^(Cargo\.toml|Cargo\.toml\.orig|Cargo\.lock|README\.md|LICENSE-(APACHE|MIT)|clippy\.toml|\.cargo_vcs_info\.json)$'
for crate in personio-client sync-core; do
    files="$(cargo package --list --allow-dirty --package "$crate")"
    if grep -vE "$belongs" <<<"$files"; then
        echo "error: $crate would publish these" >&2
        exit 1
    fi
    for needed in LICENSE-APACHE LICENSE-MIT README.md src/lib.rs; do
        grep -qx "$needed" <<<"$files" || { echo "error: $crate would be published without $needed" >&2; exit 1; }
    done
    echo "$crate would publish $(wc -l <<<"$files") files"
done
