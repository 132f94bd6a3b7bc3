"""A scripted GDB session against QEMU: breakpoints in all three rings, and the back-trace across
the gates. session.txt holds the commands and what each must say.
"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from boot_set import boot_set
from machine import Qemu
from run_guest import free_port
from tap import Tap

TIMEOUT = int(os.environ.get("TIMEOUT", "60"))
MARK = "=== command"


def read_session(path):
    """[(command, expected lines)]"""
    steps = []
    for line in open(path):
        line = line.rstrip("\n")
        if line.startswith("#~"):
            steps[-1][1].append(line)
        elif line.startswith("(gdb) "):
            steps.append((line[6:], []))
        elif line and not line.startswith("# ") and steps:
            steps[-1][1].append(line)
    return steps


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


def main():
    out = Tap()
    steps = read_session(os.path.join(HERE, "session.txt"))
    port = free_port()
    with Qemu(boot_set("apps"), extra=["-S", "-gdb", f"tcp:127.0.0.1:{port}"]) as machine:
        command = ["gdb", "-q", "-batch", "-nx", "-x", "gdb/ringpost.py",
                   "-ex", f"target remote 127.0.0.1:{port}"]
        for number, (text, _) in enumerate(steps):
            command += ["-ex", f"echo {MARK} {number}\\n", "-ex", text]
        command += ["-ex", f"echo {MARK} end\\n"]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=TIMEOUT)
            said = done.stdout
        except subprocess.TimeoutExpired as late:
            said = late.stdout or b""
            out.comment(f"GDB was still at work after {TIMEOUT} s")
        said = said.decode("utf-8", "replace")
        for number, (text, expected) in enumerate(steps):
            part = re.search(rf"{MARK} {number}\n(.*?)(?={MARK})", said, re.S)
            lines = [masked(line) for line in part.group(1).split("\n") if line.strip()] if part else []
            lines = [line for line in lines if not line.startswith("warning:")]
            out.result(part and fits(expected, lines), f"{number}: {text}",
                       "expected\n" + "\n".join(expected) + "\ngot\n" + "\n".join(lines))
        if out.failed:
            out.comment("--- the session ended with\n" + said[-1500:])
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
