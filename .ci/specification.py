"""Personio's own specification files, corrected where the service answers otherwise than they say.

Each correction has a reason. Run as a program it writes the corrected file of v1, with the login, to standard output.
"""

import json
import os
import pathlib
import sys

import yaml

V1 = "v1-personnel-data.yaml"
PERSONS = "persons-service-api-v2.json"
EMPLOYMENTS = "employment-contract-v2.json"

ANYTHING = {}
OBSERVED = "the service sends it in this form (observed), the file says otherwise"
NULLS = "the examples of the file have null there"
# Names of properties that may be anything, wherever they stand in a file.
OPENED = {
    V1: {
        "half_day_start": OBSERVED,
        "half_day_end": OBSERVED,
        "supervisor": OBSERVED,
        "work_schedule": OBSERVED,
        "offset": "attendances give back as text what was passed as text (observed)",
        "limit": "attendances give back as text what was passed as text (observed)",
        "absence_type": "the example of the file nests the type, its schema has it flat",
    },
    PERSONS: {"type": OBSERVED, "value": OBSERVED},
    EMPLOYMENTS: {"supervisor": OBSERVED, "contract_end_date": NULLS, "employment_end_date": NULLS},
}
# Names of properties that may also be null.
NULLABLE = {
    V1: {
        "end_date": "null while the end is open: v2 says so (documented), v1 nothing (inferred)",
        "end": "null while the end is open: v2 says so (documented), v1 nothing (inferred)",
    },
    PERSONS: {},
    EMPLOYMENTS: {},
}
# A media type that is none: it is sent (documented) but cannot be parsed by tools.
NO_MEDIA_TYPE = "problem+json"


def corrected(folder, name):
    """Reads a file and corrects it."""
    document = yaml.safe_load((folder / name).read_text())
    _correct(document, OPENED[name], NULLABLE[name])
    if name == V1:
        # The shared envelope says that `data` is an object, but a list has an array there, as its own schema says.
        del document["components"]["schemas"]["Response"]["properties"]["data"]
    return document


def with_login(folder, document):
    """Adds the login, which has a file of its own."""
    document["paths"]["/auth"] = {"$ref": f"{folder / 'v1-auth.yaml'}#/paths/~1auth"}
    return document


def write(document, file):
    # The files have days as days, which JSON has not.
    json.dump(document, file, default=str)


def folder():
    """Where the files lie."""
    return pathlib.Path(os.environ["PERSONIO_OPENAPI_DIR"]).resolve()


def _correct(node, opened, nullable):
    if isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            for name in properties:
                if name in opened:
                    properties[name] = ANYTHING
                elif name in nullable:
                    properties[name]["nullable"] = True
        node.pop(NO_MEDIA_TYPE, None)
        for member in node.values():
            _correct(member, opened, nullable)
    elif isinstance(node, list):
        for item in node:
            _correct(item, opened, nullable)


if __name__ == "__main__":
    write(with_login(folder(), corrected(folder(), V1)), sys.stdout)
