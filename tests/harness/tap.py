# SPDX-License-Identifier: BSD-2-Clause
"""The Test Anything Protocol, as the tests on the host's side write and count it."""

import re
import sys

RESULT = re.compile(r"^(not )?ok\b(?:\s+\d+)?\s*-?\s*(.*?)(?:\s*#\s*(SKIP|TODO)\b\s*(.*))?$")
PLAN = re.compile(r"^1\.\.(\d+)")


class Tap:
    """Numbers results as they come, and ends with the plan."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def result(self, good, name, detail=""):
        good = bool(good)
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        if not good and detail:
            self.comment(detail)
        sys.stdout.flush()
        return good

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def comment(self, text):
        for line in text.rstrip("\n").split("\n"):
            print(f"# {line}", flush=True)

    def end(self):
        """Print the plan; the exit status."""
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0


def tally(text, status):
    """(passed, failed, skipped) of a TAP text whose program ended with `status`.

    Worst wins: tests that were planned and did not come, no test at all, and a program that
    failed without saying so are failures.
    """
    passed = failed = skipped = 0
    planned = None
    for line in text.split("\n"):
        result, plan = RESULT.match(line), PLAN.match(line)
        if plan:
            planned = int(plan.group(1))
        elif result and result.group(1):
            failed += 1
        elif result and result.group(3) == "SKIP":
            skipped += 1
        elif result:
            passed += 1
    seen = passed + failed + skipped
    if planned is None or seen == 0:
        failed += 1
    elif seen != planned:
        failed += max(planned - seen, 1)
    if status != 0 and failed == 0:
        failed += 1
    return passed, failed, skipped
