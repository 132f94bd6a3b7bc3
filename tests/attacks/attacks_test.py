"""The attack suite's QEMU half, as tests: one result for each row in each configuration."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from attacks import QEMU, judge, read_rows, run
from tap import Tap


def main():
    out = Tap()
    rows = read_rows()
    boots = run(QEMU, rows, rows, quiet=True)
    results, problems = judge(QEMU, boots, rows)
    for r in results:
        name = f"{r.config.name}: {r.row['full']}, ring {'1' if r.row['ring'].startswith('ROUTER') else '3'}"
        if r.state == "skip":
            out.skip(name, r.why)
        else:
            out.result(r.state == "pass", name, r.line())
    for problem in problems:
        out.result(False, problem)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
