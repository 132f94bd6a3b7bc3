# SPDX-License-Identifier: BSD-2-Clause
"""Machines that are unlike the usual one: memory in many pieces, much of it, or next to none."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import BootSet, boot_set
from guest_test import last_lines
from machine import Qemu
from run_guest import type_script
from tap import Tap

MIB = 1 << 20


def checked(out, what, boot, **options):
    """Boots to the shell, where the check finds nothing; the debug log."""
    with Qemu(boot, **options) as machine:
        problem = type_script(machine, "mem check; ping echo 2; off")
        out.result(problem is None and "mem: 0 violations" in machine.serial
                   and "2 good" in machine.serial, what,
                   f"{problem}\n{machine.serial}\n{last_lines(machine.debug())}")
        return machine.debug()


def free(debug):
    """KiB that nano found free at boot."""
    found = re.search(r"nano: memory: (\d+) KiB free", debug)
    return int(found.group(1)) if found else 0


def pieces(out, good):
    """Memory in pieces, of which GRUB keeps a page here and there."""
    def cut(count):
        holes = [(at, at + 4096) for at in range(40 * MIB, 40 * MIB + count * 65536, 65536)]
        return BootSet(good.kernel, good.modules, holes=holes)

    whole = free(checked(out, "an image boots", good, from_image=True))
    debug = checked(out, "memory in 200 pieces", cut(200), from_image=True)
    out.result(whole - 200 * 4 == free(debug) and "not used" not in debug,
               "but for what GRUB keeps, all of it is used", f"{whole} KiB, then\n{debug}")
    debug = checked(out, "memory in 400 pieces", cut(400), from_image=True)
    out.result(re.search(r"more than 256 ranges of free memory: \d+ KiB are not used", debug),
               "what nobody can use is told", debug)


def main():
    out = Tap()
    good = boot_set("apps")
    pieces(out, good)
    debug = checked(out, "4 GiB of memory", good, mem=4096)
    out.result(2900 * 1024 < free(debug) < 3072 * 1024, "of which those below 3 GiB are used",
               debug)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
