# SPDX-License-Identifier: BSD-2-Clause
"""What is wrong with a boot is said on the debug port: what and where, in words; then it stops.

Each row boots the ordinary set with one thing wrong. Programs are spoilt by editing a
good ELF's bytes, so that every row differs from what boots in one respect only.
"""

import os
import re
import struct
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import BUILD, BootSet, boot_set
from guest_test import last_lines
from machine import Qemu
from tap import Tap

PF_X, PF_W = 1, 2
PROMPT = r"ringpost> "
ROUTER_BASE = 0xC0000000


class Elf:
    """An ELF file's bytes, with the fields that the rows spoil."""

    def __init__(self, path):
        self.data = bytearray(open(path, "rb").read())
        self.at, = struct.unpack_from("<I", self.data, 28)

    def segment(self, number, **fields):
        """Set fields of a program header."""
        order = ("type", "offset", "vaddr", "paddr", "filesz", "memsz", "flags", "align")
        for name, value in fields.items():
            struct.pack_into("<I", self.data, self.at + number * 32 + order.index(name) * 4, value)
        return self

    def vaddr(self, number):
        return struct.unpack_from("<I", self.data, self.at + number * 32 + 8)[0]

    def offset(self, number):
        return struct.unpack_from("<I", self.data, self.at + number * 32 + 4)[0]

    def header(self, offset, form, value):
        struct.pack_into(form, self.data, offset, value)
        return self

    def word(self, vaddr, value):
        """Set a word that lies in a segment."""
        count, = struct.unpack_from("<H", self.data, 44)
        for number in range(count):
            offset, start, _, size = struct.unpack_from("<IIII", self.data,
                                                        self.at + number * 32 + 4)
            if start <= vaddr < start + size:
                struct.pack_into("<I", self.data, offset + vaddr - start, value)
        return self

    def cut(self, size):
        del self.data[size:]
        return self


def spoilt_programs(path, beyond, by_nano):
    """(what, spoilt ELF, words of the message); `beyond` is an address outside its range. Nano maps
    whole pages; the pager loads a segment that begins inside one."""
    def elf():
        return Elf(path)
    first = elf().vaddr(0)
    return [
        ("no ELF file", elf().header(0, "<I", 0x12345678), "not an ELF"),
        ("an empty file", elf().cut(0), "not an ELF|missing|empty|no module"),
        ("a 64-bit file", elf().header(4, "B", 2), "32-bit"),
        ("a relocatable file", elf().header(16, "<H", 1), "not an executable"),
        ("program headers outside the file", elf().header(28, "<I", 0x7FFFFFF0), "program headers"),
        ("a file that is cut short", elf().cut(0x1100), "outside the file"),
        ("a segment below its range", elf().segment(0, vaddr=0x1000), "outside the address range"),
        ("a segment beyond its range", elf().segment(1, vaddr=beyond), "outside the address range"),
        ("a segment that wraps around", elf().segment(1, memsz=0xFFFFF000),
         "outside the address range"),
        ("segments that overlap", elf().segment(1, vaddr=first), "overlap"),
        ("a segment that is writable and executable", elf().segment(0, flags=PF_W | PF_X | 4),
         "writable and executable"),
        *[("a segment that begins inside a page",
           elf().segment(1, vaddr=elf().vaddr(1) + 16, offset=elf().offset(1) + 16, filesz=16,
                         memsz=16), "begins inside a page")][:by_nano],
        ("an entry point in its data", elf().header(24, "<I", elf().vaddr(1)), "entry point"),
    ]


def spoilt_headers(path):
    """The same of the router's header: its entries, by the call gate and by an upcall."""
    for what, at in (("call", 8), ("upcall", 12)):
        for where, address in (("beyond ring 1's limit", 0xF0000000), ("below it all", 0),
                               ("in its data", Elf(path).vaddr(1))):
            yield (f"its {what} entry is {where}", Elf(path).word(ROUTER_BASE + at, address),
                   "entry.*outside its text")


def boot_says(out, what, boot, pattern, **options):
    """One result: within ten seconds the debug port says it, and no shell comes up."""
    with Qemu(boot, **options) as machine:
        end = time.monotonic() + 10
        match = None
        while not match and time.monotonic() < end:
            match = re.search(f"^.*({pattern}).*$", machine.debug(), re.M | re.I)
            if match or machine.process.poll() is not None:
                break
            time.sleep(0.05)
        match = match or re.search(f"^.*({pattern}).*$", machine.debug(), re.M | re.I)
        time.sleep(0.2)
        stopped = not re.search(PROMPT, machine.serial)
        out.result(match and stopped, what, f"wanted: {pattern}\nthe debug port said:\n"
                   f"{last_lines(machine.debug())}\n{machine.errors()}"
                   + ("" if stopped else "\nand the shell came up"))
        if match:
            out.comment(match.group(0))


COMMAND_LINES = ("fence=none", "task=64", "tasks=64abc", "fences=user+segmnt", "fences=user,page",
                 "fences=nonesuch", "fences=none fences=user+page+segment", "x" * 300,
                 " " * 300 + "fences=nome")


def command_lines(out):
    """Each slip on nano's command line is named, and what there is."""
    for line in COMMAND_LINES:
        word = line.split()[-1]
        boot_says(out, f"command line: {line.strip()[:40]}", boot_set("apps", line),
                  rf"'{re.escape(word)}' is refused; there are fences=.*user, page.*tasks=.*11264")
    boot_says(out, "command line of a GRUB image: fences=user+segmnt",
              boot_set("apps", "fences=user+segmnt"), "'fences=user.segmnt' is refused",
              from_image=True)


def policies(out, good, file):
    """The registrar tells the console, and the machine stops."""
    policy = open("apps/policy.txt", "rb").read()
    line = policy.count(b"\n") + 1
    never = f"policy, line {line}: '.*': a line above decides for these two"
    for what, text, pattern in (
            ("a line that is no allowance", policy + b"deny a to b\n",
             f"policy, line {line}: 'deny'"),
            ("a line that never decides", policy + b"allow hello to console\n", never),
            ("a line that is there twice", policy + b"allow * to echo\n", never),
            ("empty", b"# nothing\n", "policy: it allows nothing")):
        with Qemu(good.replaced("policy", file("p.txt", text))) as machine:
            ended = machine.wait_end(20)
            match = re.search(f"^.*{pattern}.*$", machine.serial, re.M)
            out.result(match and ended and "there can be no routes" in machine.debug()
                       and not re.search(PROMPT, machine.serial), f"policy: {what}",
                       machine.serial + machine.debug())
            if match:
                out.comment(match.group(0))


def main():
    out = Tap()
    good = boot_set("apps")
    command_lines(out)
    with tempfile.TemporaryDirectory() as folder:
        def file(name, content):
            path = os.path.join(folder, name)
            with open(path, "wb") as made:
                made.write(content)
            return path

        for name in ("router", "pager", "manifest"):
            boot_says(out, f"no module {name}", good.replaced(name, None),
                      f"{name}.*missing|no module.*{name}")
        boot_says(out, "an application's module is missing", good.replaced("shell", None),
                  "shell.*no|no.*shell|shell:")
        programs = (("router", 0xF0000000, True), ("pager", 0xC0000000, True),
                    ("shell", 0xC0000000, False))
        for program, *how in programs:
            rows = list(spoilt_programs(f"{BUILD}/{program}.elf", *how))
            if program == "router":
                rows += spoilt_headers(f"{BUILD}/router.elf")
            for number, (what, elf, words) in enumerate(rows):
                path = file(f"{program}{number}.elf", bytes(elf.data))
                boot_says(out, f"{program}: {what}", good.replaced(program, path),
                          rf"{program}\b.*({words})")

        manifest = open("apps/manifest.txt", "rb").read()
        line = manifest.count(b"\n") + 1
        for what, text, words in (
                ("a line that is no task", b"tusk x module=y priority=1\n", "begins with"),
                ("a priority of 99", b"task x module=echo priority=99\n", "priority"),
                ("an unknown key", b"task x module=echo priority=1 colour=red\n",
                 "colour.*unknown key"),
                ("a task that is there twice", b"task echo module=echo priority=1\n", "already"),
                ("a port that nobody may have", b"task x module=echo priority=1 ports=0x60-0x64\n",
                 "ports=0x60-0x64': ports is LO-HI, within 0x100"),
                ("an irq that nobody may have", b"task x module=echo priority=1 irq=2\n",
                 "irq is 1 or 3"),
                ("an unknown module", b"task x module=ehco priority=1\n",
                 "'ehco': there is no such boot module"),
                ("an unknown module to hand out", b"task x module=echo priority=1 modules=fiel\n",
                 "'fiel': there is no such boot module")):
            boot_says(out, f"manifest: {what}",
                      good.replaced("manifest", file("m.txt", manifest + text)),
                      rf"manifest, line {line}\b.*{words}")
        boot_says(out, "manifest: empty", good.replaced("manifest", file("m.txt", b"# nothing\n")),
                  "manifest.*names no task")
        boot_says(out, "manifest: no registrar",
                  good.replaced("manifest", file("m.txt", manifest.replace(b"task registrar",
                                                                           b"task registar"))),
                  "manifest: no task 'registrar'")
        last = [n for n, text in enumerate(manifest.split(b"\n"), 1)
                if re.match(rb"task.*start=yes", text)][8 - 2]  # nobody's, the pager's
        boot_says(out, "manifest: more tasks to start than slots",
                  BootSet(good.kernel, good.modules, "tasks=8"),
                  rf"manifest, line {last}: .*more tasks to start than slots")

        policies(out, good, file)
        boot_says(out, "a CPU without NX is told, with a hint", good, "NX.*-cpu max",
                  cpu="qemu32,-nx")
        boot_says(out, "a CPU without PAE is told, with a hint", good, "PAE.*-cpu max", cpu="486")
        boot_says(out, "too little memory is told", good, "memory", mem=4)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
