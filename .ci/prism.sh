#!/usr/bin/env bash
# Prism, a generic mock server that knows only the official specification of v1, judges the client's requests and gives the answers.
# Needs npm, and the specification files in $PERSONIO_OPENAPI_DIR.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -f "${PERSONIO_OPENAPI_DIR:-}/v1-personnel-data.yaml" ]; then
    echo "error: PERSONIO_OPENAPI_DIR must name the folder of Personio's API specifications; docs/testing.md says how to get them" >&2
    exit 1
fi
files="$(cd "$PERSONIO_OPENAPI_DIR" && pwd)"
home="$(pwd)/target/prism"
log="$home/log"
mkdir -p "$home"

if [ ! -x "$home/node_modules/.bin/prism" ]; then
    timeout 300 npm install --prefix "$home" --no-audit --no-fund --loglevel=error @stoplight/prism-cli@5.14.2
fi

# Compiling takes longer than Prism should have to wait.
test=(cargo test --package personio-client --test it)
timeout 1800 "${test[@]}" --no-run

# The personnel file has no login, so it borrows that of the file that has.
awk -v login="$files/v1-auth.yaml#/paths/~1auth" \
    '{ print } /^paths:/ { printf "  /auth:\n    $ref: \"%s\"\n", login }' "$files/v1-personnel-data.yaml" >"$home/v1.yaml"

# Prism refuses a bad request anyway; --errors would also withhold the answers of lists, whose examples break their own schemas.
NO_COLOR=1 "$home/node_modules/.bin/prism" mock --port 0 "$home/v1.yaml" >"$log" 2>&1 &
prism=$!
trap 'kill $prism 2>/dev/null || true; wait $prism 2>/dev/null || true' EXIT

url=""
for _ in $(seq 120); do
    url="$(sed -n 's/.*Prism is listening on //p' "$log")"
    if [ -n "$url" ] || ! kill -0 $prism 2>/dev/null; then break; fi
    sleep 0.5
done
if [ -z "$url" ]; then
    cat "$log" >&2
    echo "error: Prism did not start" >&2
    exit 1
fi

calls=passed
PERSONIO_PRISM_URL="$url" timeout 120 "${test[@]}" -- --nocapture prism:: || calls=failed

received="$(grep -c 'Request received' "$log" || true)"
accepted="$(grep -c 'The request passed the validation rules' "$log" || true)"
echo "Prism accepted $accepted of $received requests"
if [ "$calls" = failed ] || [ "$received" = 0 ] || [ "$accepted" != "$received" ]; then
    grep -E 'Request received|Request .* (must|did not)|Request terminated|Invalid security|Error:' "$log" >&2 || true
    echo "error: the client and Prism disagree; the whole log is $log" >&2
    exit 1
fi
