# SPDX-License-Identifier: BSD-2-Clause
"""`make bench WALL=1 BASE=…`: a ratio says "no difference" where its spread includes 1, and not
elsewhere; what cannot be asked for is told in one line, before anything is built."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
import wall  # noqa: E402
from tap import Tap  # noqa: E402

RATIOS = [
    ([100, 50], [200, 100], "0.500 (0.500 to 0.500)"),
    ([110, 120, 240], [100, 100, 200], "1.200 (1.100 to 1.200)"),
    ([90, 110], [100, 100], "1.000 (0.900 to 1.100): no difference"),
    ([90, 95, 100], [100, 100, 100], "0.950 (0.900 to 1.000): no difference"),
]
SLIPS = [
    (["BASE=HEAD"], "BASE=HEAD needs WALL=1"),
    (["WALL=0", "BASE=HEAD"], "BASE=HEAD needs WALL=1"),
    (["WALL=1", "BASE=no-such"], "BASE=no-such: git knows no such commit"),
    (["WALL=1", "BASE=it's; false"], "BASE=it's; false: git knows no such commit"),
    (["WALL=1", "BASE=HEAD", "RELEASE=1"], "BASE=HEAD goes without RELEASE"),
    (["WALL=1", "CHECK=1"], "WALL=1 goes without CHECK and JSON"),
]


def make(*arguments):
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKELEVEL", "WALL", "BASE", "CHECK", "JSON")}
    return subprocess.run(["make", "bench", *arguments], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, env=environment)


def main():
    out = Tap()
    for ours, theirs, words in RATIOS:
        said = wall.ratio(ours, theirs)
        out.result(said == words, f"{ours} to {theirs}: {words}", said)
    for arguments, words in SLIPS:
        done = make(*arguments)
        out.result(done.returncode and not done.stdout and words in done.stderr and
                   done.stderr.count("\n") == 1, words, done.stdout + done.stderr)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
