#!/usr/bin/env python3
"""Mutation testing in minutes instead of hours: all mutants in one build.

cargo-mutants says what to change (`.cargo/mutants.toml` names the files). Building the tests anew for every change
takes most of its time, so here every function gets all its mutants as branches, and the environment variable MUTANT
chooses one of them at run time. What does not compile as a branch is taken out: the compiler names it. Functions whose
bodies cannot have branches (`const fn`, `-> impl Trait`) are built one by one, as cargo-mutants does.

Writes the outcome of every mutant to target/mutants/outcomes.json and lists those that no test noticed.
With --iterate it tries only those that no test noticed, or that were not tried, the last time.
Other arguments are parts of names: only mutants with one of them in the name are tried.
"""

import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "mutants"
TREE = WORK / "tree"
OUTCOMES = WORK / "outcomes.json"
ITERATE = "--iterate" in sys.argv
# What finds most comes first; last what takes longest, and what hardly knows what is mutated. The first failure is enough.
FAST = ["stories::", "oracle::"]
LAST = ["laws::crashes", "laws::applying", "laws::endings::l26", "kit::", "runner::", "schedule::"]
ROUNDS = [([it], []) for it in FAST] + [([], FAST + LAST)] + [(LAST, [])]
# After so many seconds of processor time, or so many on the clock, a mutant made something endless: it is caught.
WORK_LIMIT, PATIENCE = 600, 1800
SWITCH = """
pub(crate) fn mutant() -> u32 {
    static CHOSEN: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(|| std::env::var("MUTANT").ok().and_then(|it| it.parse().ok()).unwrap_or(0))
}
"""
ENVIRONMENT = os.environ | {
    "CARGO_TARGET_DIR": str(ROOT / "target"),
    "CARGO_PROFILE_DEV_DEBUG": "0",
    "CARGO_TERM_COLOR": "never",
    "PROPTEST_RNG_SEED": os.environ.get("PROPTEST_RNG_SEED", "20260302"),
    "PROPTEST_CASES": os.environ.get("PROPTEST_CASES", "16"),
    "RUST_BACKTRACE": "0",
}


def main():
    mutants = listed()
    refresh_tree()
    single = [it for it in mutants if not can_branch(it)]
    branched = [it for it in mutants if can_branch(it)]
    known = json.loads(OUTCOMES.read_text()) if ITERATE and OUTCOMES.exists() else {}
    viable = compiled(branched, single)
    tried = {it["name"] for it in viable + single}
    outcomes = {it["name"]: "unviable" for it in branched if it["name"] not in tried} | known
    branched = [it for it in viable if outcomes.get(it["name"]) != "caught"]
    binaries = build()
    if not passes(binaries, 0):
        sys.exit("error: the tests fail without any mutant")
    for it in branched:
        outcomes[it["name"]] = "missed" if passes(binaries, it["id"]) else "caught"
        tell(outcomes, it)
    for it in (it for it in single if outcomes.get(it["name"]) not in ("caught", "unviable")):
        outcomes[it["name"]] = alone(it)
        tell(outcomes, it)
    for name, outcome in sorted(outcomes.items()):
        if outcome == "missed":
            print(f"missed: {name}")
    print(", ".join(f"{count} {what}" for what, count in sorted(collections.Counter(outcomes.values()).items())))
    sys.exit("missed" in outcomes.values())


def tell(outcomes, mutant):
    OUTCOMES.write_text(json.dumps(outcomes, indent=1, sort_keys=True))
    print(f"{outcomes[mutant['name']]}: {mutant['name']}", flush=True)


def listed():
    """Asks cargo-mutants for all mutants, each with a number and the place of its function's body."""
    command = ["cargo", "mutants", "-p", "sync-core", "--list", "--json"]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    wanted = [it for it in sys.argv[1:] if it != "--iterate"]
    found = [it for it in found if not wanted or any(part in it["name"] for part in wanted)]
    for number, it in enumerate(found, 1):
        text = (ROOT / it["file"]).read_text()
        it["id"] = number
        it["from"], it["to"] = (offset(text, it["span"][end]) for end in ("start", "end"))
        it["body"] = body(text, it["function"]) if it["function"] else None
    return found


def offset(text, place):
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place["line"] - 1]) + place["column"] - 1


TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?r(?P<hashes>\#*)".*?"(?P=hashes)|b?"(?:\\.|[^"\\])*"|'(?:\\[^']*|[^'\\])'|[{}]""", re.DOTALL
)


def body(text, function):
    """Returns where the signature begins, and where the body lies between its braces."""
    start, end = (offset(text, function["span"][it]) for it in ("start", "end"))
    opened = []
    for token in TOKEN.finditer(text, start, end):
        if token.group() == "{":
            opened.append(token.end())
        elif token.group() == "}":
            opening = opened.pop()
            if token.end() == end:
                return start, opening, token.start()
    return None


def can_branch(mutant):
    if not mutant["body"]:
        return False
    start, opening, _ = mutant["body"]
    signature = (ROOT / mutant["file"]).read_text()[start:opening]
    return not re.search(r"\bconst fn\b|->\s*[^{]*\bimpl\b", signature)


def refresh_tree():
    shutil.rmtree(TREE, ignore_errors=True)
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    for name in files.decode().split("\0"):
        if name:
            (TREE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, TREE / name)


def compiled(mutants, single):
    """Writes the branches, and leaves out what the compiler refuses until it refuses nothing."""
    lib = TREE / "sync-core/src/lib.rs"
    lib.write_text(lib.read_text() + SWITCH)
    while True:
        places = {}
        for file in {it["file"] for it in mutants} | set(places):
            places[file] = write_branches(file, [it for it in mutants if it["file"] == file])
        refused, strange = refusals(places)
        if not refused and not strange:
            return mutants
        for file, line in strange:
            inside = [it for it in mutants if it["file"] == file and within_function(it, places[file], line)]
            if not inside:
                sys.exit(f"error: {file}:{line} does not compile, and no mutant is to blame")
            single.extend(inside)
            refused |= {it["id"] for it in inside}
        for file in {it["file"] for it in mutants if it["id"] in refused}:
            shutil.copy2(ROOT / file, TREE / file)
        mutants = [it for it in mutants if it["id"] not in refused]


def write_branches(file, mutants):
    """Writes a file with its mutants as branches, and returns the lines that each of them takes, and each function."""
    text = (ROOT / file).read_text()
    functions = collections.defaultdict(list)
    for it in mutants:
        functions[it["body"]].append(it)
    written, done, places = "", 0, []
    for (_, opening, closing), inside in sorted(functions.items()):
        if opening < done:
            continue
        written += text[done:opening] + " match crate::mutant() {\n"
        first = line_of(written)
        for it in inside:
            before = line_of(written)
            written += f"{it['id']} => {{" + mutated(text, it, opening, closing) + "}\n"
            places.append((before, line_of(written) - 1, it["id"]))
        written += "_ => {" + text[opening:closing] + "} } "
        places.append((first, line_of(written), {it["id"] for it in inside}))
        done = closing
    (TREE / file).write_text(written + text[done:])
    return places


def mutated(text, mutant, opening, closing):
    return text[opening : mutant["from"]] + mutant["replacement"] + text[mutant["to"] : closing]


def line_of(written):
    return written.count("\n") + 1


def within_function(mutant, places, line):
    return any(first <= line <= last and isinstance(who, set) and mutant["id"] in who for first, last, who in places)


def refusals(places):
    """Returns the mutants that the compiler refuses, and errors that lie in no mutant."""
    refused, strange = set(), set()
    for message in messages(["check", "-p", "sync-core", "--all-features", "--lib", "--profile", "test"]):
        if message["level"] != "error" or not message["spans"]:
            continue
        spots = [(it["file_name"], it["line_start"]) for it in message["spans"] if it["is_primary"]]
        for file, line in spots:
            to_blame = [who for first, last, who in places.get(file, []) if first <= line <= last and isinstance(who, int)]
            refused.update(to_blame)
            if not to_blame:
                strange.add((file, line))
    return refused, strange


def messages(arguments):
    command = ["cargo", arguments[0], "--message-format=json", *arguments[1:]]
    run = subprocess.run(command, cwd=TREE, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for line in run.stdout.decode().splitlines():
        message = json.loads(line)
        if message["reason"] == "compiler-message":
            yield message["message"]


def build():
    """Builds the tests and returns their binaries; `None` when they do not compile."""
    command = ["cargo", "test", "-p", "sync-core", "--all-features", "--lib", "--test", "it", "--no-run", "--message-format=json"]
    run = subprocess.run(command, cwd=TREE, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if run.returncode:
        return None
    found = [json.loads(line) for line in run.stdout.decode().splitlines()]
    return [it["executable"] for it in found if it.get("executable")]


def passes(binaries, number):
    return all(all_pass(binary, chosen, left_out, number) for chosen, left_out in ROUNDS for binary in binaries)


def all_pass(binary, chosen, left_out, number):
    """Runs tests until the first fails."""
    command = [binary, *chosen, *(word for it in left_out for word in ("--skip", it))]
    environment = ENVIRONMENT | {"MUTANT": str(number)}
    run = subprocess.Popen(
        ["prlimit", f"--cpu={WORK_LIMIT}", "timeout", str(PATIENCE), *command], cwd=TREE / "sync-core", env=environment, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace",
    )
    for line in run.stdout:
        if line.startswith("test ") and line.rstrip().endswith("FAILED"):
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            return False
    return run.wait() == 0


def alone(mutant):
    """Builds and runs one mutant by itself."""
    file = mutant["file"]
    kept = (TREE / file).read_text()
    text = (ROOT / file).read_text()
    (TREE / file).write_text(text[: mutant["from"]] + mutant["replacement"] + text[mutant["to"] :])
    binaries = build()
    outcome = "unviable" if binaries is None else "missed" if passes(binaries, 0) else "caught"
    (TREE / file).write_text(kept)
    return outcome


if __name__ == "__main__":
    main()
