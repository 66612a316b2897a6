# What can be done here. `just verify` checks everything and writes nothing; `just fix` writes.

set shell := ["bash", "-euo", "pipefail", "-c"]

# List the recipes
default:
    @just --list --unsorted

# Everything that must hold before a change lands
verify: format clippy test docs purity msrv package quickstart

# The code is formatted
format:
    cargo fmt --all -- --check

# No lint warns, with all features and with the default ones
clippy:
    cargo clippy --workspace --all-features --all-targets -- -D warnings
    cargo clippy --workspace -- -D warnings

# All tests, doc tests included
test:
    cargo test --workspace --all-features

# The documentation builds without warnings
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps

# The engine depends on no network, no runtime and no server
purity:
    .ci/purity.sh

# No dependency of the libraries asks for a newer Rust than they declare
msrv:
    .ci/msrv.sh

# The published crates hold nothing that does not belong there
package:
    .ci/package.sh

# The main job runs to its end, and its third plan is empty
quickstart:
    cargo run -p examples -- --quiet

# Needs cargo-mutants and half an hour: what decides is changed in every small way, and a test must notice (docs/quality.md)
mutants:
    .ci/mutants.py

# Needs npm: a generic mock server that knows only the official file answers the client's calls
prism:
    .ci/prism.sh mock

# Needs npm, pip and PERSONIO_OPENAPI_DIR: the same server stands between the client and the fake, and judges both
prism-proxy:
    .ci/prism.sh proxy

# Needs pip: a Python client of another author works against the fake, unchanged
personio-py:
    .ci/personio-py.sh

# Needs pip and PERSONIO_OPENAPI_DIR: whatever the official files allow to ask, the fake answers as they say
schemathesis:
    .ci/schemathesis.sh

# Needs Chromium: the page of a plan renders in light, dark, narrow and on paper, without a complaint
page:
    .ci/page.sh

# Format, and bring generated documents and snapshots up to date
fix:
    cargo fmt --all
    UPDATE_DOCS=1 INSTA_UPDATE=always cargo test --workspace --all-features
