# SPDX-License-Identifier: BSD-2-Clause
"""Non-maskable interrupts, which `cli` does not keep out: QEMU's monitor sends them while nobody
runs, while tasks talk, and while nano switches between them. An NMI says nothing that nano could
act on; it must change nothing.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import boot_set
from guest_test import report_state
from machine import Qemu
from script import PROMPT
from tap import Tap

NMIS = 400
SECONDS = 60


def storm(machine):
    for _ in range(NMIS):
        machine.monitor("nmi")


def main():
    out = Tap()
    with Qemu(boot_set("apps")) as machine:
        prompt = machine.wait_for(re.escape(PROMPT), SECONDS)
        storm(machine)
        good = out.result(prompt and machine.process.poll() is None,
                          f"{NMIS} NMIs while the CPU idles")
        at = len(machine.serial)
        machine.type("ping echo 20000\n")
        storm(machine)
        done = machine.wait_for(r"echo: (\d+) round trips, (\d+) good", SECONDS, at)
        good &= out.result(done and done.group(1) == done.group(2) == "20000",
                           f"{NMIS} NMIs while two tasks talk",
                           machine.serial[at:])
        machine.type("off\n")
        good &= out.result(machine.wait_end(SECONDS) and machine.exit_code() == 0,
                           "and nano says nothing of them",
                           machine.debug())
        if not good:
            report_state(out, machine, machine.process.poll() is None)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
