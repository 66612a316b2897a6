#!/usr/bin/env bash
# Prism, which knows only the official specification of v1, judges what goes over the wire.
#   mock    it judges the client's requests and gives the answers itself, from the examples of the specification
#   proxy   it stands between the client and the fake, and judges both
# Needs npm, for proxy also Python with pip, and the specification files in $PERSONIO_OPENAPI_DIR.
set -euo pipefail
cd "$(dirname "$0")/.."
mode="${1:-}"
if [ "$mode" != mock ] && [ "$mode" != proxy ]; then
    echo "usage: .ci/prism.sh mock|proxy" >&2
    exit 2
fi

if [ ! -f "${PERSONIO_OPENAPI_DIR:-}/v1-personnel-data.yaml" ]; then
    echo "error: PERSONIO_OPENAPI_DIR must name the folder of Personio's API specifications; docs/testing.md says how to get them" >&2
    exit 1
fi
files="$(cd "$PERSONIO_OPENAPI_DIR" && pwd)"
home="$(pwd)/target/prism"
log="$home/$mode.log"
mkdir -p "$home"

if [ ! -x "$home/node_modules/.bin/prism" ]; then
    timeout 300 npm install --prefix "$home" --no-audit --no-fund --loglevel=error @stoplight/prism-cli@5.14.2
fi

# Compiling takes longer than Prism should have to wait.
test=(cargo test --package personio-client --features fake --test it)
timeout 1800 "${test[@]}" --no-run

if [ "$mode" = mock ]; then
    # The personnel file has no login, so it borrows that of the file that has.
    awk -v login="$files/v1-auth.yaml#/paths/~1auth" \
        '{ print } /^paths:/ { printf "  /auth:\n    $ref: \"%s\"\n", login }' "$files/v1-personnel-data.yaml" >"$home/v1.yaml"
    # Prism refuses a bad request anyway; --errors would also withhold the answers of lists, whose examples break their own schemas.
    arguments=(mock --port 0 "$home/v1.yaml")
else
    if [ -z "${FAKE:-}" ]; then
        exec .ci/with-fake.sh "$0" proxy
    fi
    [ -d "$home/python" ] || python3 -m venv "$home/python"
    "$home/python/bin/python" -c 'import yaml' 2>/dev/null ||
        "$home/python/bin/pip" install --quiet --disable-pip-version-check pyyaml==6.*
    "$home/python/bin/python" .ci/specification.py >"$home/v1.json"
    arguments=(proxy --port 0 --errors "$home/v1.json" "$FAKE/v1")
fi

NO_COLOR=1 "$home/node_modules/.bin/prism" "${arguments[@]}" >"$log" 2>&1 &
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
if [ "$mode" = mock ]; then
    PERSONIO_PRISM_URL="$url" timeout 120 "${test[@]}" -- --nocapture prism::mock || calls=failed
else
    PERSONIO_PRISM_PROXY_URL="$url" timeout 120 "${test[@]}" -- --nocapture prism::proxy || calls=failed
fi

received="$(grep -c 'Request received' "$log" || true)"
violations="$(grep -cE 'Violation|Request (terminated|did not)|Invalid security' "$log" || true)"
if [ "$mode" = mock ]; then
    accepted="$(grep -c 'The request passed the validation rules' "$log" || true)"
else
    accepted=$((received - violations))
fi
echo "Prism accepted $accepted of $received requests"
if [ "$calls" = failed ] || [ "$received" = 0 ] || [ "$accepted" != "$received" ]; then
    grep -E 'Request received|Violation|Request .* (must|did not)|Request terminated|Invalid security|Error:' "$log" >&2 || true
    echo "error: Prism disagrees; the whole log is $log" >&2
    exit 1
fi
