# SPDX-License-Identifier: BSD-2-Clause
"""`make bench WALL=1`: what one-ways, streams and calls take in time, under TCG without icount.

Each round boots tests/bench/small and ends it when it has the rows. The guest's TSC is the host's
then, and the guest tells how many of its ticks a millisecond has. Of all rounds the minimum and the
median are printed, in nanoseconds. They hold for one host, and the more it has to do the less.

With BASE=REVISION another commit is built in a tree of its own beside the build folder, and rounds
come in the order ABBA, so that a host that gets slower or faster favours neither. Each pair gives a
ratio, this tree's time to that commit's. If 1 lies within their spread there is no difference: of
two trees that are the same, eight pairs say otherwise once in 128. Nothing is written and
nothing has a limit.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))

import boot_set
from guest_test import last_lines
from machine import Qemu

ROWS = ("oneway-64", "oneway-64-copied", "stream-64", "stream-64-copied", "call-reply-64",
        "call-reply-64-inplace", "call-reply-8")
SMALL = "tests/bench/small"
TIMEOUT = int(os.environ.get("TIMEOUT", "60"))
PAIRS = 8
BUILD = boot_set.BUILD
UNRELATED = ("B", "BASE", "WALL", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")


def built(commit):
    """The tree of that commit, with its bench built."""
    tree = os.path.join(BUILD + "-base", commit)
    if not os.path.exists(f"{tree}/Makefile"):
        os.makedirs(tree, exist_ok=True)
        archive = subprocess.Popen(["git", "archive", commit], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", tree], stdin=archive.stdout, check=True)
        if archive.wait():
            sys.exit(f"BASE={commit}: git archive failed")
    clean = {name: value for name, value in os.environ.items() if name not in UNRELATED}
    make = subprocess.run(["make", "-C", tree, f"-j{os.cpu_count()}", "bench-built"], env=clean,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if make.returncode:
        sys.exit(f"{last_lines(make.stdout)}\nBASE={commit}: its bench cannot be built in {tree}")
    return tree


def one_round(tree):
    """{row: ticks}, and how many ticks a millisecond has, if it says so."""
    boot_set.BUILD = os.path.join(tree, "build") if tree else BUILD
    with Qemu(boot_set.boot_set(os.path.join(tree, SMALL))) as machine:
        machine.wait_for(rf"\nbench: {ROWS[-1]} .*\n", TIMEOUT)
        found = re.findall(r"^bench: (\S+) ([\d.]+) ", machine.serial, re.M)
        rows = {name: float(value) for name, value in found if name in ROWS}
        if not rows:
            sys.exit(f"{last_lines(machine.serial)}\n{last_lines(machine.debug())}\n"
                     f"bench: {tree or 'this tree'} measured nothing")
        clock = re.search(r"^time: (\d+) ", machine.serial, re.M)
        return rows, int(clock[1]) if clock else None


def ratio(ours, theirs):
    """In words: the ratio of the times of rounds that were paired."""
    pairs = [our / their for our, their in zip(ours, theirs)]
    low, high = min(pairs), max(pairs)
    verdict = ": no difference" if low <= 1 <= high else ""
    return f"{statistics.median(pairs):.3f} ({low:.3f} to {high:.3f}){verdict}"


def rounds(base):
    """Lists of all rounds: ours, the base's, and ours' ticks of a millisecond."""
    ours, theirs, clocks = [], [], []
    for tree in ["", base, base, ""] * (PAIRS // 2) if base else [""] * PAIRS:
        rows, clock = one_round(tree)
        (theirs if tree else ours).append(rows)
        clocks += [clock] if clock and not tree else []
    return ours, theirs, clocks


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", metavar="COMMIT")
    base = parser.parse_args().base
    ours, theirs, clocks = rounds(base and built(base))
    missing = [row for row in ROWS if any(row not in found for found in ours)]
    if missing or not clocks:
        print(f"bench: missing: {' '.join(missing) or 'time'}", file=sys.stderr)
        return 1
    scale = 1e6 / min(clocks)  # a tick that the host took from the guest makes it larger
    against = f"; the last column is the ratio to {base}" if base else ""
    print(f"bench: ns by the wall, TCG without icount, {len(ours)} rounds: minimum, "
          f"median{against}")
    for row in ROWS:
        times = [found[row] * scale for found in ours]
        said = f"bench: {row:<24}{min(times):>9,.0f}{statistics.median(times):>9,.0f}"
        if base and all(row in found for found in theirs):
            said += "  " + ratio(times, [found[row] * scale for found in theirs])
        print(said + ("  not in the base" if base and row not in theirs[0] else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
