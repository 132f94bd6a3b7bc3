# SPDX-License-Identifier: BSD-2-Clause
"""A slice of `make prove`: recovery, and a seeded error that must be seen. A call takes longer than
a test may (`make prove`)."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]

import prove  # noqa: E402
from tap import Tap  # noqa: E402

SLICE = ("recovery, from mailboxes with anything in them", "seeded: no index mask")


def main():
    out = Tap()
    for row in prove.prove_all([p for p in prove.PROOFS if p[0] in SLICE], 2):
        out.result(row["good"], row["name"], "\n".join(row["alarms"][:20]))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
