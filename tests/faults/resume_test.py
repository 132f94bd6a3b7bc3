# SPDX-License-Identifier: BSD-2-Clause
"""A campaign that was cut off: the report says that it is half, and RESUME=1 goes on with it."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ["B"] = "build-inject"
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]

import shards  # noqa: E402
from slice_test import build  # noqa: E402
from tap import Tap  # noqa: E402

LINES = ["kill one e every=29", "kill call e every=31", "tick one e every=37"]


def report(outs):
    done = subprocess.run([sys.executable, "tests/faults/faults.py", "report", *outs],
                          capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main():
    out = Tap()
    if not out.result(build("all", "build-inject/guest/faults/faults.elf"), "the injection build"):
        return out.end()
    outs, missing = shards.work("resume", LINES, 1, 1)
    whole, said = report(outs)
    out.result(not missing and len(outs) == len(LINES) and whole == 0 and "a part" not in said,
               "a whole campaign's report", said)
    texts = {name: open(name).read() for name in outs}
    status, said = report(outs[1:])
    out.result(status == 1 and "only a part of a campaign: 1 of 3" in said,
               "the report without one shard says so", said)
    with open(outs[0], "w") as file:
        file.write(texts[outs[0]][:200])
    with open(outs[1], "w") as file:
        file.write("kept\n" + texts[outs[1]])
    status, said = report(outs)
    out.result(status == 1 and "only a part of a campaign: 1 of 3" in said,
               "the report of one that was cut off says so", said)
    os.environ["RESUME"] = "1"
    outs, missing = shards.work("resume", LINES, 1, 1)
    out.result(not missing and open(outs[0]).read() == texts[outs[0]], "RESUME=1 runs that one")
    out.result(open(outs[1]).read().startswith("kept\n"), "and keeps the others")
    outs, _ = shards.work("resume", [*LINES[:2], "tick one e every=41"], 1, 1)
    out.result(sum("kept\n" in open(name).read() for name in outs) <= 1 and len(outs) == 3,
               "another plan is not taken for the same")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
