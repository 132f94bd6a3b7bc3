# SPDX-License-Identifier: BSD-2-Clause
"""Two programs in one clone at a time: each has results of its own, and the usual place is the
first one's, or that of whoever comes when it is free again.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
sys.path.insert(0, HERE)
from boot_set import BUILD
from own import own
from tap import Tap
from terminal_test import Terminal

RUN = (sys.executable, "tests/harness/run_guest.py", "apps", "--interactive")
TEST = (sys.executable, "tests/harness/run_tests.py", "tests/harness/ci_test.py")
CLEAN = {k: v for k, v in os.environ.items() if k != "RINGPOST_TAP_FOLDER"}


def main():
    out = Tap()
    both = [Terminal(*RUN), Terminal(*RUN)]
    for number, terminal in enumerate(both):
        good = terminal.wait_for("ringpost> ")
        terminal.type(f"ping echo {number + 2}\r")
        out.result(good and terminal.wait_for(f"{number + 2} good"),
                   f"make run, number {number + 1} of two", terminal.text)
    for number, terminal in enumerate(both):
        terminal.type("off\r")
        out.result(terminal.status() == 0, f"number {number + 1} ends well")

    with tempfile.TemporaryDirectory() as build:
        environment = {**CLEAN, "B": build}
        first = subprocess.run(TEST, env=environment, capture_output=True, text=True)
        holder = "import own, sys; print(own.own('tap'), flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, text=True,
                              stdout=subprocess.PIPE,
                              env={**environment, "PYTHONPATH": "tests/harness"}) as other:
            held = other.stdout.readline().strip()
            kept = os.listdir(held)
            second = subprocess.run(TEST, env=environment, capture_output=True, text=True)
            out.result(first.returncode == second.returncode == 0 and held == f"{build}/tap" and
                       kept and os.listdir(held) == kept and os.listdir(f"{build}/tap.2"),
                       "make test keeps its results beside those of another one",
                       first.stdout + second.stdout + second.stderr)
            other.stdin.close()
    path = own("twice")
    out.result(path.startswith(os.path.join(BUILD, "twice")) and own("twice") == path,
               "one program has one place")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
