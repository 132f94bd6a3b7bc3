# SPDX-License-Identifier: BSD-2-Clause
"""The layering: a folder is a ring or a role, and includes no header of another one.

What two rings need is ABI and lives in include/. Host tests may include anything, and so may what
is linked in front of a ring's own functions, which is in no release (tests/attacks). """

import glob
import os
import re
import sys

# A folder, and whose headers it may include beside its own and include/'s. The first that fits a
# file is its rule.
RULES = (
    ("include", ()),
    ("nano", ()),
    ("router", ()),
    ("pager", ("apps/libpost",)),
    ("apps/libpost", ()),
    ("apps", ("apps/libpost",)),
    ("tests/guest", ("apps/libpost",)),
    ("tests/bench", ("apps/libpost",)),
    ("tests/audit", ("nano",)),
    ("tests/faults/nano", ("nano", "tests/faults", "tests/audit")),
    ("tests/faults", ("apps/libpost", "tests/guest")),
)
# The compiler's own headers, and those of libraries that consist of a header.
FREESTANDING = ("stdint.h", "stddef.h", "stdbool.h", "stdarg.h", "limits.h", "xxhash.h",
                "stb/stb_sprintf.h", "string.h")


def headers():
    """{name of a header: [folders that have one]} of the whole tree."""
    found = {}
    for path in glob.glob("[a-z]*/**/*.h", recursive=True):
        if not path.startswith("build"):
            found.setdefault(os.path.basename(path), []).append(os.path.dirname(path))
    return found


def within(folder, place):
    return folder == place or folder.startswith(place + "/")


def told(path, text, rule, known):
    """What `path` includes and must not."""
    own, others = rule
    allowed = (own, "include", *others)
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r'\s*[#%]\s*include\s+(<|")([^">]+)[">]', line)
        if not match or (match.group(1) == "<" and match.group(2) in FREESTANDING):
            continue
        name = match.group(2)
        folders = [folder for folder in known.get(os.path.basename(name), ())
                   if f"{folder}/{os.path.basename(name)}".endswith("/" + name) or "/" not in name]
        if folders and not any(within(folder, place) for folder in folders for place in allowed):
            lines.append(
                f"{path}:{number}: {own} must not include {folders[0]}/{os.path.basename(name)}")
    return lines


def main():
    known, lines = headers(), []
    for path in sorted(glob.glob("[a-z]*/**", recursive=True)):
        rule = next((rule for rule in RULES if within(path, rule[0])), None)
        if rule and path.endswith((".c", ".h", ".asm", ".def")):
            with open(path) as file:
                lines += told(path, file.read(), rule, known)
    print("\n".join(lines), end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
