# SPDX-License-Identifier: BSD-2-Clause
"""`make run SCRIPT=...` says what came of it: the number of failed commands, who died, or why
there was no prompt; it types what a program wants, and shows what is said as it comes."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import BUILD
from tap import Tap

TIMEOUT = int(os.environ.get("TIMEOUT", "60"))


PERSON = ("fault", "hasty", "keys", "spin")
MANIFEST = """
task fault module=fault priority=8
task keeper module=fault priority=8 start=yes
task again module=fault priority=8 restart=always
task keys module=keys priority=8
task hasty module=hasty priority=8
task spin module=spin priority=20
"""
POLICY = "allow keys to console\nallow hasty to console\nallow fault to keeper rights=send,grant\n"

# What `run fault CRIME` says: the words, and the function that make run adds.
CRIMES = (
    ("null", "wrote to 0x00000010: nothing is mapped below 4 MiB (a null pointer?); #PF"),
    ("wild", "wrote to 0x12345678: nothing is mapped there; #PF"),
    ("system", "wrote to 0xc0000010: the router or nano is there; #PF"),
    ("constant", "the page is read-only; #PF"),
    ("mailbox", "the router or nano writes this part of its mailbox; #PF"),
    ("jump", "no code lies there; #PF"),
    ("stack", "below the stack, which has 1 MiB (an endless recursion?); #PF"),
    ("released", "it has released this page; #PF"),
    ("granted", "it has granted this page away; #PF"),
    ("port", "used an I/O port that the manifest does not give it (ports=); #GP"),
    ("privileged", "executed an instruction for ring 0; #GP"),
    ("gate", "executed int with a vector that ring 3 may not use; #GP"),
    ("trap", "executed ud2 (__builtin_trap, or a place that cannot be reached); #UD"),
    ("fpu", "used the FPU, which tasks do not have (float, double); #NM"),
    ("divide", "divided by zero, or the quotient is too large; #DE"))


def run(folder, script, *more, **environment):
    """(exit status, standard output, standard error, seconds)"""
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "tests/harness/run_guest.py", folder, "--script",
                           script, *more], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=3 * TIMEOUT,
                          env={**os.environ, **environment})
    return done.returncode, done.stdout, done.stderr, time.monotonic() - begin


def person_folder():
    """The apps, and the programs of tests/guest/person."""
    folder = tempfile.mkdtemp(prefix="script-")
    for name, first, last in (("manifest.txt", "", MANIFEST), ("policy.txt", POLICY, "")):
        with open(os.path.join(folder, name), "w") as file:
            file.write(first + open(f"apps/{name}").read() + last)
    modules = [f"--module={p}={BUILD}/guest/person/{p}.elf" for p in PERSON]
    return folder, modules


def faults(out, folder, modules):
    script = "; ".join(f"run fault {name}" for name, _ in CRIMES)
    status, said, errors, _ = run(folder, script, *modules)
    lines = said.split("\n")
    for name, words in CRIMES:
        at = next((i for i, line in enumerate(lines)
                   if line.startswith("fault: ") and words in line), -1)
        source = r"^    in \w+ \(tests/guest/person/fault.c:\d+\)$"
        out.result(at >= 0 and (name == "jump" or re.match(source, lines[at + 1])),
                   f"a fault in words, with its line: {name}", said)
    out.result(status == len(CRIMES), "each of these commands has failed", f"{status}")
    out.result("fault: " not in errors, "none of these deaths is told twice", errors)


def deaths(out, folder, modules):
    status, said, errors, _ = run(folder, "spawn fault null; sleep 300", *modules)
    out.result(status == 1 and "did not ask for this death: fault" in errors and
               re.search(r"^fault: wrote to 0x00000010.*\n    in null \(", errors, re.M),
               "a death that the script did not ask for is told, and fails", said + errors)
    status, said, errors, _ = run(folder, "spawn again null; sleep 500; ping echo 1", *modules)
    out.result("again: wrote to 0x00000010" in errors, "that of a task that is started again too",
               said + errors)
    status, _, errors, _ = run(folder, "spawn spin; ps", *modules, TIMEOUT="8")
    out.result(status == 99 and "did not come within 8 s" in errors and
               (shutil.which("gdb") is None or re.search(r"it runs: .*spin", errors)),
               "who ran is told when the script cannot go on", errors)
    with tempfile.TemporaryDirectory() as place:
        fake = os.path.join(place, "qemu")
        with open(fake, "w") as file:
            file.write("#!/bin/sh\nkill -9 $$\n")
        os.chmod(fake, 0o755)
        status, _, errors, _ = run("apps", "ps", QEMU=fake)
    out.result(status == 99 and "the emulator was killed (SIGKILL)" in errors,
               "that the emulator was killed is told", errors)


def typing(out, folder, modules):
    status, said, errors, _ = run(
        folder, r'run keys; expect "who are you?"; type "Ad\x61; \"B\"\n"; '
                r'expect "hello, Ada; \"B\"!"; ps', *modules)
    out.result(status == 0 and 'hello, Ada; "B"!' in said, "type and expect, for a program that "
               "reads the keyboard", said + errors)
    status, said, errors, _ = run(
        folder, r'run hasty; expect "100 given up; now"; type "Ada\n"; expect "4 keys"; ps',
        *modules, TIMEOUT="10")
    out.result(status == 0, "a READ that was given up eats no key", said + errors)
    status, _, errors, _ = run(folder, 'ps; expect "no such words"', *modules, TIMEOUT="5")
    out.result(status == 99 and "'no such words' did not come" in errors,
               "what is expected and does not come is told", errors)
    status, _, errors, _ = run("apps", "ps; type hello")
    out.result(status != 0 and 'stands in "quotes"' in errors, "text without quotes is refused",
               errors)
    status, _, errors, _ = run("apps", "ps", "--module=nobody=Makefile")
    out.result(status != 0 and "names no module 'nobody'" in errors,
               "a module that nobody can use is refused", errors)


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
        status99, _, warned, _ = run(folder, "off")
    out.result(status99 != 0 and "the manifest has no task 'kw'" in warned,
               "a name in the policy that no task has is refused", warned)
    late = re.search(r"policy.txt, line \d+: warning: low \(8\) is less important than "
                     r"top \(12\).*mid.* can delay it", warned)
    out.result(late and warned.count("is less important") == 2,
               "a call to a less important server is told with its line, if somebody is between",
               warned)
    why, told = errors.find("'colour=red': unknown key"), errors.find(
        "the machine ended before the prompt for 'ping echo 1' came")
    out.result(status == 99 and seconds < TIMEOUT,
               "a machine that ends before its prompt is not waited for")
    out.result(0 <= why < told, "that it ended is said, after its last lines, which say why",
               errors)
    folder, modules = person_folder()
    try:
        for part in (faults, deaths, typing):
            part(out, folder, modules)
    finally:
        shutil.rmtree(folder)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
