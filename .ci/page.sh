#!/usr/bin/env bash
# Renders the page of a plan in headless Chromium: in light and dark, on a narrow screen and on paper. Fails when the browser
# complains about anything; the pictures stay in target/page, to be looked at.
set -euo pipefail
cd "$(dirname "$0")/.."
folder="$(pwd)/target/page"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "error: install Chromium" >&2
    exit 1
}
rm -rf "$folder"
mkdir -p "$folder"
product() { cargo run --quiet -p examples --bin buuky-style -- "$@" --db "$folder/plan.sqlite" --quiet; }
product demo
product plan --format html --out "$folder/plan.html"

render() {
    local name=$1
    shift
    "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$folder/profile" \
        --enable-logging=stderr "$@" "file://$folder/plan.html" 2>"$folder/$name.log"
    if grep CONSOLE "$folder/$name.log"; then
        echo "error: the browser complains ($name)" >&2
        exit 1
    fi
}
render light --window-size=1280,3000 --screenshot="$folder/light.png"
render dark --window-size=1280,3000 --force-dark-mode --screenshot="$folder/dark.png"
render narrow --window-size=500,3000 --screenshot="$folder/narrow.png"
render paper --no-pdf-header-footer --print-to-pdf="$folder/paper.pdf"
rm -rf "$folder/profile"
test -s "$folder/light.png" && test -s "$folder/dark.png" && test -s "$folder/narrow.png" && test -s "$folder/paper.pdf"
echo "The browser has no complaints. Look at $folder"
