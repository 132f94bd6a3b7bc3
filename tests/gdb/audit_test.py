# SPDX-License-Identifier: BSD-2-Clause
"""`ringpost audit`, GDB's own audit: nothing on a machine that runs, and every flaw that is
planted.

The flaws are in audit_seeds.py, which GDB runs; their TAP is this test's.
"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
from boot_set import boot_set
from machine import Qemu
from run_guest import free_port
from script import PROMPT
from tap import Tap

TIMEOUT = int(os.environ.get("TIMEOUT", "60"))


def main():
    port = free_port()
    with Qemu(boot_set("apps"), extra=["-gdb", f"tcp:127.0.0.1:{port}"]) as machine:
        if not machine.wait_for(re.escape(PROMPT), TIMEOUT):
            out = Tap()
            out.result(False, "the machine comes to its prompt", machine.debug()[-1000:])
            return out.end()
        command = ["gdb", "-q", "-batch", "-nx", "-x", "gdb/ringpost.py", "-ex",
                   f"target remote 127.0.0.1:{port}",
                   "-ex", "ringpost audit", "-x", os.path.join(HERE, "audit_seeds.py")]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=4 * TIMEOUT)
            said = done.stdout.decode("utf-8", "replace")
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"").decode("utf-8", "replace")
            said += f"\n# GDB was still at work after {4 * TIMEOUT} s"
    print(re.sub(r"^(?!ok|not ok|#|1\.\.)", "# ", said, flags=re.M), flush=True)
    return 0 if re.search(r"^1\.\.\d+", said, re.M) and "not ok" not in said else 1


if __name__ == "__main__":
    sys.exit(main())
