# SPDX-License-Identifier: BSD-2-Clause
"""Scripted GDB sessions against QEMU. session.txt: breakpoints in all three rings, and the
back-trace across the gates; own_task.txt: a task that the shell is told to run, its calls, replies,
and misspelt places. They hold the commands and what each must say; a line that begins with the
shell's prompt is typed there meanwhile.
"""

import glob
import os
import re
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
from boot_set import boot_set
from machine import Qemu
from run_guest import free_port
from script import PROMPT, run_steps
from tap import Tap

TIMEOUT = int(os.environ.get("TIMEOUT", "60"))
MARK = "=== command"


def read_session(path):
    """[(command, expected lines)], [what is typed to the shell]"""
    steps, typed = [], []
    for line in open(path):
        line = line.rstrip("\n")
        if line.startswith(PROMPT):
            typed.append(line[len(PROMPT):])
        elif line.startswith("#~"):
            steps[-1][1].append(line)
        elif line.startswith("(gdb) "):
            steps.append((line[6:], []))
        elif line and not line.startswith("# ") and steps:
            steps[-1][1].append(line)
    return steps, typed


def masked(line):
    line = re.sub(r"0x[0-9a-f]+", "~", line)
    line = re.sub(r"^#\d+ +", "#~  ", line)
    line = re.sub(r"(:|handle |^Breakpoint )\d+", r"\1~", line)
    line = re.sub(r", line \d+\.$", ", line ~.", line)
    return line.rstrip()


def fits(expected, said):
    """Do the lines fit the pattern of lines?"""
    pattern = ""
    for line in expected:
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split("*")) + r"\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in said)) is not None


def run(out, path):
    name = os.path.basename(path)
    steps, typed = read_session(path)
    port = free_port()
    with Qemu(boot_set("apps"), extra=["-S", "-gdb", f"tcp:127.0.0.1:{port}"]) as machine:
        command = ["gdb", "-q", "-batch", "-nx", "-x", "gdb/ringpost.py",
                   "-ex", f"target remote 127.0.0.1:{port}"]
        for number, (text, _) in enumerate(steps):
            command += ["-ex", f"echo {MARK} {number}\\n", "-ex", text]
        command += ["-ex", f"echo {MARK} end\\n"]
        threading.Thread(target=run_steps, daemon=True, args=(
            machine, [("command", text) for text in typed], TIMEOUT)).start()
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=TIMEOUT)
            said = done.stdout
        except subprocess.TimeoutExpired as late:
            said = late.stdout or b""
            out.comment(f"GDB was still at work after {TIMEOUT} s")
        said, good = said.decode("utf-8", "replace"), True
        for number, (text, expected) in enumerate(steps):
            part = re.search(rf"{MARK} {number}\n(.*?)(?={MARK})", said, re.S)
            lines = [masked(line) for line in part.group(1).split("\n") if line.strip()] if part \
                else []
            lines = [line for line in lines if not line.startswith("warning:")]
            good &= out.result(part and fits(expected, lines), f"{name}, {number}: {text}",
                               "expected\n" + "\n".join(expected) + "\ngot\n" + "\n".join(lines))
        if not good:
            out.comment("--- the session ended with\n" + said[-1500:])


def main():
    out = Tap()
    for path in sorted(glob.glob(os.path.join(HERE, "*.txt"))):
        run(out, path)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
