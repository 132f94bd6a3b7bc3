# SPDX-License-Identifier: BSD-2-Clause
"""Machines that are unlike the usual one: memory in many pieces, much of it, or next to none; a
CPU or a timer that nano cannot do with; a machine that reports an error of its own. What nano
cannot go on with it says in words."""

import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import BootSet, boot_set
from guest_test import last_lines
from machine import Qemu
from script import PROMPT, type_script
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


def says(boot, words, **options):
    """Did it end by itself, with these words on the debug log?"""
    with Qemu(boot, **options) as machine:
        return machine.wait_end(60) and re.search(f"ringpost: .*({words})", machine.debug())


def machine_check(out, good):
    """QEMU's monitor has the machine report an error that was not corrected."""
    for what, command in (("while the CPU idles", ""), ("while tasks talk", "ping echo 1000000\n")):
        with Qemu(good) as machine:
            machine.wait_for(PROMPT, 60)
            machine.type(command)
            time.sleep(1)
            machine.monitor("mce 0 1 0xb200000000000000 0x4 0 0")
            out.result(machine.wait_end(20) and
                       "nano: panic: #MC, a machine check, at" in machine.debug(),
                       f"a machine check {what} is a panic in words", last_lines(machine.debug()))


def no_uart(out, good):
    """The console must not burn the CPU with the 0xFF that it reads where nothing is."""
    with Qemu(good, serial="none") as machine:
        end = time.monotonic() + 60
        while "console: no UART" not in machine.debug() and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(2)
        halted = [" HLT=1" in machine.monitor("info registers") for _ in range(20)]
        out.result("console: no UART at 0x3f8: it idles" in machine.debug(), "no UART: it is told",
                   last_lines(machine.debug()))
        out.result(sum(halted) > 15 and machine.process.poll() is None, "and the CPU idles",
                   str(halted))


def main():
    out = Tap()
    good = boot_set("apps")
    pieces(out, good)
    debug = checked(out, "4 GiB of memory", good, mem=4096)
    out.result(2900 * 1024 < free(debug) < 3072 * 1024, "of which those below 3 GiB are used",
               debug)
    out.result(says(good, "memory", mem=3), "too little memory")
    out.result(says(good, "this CPU has no CMOV or no TSC", cpu="max,-cmov"), "no CMOV")
    out.result(says(good, "this CPU has no CMOV or no TSC", cpu="max,-tsc"), "no TSC")
    out.result(says(good, "the timer gives no ticks", extra=("-machine", "pc,pit=off")),
               "no timer: nano waits for 2^32 counts of the TSC, not for ever")
    machine_check(out, good)
    no_uart(out, good)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
