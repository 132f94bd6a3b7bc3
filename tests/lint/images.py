# SPDX-License-Identifier: BSD-2-Clause
"""What the linked images and their objects say of themselves: sections, symbols, sources, types.

All of it comes from binutils (nm, readelf) and from the debug information, nothing from names of
files that happen to lie in the build folder: an object counts if the image was linked from it.
"""

import os
import re
import subprocess

CROSS = os.environ.get("CROSS_COMPILE", "i686-linux-gnu-")
CC = CROSS + "gcc"


def said(*command, input=None):
    return subprocess.run(command, input=input, capture_output=True, text=True, check=True).stdout


def sections(image):
    """[(name, address, bytes, flags)] of the sections that are in memory."""
    rows = re.findall(r"^  \[ *\d+\] (\S+) +\S+ +(\w+) \w+ (\w+) \w+ +([A-Z]*)",
                      said(CROSS + "readelf", "-SW", image), re.M)
    return [(name, int(address, 16), int(size, 16), flags) for name, address, size, flags in rows
            if "A" in flags]


def sizes(image):
    """(executable, read-only, writable) bytes."""
    totals = [0, 0, 0]
    for _, _, size, flags in sections(image):
        totals[0 if "X" in flags else 2 if "W" in flags else 1] += size
    return totals


def symbols(file):
    """[(name, kind)]: nm's letters. A capital is global, U is wanted, w and v are weak."""
    rows = [line.split() for line in said(CROSS + "nm", "-f", "posix", file).split("\n")]
    return [(row[0], row[1]) for row in rows if len(row) > 1 and row[1] not in "nN"]


def pointers_in_data(file):
    """Functions whose addresses the object's writable data begins with: [(section, function)]."""
    functions = {name for name, kind in symbols(file) if kind in "TtWw"}
    found, section = [], ""
    for line in said(CROSS + "readelf", "-rW", file).split("\n"):
        heading = re.match(r"Relocation section '\.rel(\S+)'", line)
        row = re.match(r"[0-9a-f]+ +[0-9a-f]+ +R_386_32 +[0-9a-f]+ +(\S+)", line)
        if heading:
            section = heading.group(1)
        elif row and re.match(r"\.(gate_)?data", section) and (row.group(1) in functions
                                                               or ".text" in row.group(1)):
            found.append((section, row.group(1)))
    return found


class Debug:
    """The debug information of an image, as far as it is asked for here."""

    def __init__(self, image):
        self.image = image
        self.entries = {}  # offset -> {"tag", "parent", attributes}
        stack = []
        entry = {}
        for line in said(CROSS + "readelf", "--debug-dump=info", image).split("\n"):
            head = re.match(r" <(\w+)><(\w+)>: .*\((DW_TAG_\w+)\)", line)
            attribute = re.match(r"    <\w+> +DW_AT_(\w+) *: (?:\(indirect[^)]*\): )?(.*)", line)
            if head:
                depth, offset = int(head.group(1), 16), int(head.group(2), 16)
                del stack[depth:]
                entry = {"tag": head.group(3)[7:], "parent": stack[-1] if stack else None}
                self.entries[offset] = entry
                stack.append(offset)
            elif attribute:
                entry[attribute.group(1)] = attribute.group(2).strip()

    def units(self):
        """The sources that the image was linked from."""
        return [e["name"] for e in self.entries.values() if e["tag"] == "compile_unit"]

    def _type_of(self, entry):
        reference = re.match(r"<0x(\w+)>", entry.get("type", ""))
        return int(reference.group(1), 16) if reference else None

    def _leads_to_function(self, offset, seen):
        """Is this type a pointer to a function, or does it hold or lead to one?"""
        if offset is None or offset in seen:
            return False
        seen.add(offset)
        entry = self.entries[offset]
        if entry["tag"] == "subroutine_type":
            return True
        if entry["tag"] in ("structure_type", "union_type"):
            return any(self._leads_to_function(self._type_of(member), seen)
                       for member in self.entries.values()
                       if member["parent"] == offset and member["tag"] == "member")
        return self._leads_to_function(self._type_of(entry), seen)

    def function_variables(self):
        """Names of variables in writable memory through which a function can be called."""
        writable = [(start, start + size) for _, start, size, flags in sections(self.image)
                    if "W" in flags]
        found = []
        for entry in self.entries.values():
            place = re.search(r"DW_OP_addr: (\w+)\)", entry.get("location", ""))
            if entry["tag"] != "variable" or not place:
                continue
            origin = self.entries.get(self._type_of({"type": entry.get("specification", "")}),
                                      entry)
            address = int(place.group(1), 16)
            if any(start <= address < end for start, end in writable) and \
                    self._leads_to_function(self._type_of(origin), set()):
                found.append(origin.get("name", "a variable without a name"))
        return found


def constants(header, *names, flags=("-Iinclude",)):
    """The values of C expressions over a header: no number is repeated here."""
    program = f"#include <{header}>\nvoid f(void) {{\n" + \
        "".join(f'asm("@value %c0" :: "i"({name}));\n' for name in names) + "}\n"
    made = said(CC, "-m32", *flags, "-x", "c", "-S", "-o", "-", "-", input=program)
    return [int(value, 0) for value in re.findall(r"@value (-?\w+)", made)]
