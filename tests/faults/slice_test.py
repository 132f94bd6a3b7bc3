"""The fault campaigns' slice for continuous integration: a sample of each campaign, in TAP.

It builds the injection build, because only faults.py needs it; each campaign is one result: no
message lost, doubled or reordered where that is promised, no escape, nano never stopped. The last
results are tests of the test: a router that forgets to finish a delivery must be caught.
"""

import collections
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ["B"] = "build-inject"
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import faults  # noqa: E402
import tap  # noqa: E402


def build(*goals):
    return subprocess.run(["make", "INJECT=1", *goals], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          env={k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}).returncode == 0


def main():
    out = tap.Tap()
    if not out.result(build("all", "build-inject/guest/faults/faults.elf"), "the injection build"):
        return out.end()
    cases, missing = faults.work("slice", 1, os.cpu_count() or 1, "")
    out.result(not missing, "every shard was worked off", " ".join(missing))
    groups = collections.defaultdict(list)
    for case in cases:
        groups[case["campaign"]].append(case)
    for campaign, group in groups.items():
        bad = [c for c in group if faults.is_failure(c)]
        active = sum(c["activated"] for c in group)
        out.result(not bad and active, f"{campaign}: {active} faults, nothing lost, nobody harmed",
                   "\n".join(f"{c['outcome']}: make fault CASE={c['name']}" for c in bad[:10]))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
