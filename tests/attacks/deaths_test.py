# SPDX-License-Identifier: BSD-2-Clause
"""A router that dies again and again, eight ticks in a row with a death each.

If that was on behalf of one task, nano stops it, the pager ends it when the router has recovered,
and everybody else goes on: what it had answered stays answered, and nobody is told twice. If it was
on behalf of several, or of the pager, nano says so and stops. Under a hostile router, which dies in
the calls of tasks that ask for it (deadly.c); coroner.c looks. And a router that cannot even be
entered is one that dies in each upcall: nano must not do so for ever, either. On QEMU and Bochs.
"""

import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
from boot_set import BUILD, BootSet
from engine import HOSTILE
from guest_test import last_lines
from machine import Bochs, Qemu
from tap import Tap

SECONDS = 40
KILLED_IT = 256 + 0xFD  # EXIT_KILLED + FAULT_KILLER
WAYS = {"o": "in each of its calls", "a": "in each of its calls, after its answer has gone",
        "h": "by a hang in each of its calls"}


def run(engine, letters, nano="baited"):
    """(did it end by itself, what the console said, what the debug port said)"""
    with tempfile.NamedTemporaryFile("w", suffix="-deaths") as deaths:
        deaths.write(letters)
        deaths.flush()
        boot = BootSet(f"{HOSTILE}/{nano}.elf", [
            ("router", f"{HOSTILE}/router.elf"), ("pager", f"{BUILD}/pager.elf"),
            ("manifest", f"{HERE}/deaths_manifest.txt"), ("policy", f"{HERE}/deaths_policy.txt"),
            ("registrar", f"{BUILD}/registrar.elf"), ("console", f"{BUILD}/console.elf"),
            ("echo", f"{BUILD}/echo.elf"), ("coroner", f"{HOSTILE}/coroner.elf"),
            ("deadly", f"{HOSTILE}/deadly.elf"), ("deaths", deaths.name)])
        with engine(boot) as machine:
            ended = machine.wait_end(SECONDS)
            return ended, machine.serial, machine.debug()


def one_task(out, engine, letters):
    ended, said, debug = run(engine, letters)
    stopped = re.findall(r"^nano: task \w+: the router died on its behalf in each of 8 ticks in "
                         r"a row; it is stopped$", debug, re.M)
    reported = re.findall(r"^killer: killed the router, in every call that it made$", debug, re.M)
    good = True
    for letter in letters:
        found = re.search(rf"^deaths: {letter}, code (\d+), restarts (\d+), answers (\d+), "
                          rf"notices (\d+), echo (\d+), check (\d+), audit (\d+)$", said, re.M)
        what = f"{engine.name}: a task in whose name the router dies {WAYS[letter]}"
        if not out.result(found, f"{what}: the others go on"):
            good = False
            continue
        code, restarts, answers, notices, echo, check, audit = (int(n) for n in found.groups())
        good &= out.result(code == KILLED_IT, f"{what}: it is ended for that", f"code {code}")
        good &= out.result(restarts >= 8, f"{what}: not at its first deaths", f"{restarts}")
        good &= out.result((answers, notices) == (letter == "a", 0),
                           f"{what}: its answer stands, and no death notice follows",
                           f"{answers} answers, {notices} notices")
        good &= out.result((echo, check, audit) == (1, 0, 0),
                           f"{what}: echo answers, invariants hold, the audit is clean",
                           found.group(0))
    good &= out.result(len(stopped) == len(reported) == len(letters),
                       f"{engine.name}: nano and the pager say so, once for each")
    good &= out.result(ended and "deaths: end" in said,
                       f"{engine.name}: the machine ends by itself")
    if not good:
        out.comment(last_lines(said) + "\n" + last_lines(debug))


def stops(out, engine, letter, whom):
    ended, said, debug = run(engine, letter)
    found = re.search(r"^ringpost: the router died in each of 8 ticks in a row, last at \w+, on "
                      rf"behalf of {whom}; stopped, ", debug, re.M)
    if not out.result(found and ended and "deaths:" not in said,
                      f"{engine.name}: a router that dies for {whom}: nano says so and stops"):
        out.comment(last_lines(said) + "\n" + last_lines(debug))


def cannot_be_entered(out, engine):
    ended, _, debug = run(engine, "o", "astray")
    found = re.search("^ringpost: recovery of the router died 3 times in a row, last at ", debug,
                      re.M)
    if not out.result(found and ended, f"{engine.name}: an upcall beyond ring 1's limit: nano says "
                      "so and stops"):
        out.comment(last_lines(debug))


def main():
    out = Tap()
    for engine in (Qemu, Bochs):
        if engine is Bochs and not shutil.which("bochs"):
            out.skip("the same on Bochs", "Bochs is not installed")
            continue
        one_task(out, engine, "oah")
        stops(out, engine, "t", "several tasks")
        stops(out, engine, "p", "the pager")
        cannot_be_entered(out, engine)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
