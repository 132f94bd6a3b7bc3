# SPDX-License-Identifier: BSD-2-Clause
"""`make size`: how big the two inner rings are, against limits that keep them readable.

Lines of code are lines that are neither blank nor comment, of all files of the folder that
are built in; text is what is executable in the ELF. The router's stack need is the longest call chain
that the compiler's own records (-fcallgraph-info=su) allow, so it is an upper bound.
"""

import glob
import os
import re
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))

from boot_set import BUILD

CC = os.environ.get("CROSS_COMPILE", "i686-linux-gnu-") + "gcc"
ENTRY_BYTES = 4 * 4 + 4  # the call gate's frame, and call_entry's call
LIMITS = {"nano": (2500, 24 * 1024), "router": (1200, 12 * 1024)}


def code_lines(path):
    text = open(path).read()
    if path.endswith(".asm"):
        text = re.sub(r";.*", "", text)
    else:
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    return sum(1 for line in text.split("\n") if line.strip())


def built_sources(folder):
    """The folder's files that this build's objects were made from, by their dependency files."""
    names = set()
    for record in glob.glob(f"{BUILD}/{folder}/*.o.d") + glob.glob(f"{BUILD}/{folder}/*.c.d") + \
            glob.glob(f"{BUILD}/{folder}/*.asm.d"):
        if os.path.exists(f"{folder}/{re.sub(r'(.o)?.d$', '', os.path.basename(record))}"):
            names.update(re.findall(rf"\b({folder}/[\w.]+)(?=[\s:\\]|$)", open(record).read()))
    return sorted(n for n in names if re.search(r"\.(c|h|asm)$", n))


def sections(path):
    """(executable, read-only, writable) bytes of an ELF, from its section headers."""
    data = open(path, "rb").read()
    offset, = struct.unpack_from("<I", data, 32)
    size, count = struct.unpack_from("<HH", data, 46)
    totals = [0, 0, 0]
    for i in range(count):
        _, _, flags, _, _, length = struct.unpack_from("<6I", data, offset + i * size)
        if flags & 2:  # SHF_ALLOC
            totals[0 if flags & 4 else 2 if flags & 1 else 1] += length
    return totals


def abi_numbers(*names):
    """The values of C expressions over the ABI's headers: nothing is repeated here."""
    program = "#include <ringpost/layout.h>\n#include <ringpost/mailbox.h>\n" \
              "#include <ringpost/pager_gate.h>\n"
    program += "".join(f'asm("@value %c0" :: "i"({name}));\n' for name in names)
    program = re.sub(r"(?s)(.*?)((?:asm.*\n)+)", r"\1void f(void) {\n\2}\n", program)
    made = subprocess.run([CC, "-m32", "-Iinclude", "-x", "c", "-S", "-o", "-", "-"],
                          input=program, capture_output=True, text=True, check=True)
    return [int(v, 0) for v in re.findall(r"@value (-?\w+)", made.stdout)]


def deepest_stack(folder, entry_bytes):
    """(bytes, chain) of the deepest call chain in the folder's C code; a recursion is an error."""
    use, calls = {}, {}
    for file in glob.glob(f"{BUILD}/{folder}/*.c.ci"):
        graph = open(file).read()
        for name, size in re.findall(r'title: "([^"]+)" label: "[^"]*?(\d+) bytes', graph):
            use[name] = int(size) + 4  # and the return address
        for caller, callee in re.findall(r'sourcename: "([^"]+)" targetname: "([^"]+)"', graph):
            calls.setdefault(caller, set()).add(callee)
    known = {}

    def depth(name, above):
        if name in above:
            sys.exit(f"{folder}: {' -> '.join([*above, name])} is a recursion: its stack has no bound")
        if name not in known:
            below = [depth(callee, [*above, name]) for callee in calls.get(name, ())]
            size, chain = max(below, default=(0, []))
            known[name] = use.get(name, 0) + size, [name, *chain]
        return known[name]

    size, chain = max(depth(name, []) for name in use)
    return size + entry_bytes, [name.split(":")[-1] for name in chain]


def main():
    good = True

    def row(what, value, limit, unit):
        nonlocal good
        good &= value <= limit
        print(f"{what:<34}{value:>8}  of {limit:>6} {unit}{'' if value <= limit else '  TOO MUCH'}")

    for ring, (lines, text) in LIMITS.items():
        sources = built_sources(ring)
        row(f"{ring}: lines of code", sum(code_lines(f) for f in sources), lines, "lines")
        executable, constant, writable = sections(f"{BUILD}/{ring}.elf")
        row(f"{ring}: text", executable, text, "bytes")
        print(f"{ring + ': constants, data':<34}{constant:>8} + {writable} bytes")

    said = subprocess.run([CC[:-3] + "nm", f"{BUILD}/nano.elf"], capture_output=True, text=True, check=True).stdout
    row("nano: the injector's symbols", len(re.findall(r" \w (?:injec|world|escape_|fault_put|trace_step)", said)),
        0 if BUILD == "build" else 1000, "in a release")
    stack, end, page, parts, table_pages = abi_numbers(
        "ROUTER_STACK", "ROUTER_END - PAGE_SIZE", "PAGE_SIZE", "PART_COUNT", "2")
    row("router: stack, mapped", end - stack, page, "bytes")
    need, chain = deepest_stack("router", ENTRY_BYTES)
    row("router: stack, deepest use", need, page, "bytes")
    print("    " + " > ".join(chain))
    # The parts, one page table each for program and stack, and the first stack page.
    row("a task beyond its program", (parts + table_pages + 1) * page, 64 * 1024, "bytes")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
