"""`make bench`: boots apps/bench and prints what its paths cost, in guest instructions.

QEMU counts instructions (-icount shift=0: one tick of the time-stamp counter is one guest
instruction), so the figures are of paths, not of cycles, and repeat to a fraction of a percent. The guest
prints `bench: NAME VALUE UNIT`; a figure beyond its limit here makes the run fail.
"""

import argparse
import json
import os
import re
import sys

from boot_set import boot_set
from guest_test import last_lines
from machine import Qemu
from run_tests import environment

TIMEOUT = int(os.environ.get("TIMEOUT", "60")) * 5
LIMITS = {
    "oneway-64": 240,
    "oneway-64-copied": 300,
    "stream-64": 140,
    "stream-64-copied": 190,
    "post-1": 150,
    "post-ring0-entries": 0,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    with Qemu(boot_set("apps/bench"), icount=True) as machine:
        ended = machine.wait_end(TIMEOUT)
        figures, over = [], []
        for name, value, unit in re.findall(r"^bench: (\S+) ([\d.]+) (.*)$", machine.serial, re.M):
            figures.append({"name": name, "value": float(value), "unit": unit})
            limit = LIMITS.get(name)
            if limit is not None and float(value) > limit:
                over.append(name)
            print(f"bench: {name} {value} {unit}" + ("" if limit is None else f"  (limit {limit})"))
        missing = [name for name in LIMITS if name not in {f["name"] for f in figures}]
        if not ended or machine.exit_code() != 0 or missing:
            print(f"bench: did not end well: {'ended' if ended else 'still running'}, exit code "
                  f"{machine.exit_code()}, missing: {' '.join(missing) or 'nothing'}\n"
                  f"{last_lines(machine.serial)}\n{machine.registers() if not ended else ''}\n"
                  f"{last_lines(machine.debug())}\n{machine.errors()}", file=sys.stderr)
            return 1
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({**environment(), "icount": "shift=0", "bench": figures}, file, indent=2)
    if over:
        print("bench: beyond the limit: " + " ".join(over))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
