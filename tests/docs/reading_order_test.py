# SPDX-License-Identifier: BSD-2-Clause
"""The chapters: no source is left out of a reading order, and nothing leads nowhere.

Every source of nano/, router/ and pager/ is named in the section "Reading order" of its folder's
README.md, as `name.c`, or `name.[ch]` for two. Every file that a chapter names in backquotes
exists, every relative link of every *.md resolves, its heading included. The front page,
README.md, stays short enough to be read.
"""

import glob
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
from tap import Tap

ORDERED = ("nano", "router", "pager")
FRONT_LINES, FRONT_COLUMNS = 200, 100
SOURCE = r"(?:c|h|\[ch\]|asm|S|py|sh|mk|def|pml|md|txt|svg)"
NAMED = re.compile(rf"^[\w.*/-]+\.{SOURCE}$")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
GENERATED = "RESULTS.md"  # by the commands that measure; whether it is there, quotes_test.py sees
# Named as examples: what `make app`, `make host-test` and the reader make, what a build leaves.
EXAMPLES = re.compile(r"hello2|zoo|keeper|adder|oops|my\.gdb|test_x\.c|guest/x/|^build/")


def chapters():
    return sorted(path for path in glob.glob("**/*.md", recursive=True)
                  if not path.startswith("build"))


def tree():
    return {os.path.relpath(os.path.join(folder, name), ".")
            for folder, _, names in os.walk(".") for name in names
            if not re.match(r"\./(build|\.git)", folder + "/")}


def prose(text):
    """The text without blocks of code."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return "\n".join(line for line in text.split("\n") if not line.startswith("    "))


def both(name):
    return [name.replace("[ch]", "c"), name.replace("[ch]", "h")] if "[ch]" in name else [name]


def section(text, heading):
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, flags=re.M | re.S)
    return found.group(1) if found else ""


def names_in(text):
    words = re.findall(r"`([^`]+)`", text)
    return [name for word in words if NAMED.match(word) for name in both(word)]


def anchor(heading):
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path):
    return {anchor(h) for h in re.findall(r"^#+ (.+)$", prose(open(path).read()), flags=re.M)}


def not_in_order(folder):
    order = set(names_in(section(open(f"{folder}/README.md").read(), "Reading order")))
    sources = {name for name in os.listdir(folder) if re.search(r"\.(c|h|asm)$", name)}
    return sorted(sources - order)


def named_but_absent(path, files):
    """A file may be named by its path from the top or from the chapter, or by the path's end."""
    absent = []
    for name in names_in(prose(open(path).read())):
        clean = name
        if name.startswith(".."):
            clean = os.path.normpath(os.path.join(os.path.dirname(path), name))
        pattern = re.escape(clean).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
        pattern = re.compile(f"(^|/){pattern}$")
        if not EXAMPLES.search(name) and not any(map(pattern.search, files)):
            absent.append(name)
    return absent


def broken_links(path):
    broken = []
    for link in LINK.findall(prose(open(path).read())):
        if re.match(r"\w+:", link):
            continue
        file, _, heading = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if os.path.basename(target) == GENERATED and os.path.isdir(os.path.dirname(target)):
            continue
        if not os.path.exists(target) or heading and heading not in anchors(target):
            broken.append(link)
    return broken


def check_checks(out):
    """What is wrong on purpose is seen."""
    text = ("# x\n\n## Reading order\n\n`a.[ch]` `gone.c`\n\n[a](a.c) [b](gone.md)\n"
            "[c](#reading-order) [d](#gone)\n\n    [e](in-a-block.md)\n")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.mkdir("x")
        for name, content in (("a.c", ""), ("a.h", ""), ("b.asm", ""), ("README.md", text)):
            with open(f"x/{name}", "w") as file:
                file.write(content)
        out.result(not_in_order("x") == ["b.asm"],
                   "a source that the reading order leaves out is seen")
        absent = named_but_absent("x/README.md", tree())
        out.result(absent == ["gone.c"], "a file that does not exist is seen")
        broken = broken_links("x/README.md")
        out.result(broken == ["gone.md", "#gone"], "links to nowhere are seen")
        os.chdir(TOP)


def main():
    os.chdir(TOP)
    out, files = Tap(), tree()
    check_checks(out)
    for folder in ORDERED:
        left = not_in_order(folder)
        out.result(not left, f"{folder}/README.md: every source is in the reading order",
                   "missing: " + " ".join(left))
    for path in chapters():
        absent = named_but_absent(path, files)
        out.result(not absent, f"{path}: every file that it names exists",
                   "there is no " + " ".join(absent))
        broken = broken_links(path)
        out.result(not broken, f"{path}: every link resolves",
                   "to nowhere: " + " ".join(broken))
    lines = open("README.md").read().rstrip("\n").split("\n")
    out.result(len(lines) <= FRONT_LINES, f"README.md has at most {FRONT_LINES} lines",
               f"it has {len(lines)}")
    wide = [str(n) for n, line in enumerate(lines, 1) if len(line) > FRONT_COLUMNS]
    out.result(not wide, f"README.md has at most {FRONT_COLUMNS} columns",
               "wider: lines " + " ".join(wide))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
