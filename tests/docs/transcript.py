# SPDX-License-Identifier: BSD-2-Clause
"""Sample outputs in the chapters come from a run: each names the commands that give it.

    transcript.py            runs each and compares its shape; transcript_test.py does, too
    transcript.py --write    puts what was said in place of the sample's lines; `make docs` does

Above the sample, a fenced or an indented block, stands a line that a reader does not see:

    <!-- run: ps; ping echo 2; off -->
    <!-- run INJECT=1: spawn monitor; run trip; off -->

The second is what `make run INJECT=1 SCRIPT="spawn monitor; run trip; off"` types. The sample's
lines must come in this order, one after the other; a line `...` stands for any number of lines.
Numbers may differ, as may the widths of columns. Lines that begin with `nano:` come by another way
(the debug port), so they are compared for themselves. The line `$ make ...` is for the reader. """

import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
CLEAN = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}
MARK = re.compile(r"^<!-- run((?: \w+=\w+)*): (.+) -->$")
ANY = "..."
RUN = """
import sys
import time
sys.path.insert(0, "tests/harness")
from boot_set import boot_set
from machine import Qemu
from script import type_script
with Qemu(boot_set("apps")) as machine:
    # A person types later than a script: by then all tasks of the manifest wait.
    machine.wait_for("ringpost> ", 60)
    time.sleep(2)
    problem = type_script(machine, sys.argv[1])
    print(machine.serial, machine.debug(), problem or "", sep="\\0")
"""


class Sample:
    """A sample in a chapter: lines first..last of it, without what indents them."""

    def __init__(self, path, lines, at):
        options, self.script = MARK.match(lines[at]).groups()
        self.path, self.at, self.options = path, at, options.split()
        first = at + 1
        while first < len(lines) and not lines[first].strip():
            first += 1
        fenced = first < len(lines) and lines[first].startswith("```")
        first += fenced
        end = first
        while end < len(lines) and (not lines[end].startswith("```") if fenced
                                    else lines[end].startswith("    ")):
            end += 1
        self.first, self.indent = first, "" if fenced else "    "
        self.lines = [line[len(self.indent):] for line in lines[first:end]]

    def name(self):
        return f"{self.path}:{self.at + 1}"


def samples_of(path, text):
    lines = text.split("\n")
    return [Sample(path, lines, at) for at, line in enumerate(lines) if MARK.match(line)]


def shape(line):
    """The line without its numbers and the widths of its columns."""
    line = re.sub(r"\b(?:0x)?[0-9a-f]*\d[0-9a-f]*\b|\b[0-9a-f]{8}\b", "#", line)
    return re.sub(r"\s+", " ", line).strip()


def fit(wanted, said):
    """{index in wanted: index in said}, or the first wanted line that does not come."""
    shapes, found, at, free = [shape(line) for line in said], {}, 0, True
    for i, line in enumerate(wanted):
        if line.strip() == ANY:
            free = True
            continue
        after = len(shapes) if free else at + 1
        place = next((k for k in range(at, min(after, len(shapes))) if shapes[k] == shape(line)),
                     None)
        if place is None:
            return None, line
        found[i], at, free = place, place + 1, False
    return found, None


def compare(wanted, serial, debug):
    """(the sample with what was said now, the line that did not come or None)"""
    lines = list(wanted)
    for nano, said in ((True, debug), (False, serial)):
        # What the other way brought does not stand between two lines.
        mine = [i for i, line in enumerate(wanted) if not line.startswith("$ ")
                and (line.strip() == ANY or line.startswith("nano:") == nano)]
        found, missing = fit([wanted[i] for i in mine], said)
        if missing is not None:
            return None, missing
        for k, place in found.items():
            lines[mine[k]] = said[place].rstrip()
    return lines, None


def run(options, script):
    """(serial lines, debug lines, what went wrong)"""
    made = subprocess.run(["make", "-s", *options, "all"], capture_output=True, text=True,
                          env=CLEAN,
                          stdin=subprocess.DEVNULL)
    if made.returncode:
        return [], [], made.stderr
    build = subprocess.run(["make", "-s", *options, "build-folder"], capture_output=True, text=True,
                           env=CLEAN).stdout
    said = subprocess.run([sys.executable, "-c", RUN, script], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env={**CLEAN, "B": build.strip() or "build"})
    parts = said.stdout.split("\0")
    if len(parts) != 3:
        return [], [], said.stderr
    serial, debug, problem = parts
    return serial.replace("\r", "").split("\n"), debug.split("\n"), problem.strip()


def chapters():
    return sorted(f for f in glob.glob("**/*.md", recursive=True) if not f.startswith("build"))


def check_file(path, write=False):
    """[(name, what is wrong)] of its samples; with `write` its text gets what was said."""
    text, outcomes = open(path).read(), []
    lines = text.split("\n")
    for sample in samples_of(path, text):
        serial, debug, problem = run(sample.options, sample.script)
        now, missing = compare(sample.lines, serial, debug) if not problem else (None, None)
        wrong = problem or (missing is not None and
                            f"this line did not come in its place:\n{missing}\nbut:\n" +
                            "\n".join(serial))
        if not sample.lines:
            wrong = "no block follows"
        outcomes.append((sample.name(), wrong or None))
        if now and not wrong:
            lines[sample.first:sample.first +
                  len(now)] = [(sample.indent + line).rstrip() for line in now]
    if write and "\n".join(lines) != text:
        with open(path, "w") as file:
            file.write("\n".join(lines))
        print(f"new samples in {path}")
    return outcomes


def main():
    wrong = 0
    for path in chapters():
        for name, why in check_file(path, "--write" in sys.argv[1:]):
            print(f"{name}: {why or 'as it is now'}")
            wrong += bool(why)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
