# SPDX-License-Identifier: BSD-2-Clause
"""What each text of the tree keeps to, whatever its language: its width, and its licence's line.

    text.py columns    no line of more than 100 columns
    text.py spdx       the licence is named in the first lines
"""

import os
import re
import sys

COLUMNS = 100
SPDX = "SPDX-License-Identifier: BSD-2-Clause"
SOURCES = re.compile(r"\.(c|h|asm|S|mk|sh|py|pml)$|(^|/)Makefile$|^\.ci/run$")
TABLES = re.compile(r"\.def$")  # a row is a line, however wide
MODELS = re.compile(r"\.pml$")


def files():
    """The tree's files, without what is built."""
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(name for name in folders
                            if not name.startswith(("build", "__pycache__", ".git")))
        for name in sorted(names):
            yield os.path.join(folder, name)[2:]


def too_wide(path, text):
    return [f"{path}:{number}: {len(line)} columns; at most {COLUMNS}"
            for number, line in enumerate(text.expandtabs(8).split("\n"), 1) if len(line) > COLUMNS]


def without_licence(path, text):
    first = text.split("\n")[:2]  # a script's first line names its shell
    return [] if any(SPDX in line for line in first) else [f"{path}:1: no line '{SPDX}'"]


def main():
    judge = {"columns": too_wide, "spdx": without_licence}[sys.argv[1]]
    lines = []
    for path in files():
        if SOURCES.search(path) and not (judge is too_wide and MODELS.search(path)) or \
                judge is without_licence and TABLES.search(path):
            with open(path) as file:
                lines += judge(path, file.read())
    print("\n".join(lines), end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
