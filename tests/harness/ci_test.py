# SPDX-License-Identifier: BSD-2-Clause
"""`make ci` adds up what its steps say, goes on after a failure, and is red then."""

import contextlib
import io
import sys

import ci
from tap import Tap

ANSWERS = {"test": (0, "7 passed, 0 failed, 1 skipped"), "lint": (0, ""), "size": (2, ""),
           "bench": (0, ""), "guest-tests": (0, "2 passed, 0 failed")}


def verdict(**changed):
    """(exit status, last line, the steps that ran) with these answers of make."""
    ran, out = [], io.StringIO()

    def run(arguments):
        ran.append(arguments[0])
        return {**ANSWERS, **changed}[arguments[0]]
    ci.run = run
    with contextlib.redirect_stdout(out):
        status = ci.main()
    return status, out.getvalue().rstrip("\n").split("\n")[-1], len(ran)


def main():
    out = Tap()
    out.result(verdict(size=(0, "")) == (0, "14 passed, 0 failed, 1 skipped", 6), "all is well")
    out.result(verdict() == (1, "13 passed, 1 failed, 1 skipped", 6), "a step fails: red, and on")
    out.result(verdict(size=(0, ""), test=(2, ""))[:2] == (1, "7 passed, 1 failed"),
               "tests without a verdict are a failure")
    out.result(verdict(size=(0, ""),
                       test=(1, "5 passed, 2 failed"))[:2] == (1, "12 passed, 2 failed"),
               "each failed test counts")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
