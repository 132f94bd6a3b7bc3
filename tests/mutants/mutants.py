# SPDX-License-Identifier: BSD-2-Clause
"""`make mutants`: does the suite see a bug? Each bug of seeded.py is built, and tested until a test
fails.

    mutants.py [--json FILE] [--jobs N] [--only REGEX]

A mutant lives in a copy of the tree in build/mutants/, beside a copy that is not changed. A
test that fails on a mutant counts only if it passes on the unchanged copy, in the same run; so a
hang, which every test ends by its own deadline, counts as caught and a broken test does not. Tests
are tried in order of cost, those first that the bug's row names, and only what the test at hand
needs is built. The whole suite is the outer bound: a bug that passes all of it has survived, and
the suite must learn. The complete run writes RESULTS.md.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]

import ending  # noqa: E402
import results  # noqa: E402
import run_tests  # noqa: E402
from seeded import MUTANTS  # noqa: E402

RESULTS = "tests/mutants/RESULTS.md"
FOLDER = os.path.join("build", "mutants")
TREE = ("Makefile", "README.md", "apps", "gdb", "include", "linker", "nano", "pager", "router",
        "tests")
DEADLINE = 900  # seconds for one test, beyond any test's own
COST = ("tests/host/nano/", "tests/host/router/", "tests/host/", "tests/guest/", "tests/attacks/",
        "tests/boot/",
        "tests/gdb/", "tests/faults/", "tests/")
# What a mutant's make must decide for itself.
CLEAN = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "B")}


class Stale(Exception):
    """The bug's old text is not there exactly once."""


def by_cost(tests):
    return sorted(tests, key=lambda test: next(i for i, p in enumerate(COST) if test.startswith(p)))


# What does not run the mutated code, and this.
NO_JUDGES = ("tests/mutants/", "tests/model/", "tests/bench/", "tests/docs/", "tests/lint/",
             "tests/new/")


def suite():
    """What can see a bug, cheapest first."""
    return by_cost(t for t in run_tests.all_tests() if not t.startswith(NO_JUDGES))


def run(command, folder, limit):
    """Its exit status, and what it said; a process group that is ended as a whole after `limit`
    seconds."""
    with open(os.path.join(folder, "said.txt"), "w+b") as said:
        with ending.group(command, cwd=folder, env=CLEAN, stdin=subprocess.DEVNULL, stdout=said,
                          stderr=subprocess.STDOUT) as child:
            try:
                status = child.wait(limit)
            except subprocess.TimeoutExpired:
                status = -1
        said.seek(0)
        return status, said.read().decode("utf-8", "replace")


def goals(test):
    """What make must build for a test."""
    program = os.path.join("build", os.path.splitext(test)[0].split("/", 1)[1])
    if test.startswith("tests/host/"):
        return [program]
    if test.startswith("tests/guest/"):
        sources = sorted(os.listdir(os.path.dirname(test)))
        return ["all",
                *(f"{os.path.dirname(program)}/{s[:-2]}.elf" for s in sources if s.endswith(".c"))]
    return ["all", "attacks-built"] if test.startswith("tests/attacks/") else ["tests-built"]


class Tree:
    """A copy of the sources with its own build folder, and the tests run in it."""

    def __init__(self, name):
        self.folder = os.path.join(FOLDER, name)
        self.seen = {}
        self.lock = threading.Lock()

    def lay_down(self):
        """A copy of the sources; what is as it was keeps its time, so that make builds no more than
        it must."""
        os.makedirs(self.folder, exist_ok=True)
        for name in TREE:
            kept = os.path.join(self.folder, name)
            if os.path.isdir(name):
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(name, kept, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(name, kept)

    def take(self, other):
        """What the other copy has built, times and all."""
        subprocess.run(["rm", "-rf", self.folder], check=True)
        subprocess.run(["cp", "-a", other.folder, self.folder], check=True)

    def plant(self, mutant):
        path = os.path.join(self.folder, mutant.file)
        text = open(path).read()
        if text.count(mutant.old) != 1:
            raise Stale(f"its text is in {mutant.file} {text.count(mutant.old)} times, not once")
        with open(path, "w") as file:
            file.write(text.replace(mutant.old, mutant.new))

    def passes(self, test):
        """Run a test, once; (passes, the first line that says why not)."""
        with self.lock:
            if test not in self.seen:
                self.seen[test] = self.judge(test)
            return self.seen[test]

    def judge(self, test):
        status, said = run(["make", "-s", "-j2", *goals(test)], self.folder, DEADLINE)
        if status != 0:
            return False, "it does not build: " + said.strip().split("\n")[-1]
        status, said = run([sys.executable, "tests/harness/run_tests.py", "--one", test],
                           self.folder, DEADLINE)
        wrong = [line for line in said.split("\n") if line.startswith("not ok")]
        if status == 0 and not wrong:
            return True, ""
        return False, re.sub(r"^not ok \d* *-? *", "", wrong[0]) if wrong \
            else f"exit status {status}"


def hunt(mutant, baseline):
    """Run tests on a mutant until one fails that should not."""
    began, tree, tried = time.time(), Tree(mutant.name), 0
    row = {"name": mutant.name, "breaks": mutant.breaks, "file": mutant.file, "outcome": "survived",
           "caught_by": None, "why": None}
    try:
        tree.take(baseline)
        tree.plant(mutant)
        for test in [*mutant.tests, *(t for t in suite() if t not in mutant.tests)]:
            good, why = tree.passes(test)
            tried += 1
            if good:
                continue
            if why.startswith("it does not build"):
                row.update(outcome="broken", why=why)
                break
            if baseline.passes(test)[0]:
                row.update(outcome="caught", caught_by=test, why=why)
                break
            print(f"{test} fails on the unchanged tree too, and proves nothing", flush=True)
    except Stale as stale:
        row.update(outcome="stale", why=str(stale))
    row.update(tried=tried, seconds=round(time.time() - began))
    shutil.rmtree(tree.folder, ignore_errors=True)
    return row


def show(row):
    end = f"{row['outcome']}, {row['tried']} tests, {row['seconds']} s" \
        if row["outcome"] != "caught" else \
        f"caught by {row['caught_by']} ({row['seconds']} s): {row['why']}"
    return f"{row['name']:<14} {row['breaks']}\n{'':<14} {end}" + \
        (f": {row['why']}" if row["outcome"] in ("stale", "broken") else "")


def baseline_built():
    tree = Tree("unchanged")
    tree.lay_down()
    status, said = run(["make", "-s", "-j2", "all"], tree.folder, DEADLINE)
    if status != 0:
        sys.exit(f"the unchanged tree does not build:\n{said}")
    return tree


def hunt_all(mutants, jobs):
    """Rows as they are ready."""
    baseline = baseline_built()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for future in concurrent.futures.as_completed(
            [pool.submit(hunt, m, baseline) for m in mutants]):
            yield future.result()


def write(rows, caught, only, seconds):
    """RESULTS.md, of all mutants."""
    missing = f"ONLY={only}" if only else None
    path = results.place(RESULTS, missing or results.unusual(), caught < len(rows))
    if not path:
        return
    figures = [("seeded", len(rows)), ("caught", caught), ("minutes", round(seconds / 60, 1))]
    catches = collections.Counter(row["caught_by"] for row in rows)
    results.write(path, "Which tests catch the seeded bugs",
                  results.head("make mutants", results.engine_qemu() + " TCG",
                               os.environ.get("CPU", "max"), missing),
                  [results.table(["figure", "value"], figures),
                   results.table(["test", "bugs that it caught first"],
                                 sorted(catches.items(), key=str))])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", metavar="REGEX", default="")
    arguments = parser.parse_args()
    ending.clean_up()
    began, rows = time.time(), []
    for row in hunt_all([m for m in MUTANTS if re.search(arguments.only, m.name)], arguments.jobs):
        rows.append(row)
        print(show(row), flush=True)
    caught = sum(row["outcome"] == "caught" for row in rows)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({**run_tests.environment(), "seeded": len(rows), "caught": caught,
                       "seconds": round(time.time() - began), "mutants": rows}, file, indent=2)
    print(
        f"{len(rows)} seeded, {caught} caught, {len(rows) - caught} not, in "
        f"{round(time.time() - began)} s")
    write(rows, caught, arguments.only, time.time() - began)
    sys.exit(0 if rows and caught == len(rows) else 1)


if __name__ == "__main__":
    main()
