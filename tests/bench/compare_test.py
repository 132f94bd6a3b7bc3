# SPDX-License-Identifier: BSD-2-Clause
"""`make bench CHECK=1` tells figures that have moved by more than 2 %, either way, and rows that
came or went; `make bench` misses each row that is not there; every row of PEERS.md that stands
beside one of the bench's names one that there is, and so does every limit."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
import bench  # noqa: E402
from tap import Tap  # noqa: E402

OLD = {"oneway-64": 213.7, "ring0": 0.0}
CASES = [
    ({"oneway-64": 213.7, "ring0": 0.0}, []),
    ({"oneway-64": 217.9, "ring0": 0.0}, []),
    ({"oneway-64": 209.5, "ring0": 0.0}, []),
    ({"oneway-64": 220.1, "ring0": 0.0}, ["oneway-64 213.7 -> 220.1: +3.0 %"]),
    ({"oneway-64": 200.0, "ring0": 0.0}, ["oneway-64 213.7 -> 200.0: -6.4 %"]),
    ({"oneway-64": 213.7, "ring0": 1.0}, ["ring0 0.0 -> 1.0: from nothing"]),
    ({"ring0": 0.0}, ["oneway-64: not measured any more"]),
    ({"oneway-64": 213.7, "ring0": 0.0, "more": 3.0}, ["more: new, 3.0"]),
]


def main():
    out = Tap()
    for new, words in CASES:
        said = bench.changes(OLD, [{"name": name, "value": value} for name, value in new.items()])
        out.result(said == words, f"{new}: {words[0] if words else 'as it was'}", str(said))
    for name in (bench.ROWS[0], bench.ROWS[-1]):
        rows = [{"name": row, "value": 1.0} for row in bench.ROWS if row != name]
        out.result(bench.missing(rows) == [name], f"without {name} it is missed")
    for what, names in (("peers stand beside", set(bench.peers())),
                        ("limits are of", {*bench.LIMITS, *bench.LOOSE, *bench.ORDER})):
        strangers = names - set(bench.ROWS)
        out.result(names and not strangers, f"{what} rows that there are", str(strangers))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
