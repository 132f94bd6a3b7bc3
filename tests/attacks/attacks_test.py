# SPDX-License-Identifier: BSD-2-Clause
"""The attack suite's QEMU half, as tests: one result for each row in each configuration; and on
Bochs the rows of tasks and the router that QEMU shows otherwise, because it checks less. `make
attacks` has all of Bochs.
"""

import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
import controls
import differences
from attacks import BOCHS, QEMU, judge, read_rows, record, run
from tap import Tap


def main():
    out = Tap()
    rows = read_rows()
    there = shutil.which("bochs") is not None
    other = [r for r in rows if r["ring"] in ("TASK", "ROUTER", "TOGETHER") and
             re.search(r"\b(limit|tcg)\b", r["expect"])]
    boots = run(QEMU, rows, rows, quiet=True)
    results, problems = judge(QEMU, boots, rows)
    problems += controls.check(rows, results, QEMU, complete=False)
    if there:
        more, also = judge(BOCHS[:1], run(BOCHS[:1], rows, other, quiet=True), other)
        results, problems = results + more, problems + also
    else:
        out.skip("the rows that QEMU shows otherwise, on Bochs", "Bochs is not installed")
    problems += differences.check([record(r) for r in results], differences.read_table(rows))
    for r in results:
        ring = "1" if r.row["ring"].startswith(("ROUTER", "TOGETHER")) else "3"
        name = f"{r.config.name}: {r.row['full']}, ring {ring}"
        if r.state == "skip":
            out.skip(name, r.why)
        else:
            out.result(r.state == "pass", name, r.line())
    out.result(not problems,
               "every machine came to its end, controls are such, and the engines differ as "
               "differences.txt says", "\n".join(problems))
    secret = next(r for r in rows if r["full"] == "C01.read_nano")
    elsewhere = judge(QEMU[:1], boots, [{**secret, "address": secret["address"] + 4}])[0][0]
    out.result(elsewhere.state == "fail",
               "a page fault at another address than the row's is no pass", elsewhere.line())
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
