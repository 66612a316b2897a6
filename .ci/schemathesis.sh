#!/usr/bin/env bash
# Schemathesis asks the fake whatever the specification files allow and finds no 5xx and nothing outside the schemas.
# Needs Python with pip, and PERSONIO_OPENAPI_DIR.
set -euo pipefail
cd "$(dirname "$0")/.."
tools="${CARGO_TARGET_DIR:-$(pwd)/target}/tools/schemathesis"
[ -d "$tools" ] || python3 -m venv "$tools"
[ -x "$tools/bin/schemathesis" ] || "$tools/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.*
PATH="$tools/bin:$PATH" .ci/with-fake.sh bash -c 'python3 .ci/schemathesis.py "$FAKE"'
