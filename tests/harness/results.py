# SPDX-License-Identifier: BSD-2-Clause
"""The RESULTS.md files: a command that measures writes down what it measured, and with what.

Such a file stands beside the command's program (tests/bench/RESULTS.md). It has a head (command,
commit, engine, CPU model, digests of nano's and the router's text, date) and tables. A file in
which several campaigns write has a section for each, `## NAME`, with a head of its own; who writes
one section keeps the others. Figures in prose quote these files (tests/docs/quotes.py).

Only the complete command writes, and only if nothing failed; otherwise it says why not. RESULTS=no
in the environment writes nothing, and RESULTS=FILE writes whatever was run there, and not in its
place.

The digest is over the instructions of the object files of nano/ and router/ with their relocations,
as objdump shows them, because these objects are the same in every build that only links something
in front of them. Two runs with the same digests, engine and CPU model measured the same program.
"""

import glob
import hashlib
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import boot_set  # noqa: E402

OBJDUMP = os.environ.get("CROSS_COMPILE", "i686-linux-gnu-") + "objdump"
MARK = "<!-- Written by {}: do not edit. -->"


def said(*command):
    """The first line that a program prints, or nothing."""
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0]
    except OSError:
        return ""


def commit():
    """The commit, and whether a source differs from it. What prose and results say makes no
    difference."""
    name = said("git", "rev-parse", "--short", "HEAD") or "unknown"
    changed = said("git", "status", "--porcelain", "--untracked-files=no", "--", ".",
                   ":(exclude)*.md")
    return name + (", with changes" if changed else "")


def objects_of(folder, build):
    """The folder's object files in a build: those whose source is still there."""
    found = glob.glob(f"{build}/{folder}/*.o")
    return sorted(o for o in found if os.path.exists(f"{folder}/{os.path.basename(o)[:-2]}"))


def digest(folder, build=None):
    """Twelve digits that tell one text of nano or the router from another."""
    total = hashlib.sha256()
    for name in objects_of(folder, build or boot_set.BUILD):
        shown = subprocess.run([OBJDUMP, "-dr", name], capture_output=True, text=True,
                               check=True).stdout
        total.update(os.path.basename(name).encode() + shown.split("file format", 1)[1].encode())
    return total.hexdigest()[:12]


def engine_qemu():
    version = said(os.environ.get("QEMU", "qemu-system-i386"), "--version")
    return re.sub(r"QEMU emulator version (\S+).*", r"QEMU \1", version)


def engine_bochs():
    version = said("dpkg-query", "-W", "-f", "${Version}", "bochs")
    return "Bochs" + re.sub(r"^(\d[\d.]*).*", r" \1", version)


def head(command, engine="", cpu="", incomplete=None, texts=True):
    """[(what, value)]: with what the tables below it must be read. texts: whether programs of the
    build were run."""
    lines = [("command", f"`{command}`"), ("only a part", incomplete), ("commit", commit()),
             ("engine", engine), ("CPU model", cpu),
             ("nano's text", texts and digest("nano")),
             ("router's text", texts and digest("router")),
             ("date", time.strftime("%Y-%m-%d"))]
    return [(what, value) for what, value in lines if value]


def number(value):
    """As a table shows it: thousands apart, and a fraction only where there is one."""
    if not isinstance(value, (int, float)):
        return str(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def table(columns, rows):
    lines = ["| " + " | ".join(columns) + " |", "|---" + "|---:" * (len(columns) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(number, row)) + " |" for row in rows])


def unusual(build="build"):
    """Why this build and machine are not those whose figures are kept, or None."""
    usual = {"CPU": "max", "MEM": "128"}
    other = [f"{name}={os.environ[name]}" for name, value in usual.items()
             if os.environ.get(name, value) != value]
    other += [f"{name} is set" for name in ("QEMU_ARGS", "MODULES") if os.environ.get(name)]
    other += [] if boot_set.BUILD == build else [f"the build is {boot_set.BUILD}, not {build}"]
    return ", ".join(other) or None


def place(usual, incomplete, failed=False):
    """Where to write, or None, and then the terminal says why. incomplete: why this is not the
    complete command."""
    wanted = os.environ.get("RESULTS", "yes")
    if wanted not in ("yes", "no"):
        return wanted
    why = "RESULTS=no" if wanted == "no" else "something failed" if failed else incomplete
    if why:
        print(f"{usual} is not written: {why}")
    return None if why else usual


def split(text):
    """(what stands before the first section, {section: its text})"""
    first, *others = re.split(r"^## ", text, flags=re.M)
    return first, {other.split("\n", 1)[0]: "## " + other.rstrip("\n") + "\n" for other in others}


def write(path, title, heads, tables, section=None):
    """Writes the file, or its one section. Sections stay in the order of their names."""
    body = "".join(f"- {what}: {value}\n"
                   for what, value in heads) + "\n" + "\n\n".join(tables) + "\n"
    opening = f"# {title}\n\n{MARK.format(dict(heads)['command'])}\n\n"
    if section:
        old = split(open(path).read())[1] if os.path.exists(path) else {}
        sections = {**old, section: f"## {section}\n\n{body}"}
        opening = f"# {title}\n\n{MARK.format('the command that each section names')}\n\n"
        body = "\n".join(sections[name] for name in sorted(sections))
    with open(path, "w") as file:
        file.write(opening + body)
    print(f"written: {path}" + (f", section {section}" if section else ""))
