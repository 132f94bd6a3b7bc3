# SPDX-License-Identifier: BSD-2-Clause
"""A TMPDIR that is long, or has a comma or a blank in it, is as good as any other: machines boot,
images are made, QEMU's monitor answers, a file of one's own is read.
"""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import boot_set
from machine import Bochs, Qemu
from script import type_script
from tap import Tap

NAMES = ("a,b=c", "two words", "long" * 50, "all, of it " * 15)


def boots(out, what, make, own):
    with make(boot_set("apps", extra=[f"file={own}"])) as machine:
        machine.wait_for("ringpost> ", 60)
        answers = not isinstance(machine, Qemu) or "EIP=" in machine.registers()
        problem = type_script(machine, "wc; off")
        out.result(problem is None and answers and "file: 1 lines, 2 words" in machine.serial,
                   what, f"{problem}, the monitor answers: {answers}\n{machine.serial}\n"
                   + machine.errors())
        out.result("nano:" in machine.debug(), f"{what}: the debug log")


def main():
    out = Tap()
    before = tempfile.gettempdir()
    for name in NAMES:
        with tempfile.TemporaryDirectory(dir=before) as folder:
            tempfile.tempdir = os.path.join(folder, name)
            os.mkdir(tempfile.tempdir)
            own = os.path.join(tempfile.tempdir, "own file")
            with open(own, "w") as file:
                file.write("two words\n")
            boots(out, f"TMPDIR=.../{name[:20]}", Qemu, own)
            if name == NAMES[-1]:
                boots(out, "the same from an image", lambda b: Qemu(b, from_image=True), own)
                boots(out, "the same in Bochs", Bochs, own)
    tempfile.tempdir = before
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
