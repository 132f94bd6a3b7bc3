# SPDX-License-Identifier: BSD-2-Clause
"""Rows of ring CAMPAIGN: fault campaigns (tests/faults) of a few lines each, by their command line.

The injection build steps the router instruction by instruction. A row's deed is a list of plan
lines, separated by ';': a sample (`make faults` has all). Bochs is ten times slower, and takes
every tenth instruction of it; but all hostile words, because these go by what the router reads and
not by instructions. It is HELD if something was injected and no promise was broken.
"""

import os
import re
import subprocess
import sys
import tempfile

FAULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "faults", "faults.py")
TIMEOUT = 600


def campaign(config, deed):
    """(what was seen, why it is a failure or "") in this configuration."""
    environment = {**os.environ, "B": "build-inject", "CPU": config.model,
                   "BOCHS_CPU": config.model}
    with tempfile.TemporaryDirectory() as folder:
        plan, out, table = (os.path.join(folder, name) for name in ("plan", "out", "csv"))
        with open(plan, "w") as file:
            for line in deed.split(";"):
                if config.engine == "bochs" and not line.strip().startswith("hostiles"):
                    line += " every=10"
                file.write(line.strip() + "\n")
        try:
            worked = subprocess.run([sys.executable, FAULTS, "shard", plan, out, config.engine],
                                    env=environment,
                                    stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                    timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return "STUCK", f"the campaign was not done after {TIMEOUT} s"
        said = subprocess.run([sys.executable, FAULTS, "report", out], env=environment,
                              stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
    counts = re.search(r"^faults: (\d+) cases, (\d+) broke a promise", said.stdout, re.M)
    if worked.returncode or not counts:
        told = (worked.stderr + said.stderr).strip()[-300:]
        return "?", f"the campaign did not come to its end: {told}"
    cases, broken = map(int, counts.groups())
    if not cases:
        return "?", "nothing was injected"
    return ("CHANGED", f"{broken} of {cases} cases broke a promise: {said.stdout[:600]}") \
        if broken else ("HELD", "")
