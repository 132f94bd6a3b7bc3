# SPDX-License-Identifier: BSD-2-Clause
"""A slip in what is set for make is told in one line, before anything is built or installed."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import BUILD
from tap import Tap

CLEAN = {k: v for k, v in os.environ.items()
         if k not in ("B", "QEMU", "MEM", "TIMEOUT", "MAKEFLAGS", "MAKELEVEL")}
APT = "#!/bin/sh\necho 'apt-get was run'\nexit 1\n"
ROWS = (({"QEMU": "/no/such"}, "QEMU=/no/such: there is no such program"),
        ({"QEMU": "qemu-nowhere"}, "QEMU=qemu-nowhere: there is no such program"),
        ({"TIMEOUT": "abc"}, "TIMEOUT=abc: a whole number of seconds is wanted"),
        ({"TIMEOUT": "0"}, "TIMEOUT=0: a whole number of seconds is wanted"),
        ({"MEM": "x"}, "MEM=x: a whole number of MiB is wanted"),
        ({"MEM": "12 8"}, "MEM=12 8: a whole number of MiB is wanted"),
        ({"MEM": "1"}, "MEM=1: at least 4 MiB are wanted"),
        ({"MEM": "3"}, "MEM=3: at least 4 MiB are wanted"),
        ({"MEM": "-5"}, "MEM=-5: a whole number of MiB is wanted"))


def make(settings, *goals):
    """(exit status, all that was said, without make's own lines about what failed)"""
    done = subprocess.run(["make", *goals], env={**CLEAN, **settings}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    lines = [line for line in done.stdout.split("\n") if line and "] Error" not in line]
    return done.returncode, lines


def further(out):
    """QEMU_ARGS and MODULES, and the slips in them."""
    slips = (({"QEMU_ARGS": "-name 'x"}, "QEMU_ARGS=-name 'x: no closing quotation"),
             ({"MODULES": "x=/no/such"}, "/no/such: there is no such file that can be read"),
             ({"MODULES": "hello"}, "hello: a further module is NAME=FILE"),
             ({"MODULES": "hello.elf=LICENSE"},
              "hello.elf: a module's name is 1 to 31 letters, digits, '_' or '-'"))
    for settings, words in slips:
        status, lines = make(settings, "run", "SCRIPT=off")
        out.result(status and words in lines and "Traceback" not in "".join(lines), words,
                   "\n".join(lines))
    status, lines = make({"QEMU_ARGS": "-name 'two words'",
                          "MODULES": f"file=LICENSE hello={BUILD}/echo.elf"},
                         "run", "SCRIPT=wc; off")
    text = "\n".join(lines)
    out.result("-name 'two words'" in text, "QEMU_ARGS ends the command line", text)
    out.result(status == 0 and "file: " in text, "MODULES brings a further module", text)
    out.result(text.count(" hello") == 1 and "echo.elf hello" in text, "and takes one's place",
               text)


def image(out):
    """What GRUB's script would not pass on as it is, is no command line of an image."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "x.iso")
        for slip in ("fences=user'", 'fences="user"', "fences=user;tasks=8", "tasks=$x",
                     "tasks=8 # few", "tasks=8\nreboot", "tasks=\\8", "{tasks=8}"):
            run = subprocess.run(
                [sys.executable, "tests/harness/run_guest.py", "apps", "--append", slip,
                 "--make-iso", file],
                capture_output=True, text=True, stdin=subprocess.DEVNULL)
            out.result(run.returncode and "no character for the command line" in run.stderr
                       and "Traceback" not in run.stderr and not os.path.exists(file),
                       f"an image with {slip!r} is not made", run.stderr)


def main():
    out = Tap()
    further(out)
    image(out)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("apt-get", "sudo"):
            with open(os.path.join(folder, name), "w") as file:
                file.write(APT)
            os.chmod(file.name, 0o755)
        path = {"PATH": folder + ":" + CLEAN["PATH"]}
        for settings, words in ROWS:
            for goal in ("run", "test") if "QEMU" in settings else ("run",):
                status, lines = make({**settings, **path}, goal, "SCRIPT=off")
                out.result(status and len(lines) == 1 and words in lines[0],
                           f"make {goal}: {words}", f"status {status}\n" + "\n".join(lines))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
