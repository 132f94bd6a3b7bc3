# SPDX-License-Identifier: BSD-2-Clause
"""Restarts of the router as a person at the shell sees them, in the injection build: `trip` has it
killed in the middle of its calls, `monitor` is told, `stats` lists when, where, why and for whom;
and nothing else changes. In a release there is no injector: trip's first request is its own #BP.
"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "harness")]

from tap import Tap  # noqa: E402

CLEAN = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}
DEATHS = 8  # as apps/trip has it


def session(script, *options):
    """(exit status, what the shell and its tasks said)"""
    done = subprocess.run(["make", "run", *options, f"SCRIPT={script}"], env=CLEAN,
                          stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main():
    out = Tap()
    status, said = session("spawn monitor; run trip; stats; ping echo 2; mem check; audit; off",
                           "INJECT=1")
    told = re.findall(
        r"^monitor: the router was restarted: it executed what is no instruction here; "
        r"#UD at 0xc00[0-9a-f]{5}, for trip$", said, re.M)
    listed = re.findall(
        r"^router: restarted at tick \d+: it executed what is no instruction here; "
        r"#UD at (0xc00[0-9a-f]{5}), for \w+ \(gone\); [1-9]\d* TSC ticks$", said, re.M)
    good = out.result(status == 0, "every command succeeds")
    good &= out.result(
        f"trip: {DEATHS} calls in which the router was killed, {DEATHS} right answers" in said,
                       "each call that the router died in is answered, once and rightly")
    good &= out.result(len(told) == DEATHS, "monitor tells of each restart", f"of {len(told)}")
    good &= out.result(len(listed) == DEATHS and len(set(listed)) > 1,
                       "stats lists each: cause, place, on whose behalf, instructions", f"{listed}")
    good &= out.result(f"router: {DEATHS} restarts" in said, "stats counts them")
    good &= out.result("echo: 2 round trips, 2 good" in said, "and goes on delivering")
    if not good:
        out.comment(said)
    status, said = session("run trip; stats; off")
    good = out.result("trip: executed a breakpoint, int3; #BP" in said and status != 0,
                      "a release has no injector: #BP, trip's own")
    if not out.result(good and "router: 0 restarts" in said, "and the router lives on"):
        out.comment(said)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
