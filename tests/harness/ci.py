# SPDX-License-Identifier: BSD-2-Clause
"""`make ci`: each step in turn, whatever became of the one before, and one verdict at the end.

A step that counts tests ends with a line `N passed, N failed`, which is added up; any other counts
as one. The last line of all is such a line, and the exit status says whether anything failed.
"""

import os
import re
import subprocess
import sys
import time

RELEASED = ("messages", "calls", "loans", "restart")
STEPS = (
    ("test", "test"),
    ("lint", "lint"),
    ("size", "size"),
    ("bench", "bench", "CHECK=1"),
    ("release", "guest-tests", "RELEASE=1",
     "TESTS=" + " ".join(f"tests/guest/{name}/main.c" for name in RELEASED)),
    ("debug", "guest-tests", "DEBUG=1"),
)
COUNTS = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
PROVEN = ("test", "guest-tests")


def run(arguments):
    """Run make with these, its output shown; (exit status, last line)."""
    make = subprocess.Popen([os.environ.get("MAKE", "make"), *arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            errors="replace")
    last = ""
    for line in make.stdout:
        print(line, end="", flush=True)
        if COUNTS.match(line.strip()):
            last = line.strip()
    return make.wait(), last


def counted(target, status, last):
    """(passed, failed, skipped) of a step."""
    found = COUNTS.match(last)
    if target not in PROVEN or not found:
        return (0, 1, 0) if status or target in PROVEN else (1, 0, 0)
    passed, failed, skipped = (int(word or 0) for word in found.groups())
    return passed, failed or int(status != 0), skipped


def main():
    totals, said = [0, 0, 0], []
    for name, *arguments in STEPS:
        print(f"--- ci: {name}", flush=True)
        begun = time.monotonic()
        counts = counted(arguments[0], *run(arguments))
        totals = [a + b for a, b in zip(totals, counts)]
        said.append(f"--- ci: {name:<8} {'ok' if not counts[1] else 'FAILED':<7} "
                    f"{time.monotonic() - begun:5.0f} s")
    print("\n".join(said))
    passed, failed, skipped = totals
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""),
          flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
