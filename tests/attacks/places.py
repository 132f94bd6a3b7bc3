# SPDX-License-Identifier: BSD-2-Clause
"""Which address a deed touches, if it says so: READ(a), WRITE(a) or JUMP(a), as numbers.

    places.py TABLE.json COMPILER... > places.json

A page fault must be at just that address (CR2). The compiler's preprocessor knows what the names in
attacks.def mean; what is not a number then (the address of a variable) has no entry.
"""

import json
import re
import subprocess
import sys


def argument(deed):
    """The text between the brackets of the deed's only access, or None."""
    found = re.findall(r"\b(?:READ|WRITE|JUMP)\(", deed)
    if len(found) != 1:
        return None
    at = begin = deed.index(found[0]) + len(found[0])
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(deed[at], 0)
        at += 1
    return deed[begin:at - 1]


def number(text):
    text = re.sub(r"\(\s*uint32_t\s*\)|(?<=[0-9a-fA-F])[uU][lL]*\b", "", text)
    return eval(text) & 0xFFFFFFFF if re.fullmatch(r"(?:0x[0-9a-fA-F]+|\d+|[-+*|&()<> \t])+",
                                                   text) else None


def main():
    table, *compiler = sys.argv[1:]
    rows = {f"{row['id']}.{row['name']}": argument(row["deed"]) for row in json.load(open(table))}
    source = '#include "deeds.h"\n#include "hostile_symbols.h"\n' + "".join(
        f'PLACE "{name}" {text}\n' for name, text in rows.items() if text)
    said = subprocess.run([*compiler, "-E", "-P", "-x", "c", "-"], input=source,
                          capture_output=True, text=True,
                          check=True).stdout
    places = {name: number(text) for name, text in re.findall(r'^PLACE "(\S+)" (.*)$', said, re.M)}
    print(json.dumps({name: at for name, at in places.items() if at is not None}, indent=1))


if __name__ == "__main__":
    main()
