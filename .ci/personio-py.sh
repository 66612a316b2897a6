#!/usr/bin/env bash
# personio-py, a Python client of another author, works against the fake unchanged. Needs Python with pip.
set -euo pipefail
cd "$(dirname "$0")/.."
tools="${CARGO_TARGET_DIR:-$(pwd)/target}/tools/personio-py"
[ -d "$tools" ] || python3 -m pip install --quiet --disable-pip-version-check --target "$tools" personio-py==0.3.0
PYTHONPATH="$tools" .ci/with-fake.sh bash -c 'python3 .ci/personio-py.py "$FAKE"'
