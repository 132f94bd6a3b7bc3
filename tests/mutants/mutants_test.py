# SPDX-License-Identifier: BSD-2-Clause
"""A slice of `make mutants`: every seeded bug still applies, and three cheap ones are caught."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]

import mutants  # noqa: E402
from tap import Tap  # noqa: E402

CHEAP = ("no-finish", "room-by-one", "frame-type")


def main():
    out = Tap()
    stale = [f"{m.name}: {m.file}" for m in mutants.MUTANTS
             if open(m.file).read().count(m.old) != 1]
    stale += [f"{m.name}: there is no {test}" for m in mutants.MUTANTS for test in m.tests
              if not os.path.exists(test)]
    out.result(not stale, f"{len(mutants.MUTANTS)} seeded bugs apply, each once", "\n".join(stale))
    for row in mutants.hunt_all([m for m in mutants.MUTANTS if m.name in CHEAP], 1):
        out.result(row["outcome"] == "caught", f"{row['name']}: {row['breaks']}", mutants.show(row))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
