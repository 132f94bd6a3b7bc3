# SPDX-License-Identifier: BSD-2-Clause
"""`make run SCRIPT=...` says what came of it: the number of failed commands, or why there was no
prompt."""

import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from tap import Tap

TIMEOUT = int(os.environ.get("TIMEOUT", "60"))


def run(folder, script):
    """(exit status, standard output, standard error, seconds)"""
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "tests/harness/run_guest.py", folder, "--script",
                           script], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=3 * TIMEOUT)
    return done.returncode, done.stdout, done.stderr, time.monotonic() - begin


def main():
    out = Tap()
    status, said, errors, _ = run("apps",
                                  "no-such; ping echo 1; run hello; ping pager 1; run hello; off")
    out.result(status == 2 and "1 good" in said, "the status is the number of failed commands",
               said + errors)
    out.result(said.count("hello: exit code 0") == 2,
               "a ping of the pager leaves the shell its route to it", said)

    manifest = open("apps/manifest.txt").read()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "manifest.txt"), "w") as file:
            file.write(manifest + "task x module=echo priority=1 colour=red\n")
        status, said, errors, seconds = run(folder, "ping echo 1")
        with open(os.path.join(folder, "manifest.txt"), "w") as file:
            file.write(manifest + "task low module=echo priority=8\n"
                       "task mid module=echo priority=10\ntask top module=echo priority=12\n")
        with open(os.path.join(folder, "policy.txt"), "w") as file:
            file.write(open("apps/policy.txt").read() + "allow hello to kw\n"
                       "allow top to low\nallow mid to low\nallow low to top\n"
                       "allow top to mid rights=send\n")
        _, _, warned, _ = run(folder, "off")
    out.result("the manifest has no task 'kw'" in warned,
               "a name in the policy that no task has is told", warned)
    late = re.search(r"policy.txt, line \d+: warning: low \(8\) is less important than "
                     r"top \(12\).*mid.* can delay it", warned)
    out.result(late and warned.count("is less important") == 2,
               "a call to a less important server is told with its line, if somebody is between",
               warned)
    why, told = errors.find("'colour=red': unknown key"), errors.find(
        "the machine ended before the prompt for 'ping echo 1'")
    out.result(status == 99 and seconds < TIMEOUT,
               "a machine that ends before its prompt is not waited for")
    out.result(0 <= why < told, "that it ended is said, after its last lines, which say why",
               errors)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
