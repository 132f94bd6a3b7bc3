# SPDX-License-Identifier: BSD-2-Clause
"""Every C file of the tree parses with the flags that .clangd gives an editor for it."""

import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

from tap import Tap

BY_OTHERS = ("tests/prove/world.c",)  # Frama-C reads it, with headers of its own


def words(text, key):
    """The list `key: [a, b]` of a block of .clangd, or nothing."""
    found = re.search(rf"{key}: \[(.*?)\]", text, re.S)
    return [word.strip() for word in found.group(1).split(",")] if found else []


def flags(blocks, path):
    found = []
    for block in blocks:
        only, never = words(block, "PathMatch"), words(block, "PathExclude")
        if (not only or any(re.fullmatch(pattern, path) for pattern in only)) and \
                not any(re.fullmatch(pattern, path) for pattern in never):
            found += words(block, "Add")
    return found


def main():
    out = Tap()
    with open(".clangd") as file:
        blocks = file.read().split("\n---\n")
    paths = [path for path in glob.glob("[a-z]*/**/*.c", recursive=True)
             if not path.startswith("build") and path not in BY_OTHERS and
             not path.startswith("tests/new/")]
    for path in sorted(paths):
        done = subprocess.run(["clang", "-fsyntax-only", "-I", os.path.dirname(path),
                               *flags(blocks, path), path],
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            out.result(False, path, done.stderr[:600])
    out.result(len(paths) > 100, f"{len(paths)} files were parsed")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
