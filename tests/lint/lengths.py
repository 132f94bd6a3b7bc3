# SPDX-License-Identifier: BSD-2-Clause
"""How long functions and files are, and how many lines of them are code.

`make lint` holds every C file to clang-format, and in that format a brace in the first column opens
a function's body or nothing, and the next closing brace there ends it; the shortest stand on one
line. So lines are all that has to be read: no macro, no #if and no compiler's option can hide a
function. Its length is what a person sees, from the first line of its head to its closing brace.
"""

import re

# One that ends what stands before a function's head.
BEFORE = re.compile(r"^\s*$|^#|[;}]\s*$|\*/\s*$|^\S.*:\s*$|\\$")


def functions(text):
    """[(name, first line, lines)] of a C text, lines counted from 1."""
    lines = text.split("\n")
    found, top = [], None
    for number, line in enumerate(lines):
        single = re.match(r"\w.*?(\w+)\(.*\) \{.*\}$", line)
        if single:
            found.append((single.group(1), number + 1, 1))
        elif line.rstrip() == "{" or line.startswith("{ "):
            top = number
            while top > 0 and not BEFORE.search(lines[top - 1]):
                top -= 1
        elif line.startswith("}") and top is not None:
            head = " ".join(lines[top:number])
            name = re.search(r"(\w+)\(", re.sub(r"__attribute__\(\(.*?\)\)", "", head))
            found.append((name.group(1) if name else "?", top + 1, number - top + 1))
            top = None
    return found


def code_lines(path, text):
    """Lines that are neither blank nor comment."""
    if path.endswith(".asm"):
        text = re.sub(r";.*", "", text)
    elif path.endswith(".py"):
        text = re.sub(r'^\s*(#.*|"""(.|\n)*?""")$', "", text, flags=re.M)
    else:
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    return sum(1 for line in text.split("\n") if line.strip())


def too_long(files, function_limit, file_limit):
    """What is beyond either limit, for a person; files: {path: text}."""
    told = []
    for path, text in sorted(files.items()):
        lines = text.count("\n")
        if lines > file_limit:
            told.append(f"{path}: {lines} lines; a product file has at most {file_limit}")
        if path.endswith((".c", ".h")):
            told += [
                f"{path}:{first}: {name} is {length} lines long; a function has at most "
                f"{function_limit}"
                     for name, first, length in functions(text) if length > function_limit]
    return told
