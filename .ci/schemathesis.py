"""Lets Schemathesis ask the fake whatever the specification files allow, on all read operations they share.

Where the service answers otherwise than its own file says, the file is corrected first; each correction has a reason.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

import yaml

ANYTHING = {}
LIST = "the shared envelope says `data` is an object, but a list has an array there"
OBSERVED = "the service sends it in this form (observed), the file says otherwise"

# File, what stands before its paths, and which paths.
SUBJECTS = [
    ("v1-personnel-data.yaml", "/v1", "/company/(employees|time-off|absence-periods|attendances)"),
    ("persons-service-api-v2.json", "", "/v2/persons"),
    ("employment-contract-v2.json", "", "/v2/persons"),
]
# Names of properties whose schema the answers contradict, wherever they stand in a file.
OPENED = {
    "v1-personnel-data.yaml": {
        "data": LIST,
        "half_day_start": OBSERVED,
        "half_day_end": OBSERVED,
        "supervisor": OBSERVED,
        "work_schedule": OBSERVED,
        "offset": "attendances give back as text what was passed as text (observed)",
        "limit": "attendances give back as text what was passed as text (observed)",
        "absence_type": "the example of the file nests the type, its schema has it flat",
    },
    "persons-service-api-v2.json": {"type": OBSERVED, "value": OBSERVED},
    "employment-contract-v2.json": {
        "supervisor": OBSERVED,
        "contract_end_date": "the examples of the file have null there",
        "employment_end_date": "the examples of the file have null there",
    },
}
# A media type that is none: it is sent (documented) but cannot be parsed by tools.
NO_MEDIA_TYPE = "problem+json"
# Paths that match but that the fake does not have.
ABSENT = re.compile("projects|profile-picture|custom-attributes|/attributes$")


def main(folder, fake, scratch):
    token = login(fake)
    failed = []
    for name, prefix, wanted in SUBJECTS:
        document = yaml.safe_load((folder / name).read_text())
        document["paths"] = {
            path: item
            for path, item in document["paths"].items()
            if re.match(wanted, path) and not ABSENT.search(path) and "get" in item
        }
        open_up(document, OPENED[name])
        with tempfile.NamedTemporaryFile("w", suffix=".json") as corrected:
            json.dump(document, corrected, default=str)
            corrected.flush()
            command = ["schemathesis", "run", corrected.name, "--url", fake + prefix]
            command += ["--include-method", "GET", "--phases", "examples,coverage", "--seed", "7", "--no-color"]
            command += ["--checks", "not_a_server_error,response_schema_conformance"]
            command += ["-H", f"Authorization: Bearer {token}"]
            done = subprocess.run(command, capture_output=True, text=True, cwd=scratch)
        if done.returncode:
            failed.append(name)
            print(done.stdout)
        else:
            print(f"schemathesis: {name}: {len(document['paths'])} paths, nothing to complain about")
    return 1 if failed else 0


def open_up(node, names):
    """Replaces the schemas of the named properties by one that takes anything."""
    if isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            for name in names:
                if name in properties:
                    properties[name] = ANYTHING
        node.pop(NO_MEDIA_TYPE, None)
        for member in node.values():
            open_up(member, names)
    elif isinstance(node, list):
        for item in node:
            open_up(item, names)


def login(fake):
    body = json.dumps({"client_id": "fake-client", "client_secret": "fake-secret"}).encode()
    request = urllib.request.Request(fake + "/v1/auth", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]["token"]


# Schemathesis leaves files where it runs.
with tempfile.TemporaryDirectory() as scratch:
    sys.exit(main(pathlib.Path(os.environ["PERSONIO_OPENAPI_DIR"]).resolve(), sys.argv[1], scratch))
