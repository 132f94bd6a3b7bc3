# SPDX-License-Identifier: BSD-2-Clause
"""The whole system, as a person meets it, from the GRUB image in QEMU and in Bochs and from
-kernel: to the prompt, a few commands typed, and off with the number of failed commands.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import boot_set
from guest_test import report_state
from machine import Bochs, Qemu
from script import type_script
from tap import Tap

SCRIPT = "help; ps; ping echo; no-such-command; mem check; audit; spawn hello; sleep 300; " \
         "stats; off"
SAYS = ("Ringpost", "registrar", "console", "ping", "no-such-command: unknown command",
        "mem: 0 violations", "audit: 0 violations", "Hello! I am hello")
FAILED = 1  # no-such-command

ENGINES = (("QEMU -kernel", Qemu), ("QEMU, GRUB image", lambda boot: Qemu(boot, from_image=True)),
           ("Bochs, GRUB image", Bochs))


def main():
    out = Tap()
    for name, make in ENGINES:
        with make(boot_set("apps")) as machine:
            problem = type_script(machine, SCRIPT)
            good = out.result(problem is None, f"{name}: the script runs to its end", problem or "")
            for words in SAYS:
                good &= out.result(words in machine.serial, f"{name}: '{words}'")
            good &= out.result(machine.exit_code() == FAILED,
                               f"{name}: the exit code is the number of failed commands",
                               f"it is {machine.exit_code()}")
            if not good:
                report_state(out, machine, problem is not None and machine.process.poll() is None)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
