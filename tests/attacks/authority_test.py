# SPDX-License-Identifier: BSD-2-Clause
"""The map of authority as a test, on QEMU: what each ring can reach, that the audit sees each rule
broken, and that README's picture is true."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
from authority import Survey, check, picture
from engine import Config
from tap import Tap


def main():
    out = Tap()
    survey = Survey(Config("qemu", "max"))
    for good, name, detail in check(survey):
        out.result(good, name, detail)
    committed = os.path.join(os.path.dirname(os.path.abspath(__file__)), "authority.svg")
    out.result(open(committed).read() == picture(survey),
               "the committed picture is what `make authority` draws now",
               "run `make authority`, look at tests/attacks/authority.svg, and commit it")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
