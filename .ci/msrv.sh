#!/usr/bin/env bash
# The declared rust-version must bear every dependency of the two libraries, and stand in the README.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo metadata --format-version 1 --all-features | python3 -c '
import json, sys

metadata = json.load(sys.stdin)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
version = lambda text: tuple(int(part) for part in (text.split(".") + ["0", "0"])[:3])

libraries = [p for p in packages.values() if p["name"] in ("personio-client", "sync-core") and not p["source"]]
declared = {library["rust_version"] for library in libraries}
assert len(libraries) == 2 and len(declared) == 1, "both libraries must declare the same rust-version"
declared = declared.pop()

reached, waiting = set(), [library["id"] for library in libraries]
while waiting:
    node = nodes[waiting.pop()]
    if node["id"] in reached:
        continue
    reached.add(node["id"])
    waiting += [d["pkg"] for d in node["deps"] if any(kind["kind"] != "dev" for kind in d["dep_kinds"])]

asks = [(version(packages[id]["rust_version"]), packages[id]) for id in reached if packages[id]["rust_version"]]
for newer in (package for asked, package in asks if asked > version(declared)):
    name, asked = newer["name"], newer["rust_version"]
    sys.exit(f"error: {name} asks for Rust {asked}, the libraries declare {declared}")
if f"Rust {declared}" not in open("README.md").read():
    sys.exit(f"error: the README does not name Rust {declared}")
print(f"Rust {declared} bears all {len(reached)} dependencies")
'
