# SPDX-License-Identifier: BSD-2-Clause
"""A slot that is used up, on a machine: in the injection build each slot has 16 tasks left when it
is first used (INJECT_START_GENERATION). No id comes twice, `mem` tells how many slots are used up,
and when none is left `run` says so. Nine slots: one more than those who live need.
"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "harness")]

from tap import Tap  # noqa: E402

CLEAN = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}
LIVES = 16  # generations fff0 to ffff


def session(script, tasks):
    done = subprocess.run(["make", "run", "INJECT=1", f"APPEND=tasks={tasks}", f"SCRIPT={script}"],
                          env=CLEAN, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.stdout + done.stderr


def main():
    out = Tap()
    lives = "run hello; " * LIVES
    said = session(f"mem; {lives}mem; {lives}mem; run hello; ping echo 1; off", 11)
    ids = re.findall(r"^Hello! I am hello, task ([0-9a-f]{8})\.$", said, re.M)
    used_up = re.findall(r"^ *(\d+) slots for tasks used up", said, re.M)
    good = out.result(len(ids) == 2 * LIVES, f"{2 * LIVES} tasks, one after the other",
                      f"{len(ids)}")
    good &= out.result(len(set(ids)) == len(ids), "no id comes twice", " ".join(ids))
    good &= out.result([i[:4] for i in ids] == [f"{0xFFF0 + n:04x}" for n in range(LIVES)] * 2 and
                       len({i[4:] for i in ids}) == 2,
                       "each slot has its generations up to ffff, then the next is taken",
                       " ".join(ids))
    good &= out.result(used_up == ["0", "1", "2"], "mem tells how many slots are used up",
                       " ".join(used_up))
    good &= out.result("hello: no slot for a task is left" in said,
                       "when none is left, run says so")
    good &= out.result("echo: 1 round trips, 1 good" in said, "and who lives goes on")
    if not good:
        out.comment(said)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
