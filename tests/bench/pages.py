# SPDX-License-Identifier: BSD-2-Clause
"""How many pages one one-way touches: what the CPU, or TCG's software TLB, must translate anew.

A one-way is what runs from one CR3 load of the short hand-off (park_stub) to the next. The loads
flush the TLB, and whatever is touched then is marked as accessed in the page tables (SDM vol. 3,
4.8). So this stops there by QEMU's GDB stub, clears the marks of the view that comes, and reads
them at the next stop: pages of code, data and stacks, and the pages of tables that lead to them.
The machine's memory is a file for that. The least of some one-ways counts, because a tick in
between only adds, and so does a program whose loop lies across two pages.
"""

import mmap
import os
import re
import socket
import struct
import subprocess
import tempfile
import time

from boot_set import BUILD, boot_set, test_build
from machine import MEM, Qemu, option
from results import OBJDUMP
from run_guest import free_port

PRESENT, ACCESSED, LARGE, GLOBAL = 1, 0x20, 0x80, 0x100
FRAME = 0x000FFFFFFFFFF000
STOPS = 2000  # hand-offs from boot to the first one-way, at most
WARM, ONE_WAYS = 20, 12
REGISTERS = ("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi")  # as the stub sends them


class Stub:
    """As much of GDB's remote protocol as this needs."""

    def __init__(self, port):
        end = time.monotonic() + 10
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
                break
            except ConnectionRefusedError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self.file = self.socket.makefile("rb")

    def ask(self, text):
        self.socket.sendall(f"${text}#{sum(text.encode()) % 256:02x}".encode())
        while (byte := self.file.read(1)) != b"$":
            if not byte:
                raise ValueError("the machine ended before two tasks sent one-ways")
        said = b""
        while (byte := self.file.read(1)) not in (b"#", b""):
            said += byte
        self.file.read(2)
        self.socket.sendall(b"+")
        return said.decode()

    def registers(self):
        return struct.unpack_from("<8I", bytes.fromhex(self.ask("g")))

    def go_to(self, address):
        """Run until it is there; at once it is not."""
        self.ask("s")
        self.ask(f"Z1,{address:x},1")
        self.ask("c")
        self.ask(f"z1,{address:x},1")


def entries(memory, table, count=512):
    """(address, entry) of those that are present."""
    words = struct.unpack_from(f"<{count}Q", memory, table)
    return [(table + 8 * i, word) for i, word in enumerate(words) if word & PRESENT]


def levels(memory, cr3):
    """(table, address, entry, whether it is a page) of all of a view; directories come first."""
    directories = [entry & FRAME for _, entry in entries(memory, cr3 & ~0x1F, 4)]
    for directory in directories:
        for at, entry in entries(memory, directory):
            yield directory, at, entry, bool(entry & LARGE)
            if not entry & LARGE:
                for place, page in entries(memory, entry & FRAME):
                    yield entry & FRAME, place, page, True


def forget(memory, cr3):
    """Clear all marks of the view."""
    for _, at, entry, _ in list(levels(memory, cr3)):
        struct.pack_into("<Q", memory, at, entry & ~ACCESSED)


def touched(memory, cr3):
    """(pages, pages of tables) that are marked; the directory pointers are one of the latter."""
    pages, tables = 0, {cr3 & ~0xFFF}
    for table, _, entry, is_page in levels(memory, cr3):
        if entry & ACCESSED:
            if entry & GLOBAL and is_page:
                raise ValueError("a global page: a CR3 load does not flush it")
            tables.add(table)
            pages += is_page
    return pages, len(tables)


def hand_off():
    """The address of the short hand-off's CR3 load, and the number of the register with the
    view."""
    shown = subprocess.run([OBJDUMP, "-d", "--disassemble=park_stub", f"{BUILD}/nano.elf"],
                           capture_output=True, text=True).stdout
    found = re.findall(r"^ *([0-9a-f]+):.*\bmov +%(\w+),%cr3", shown, re.M)
    if len(found) != 1:
        raise ValueError("park_stub does not load CR3 in one place")
    return int(found[0][0], 16), REGISTERS.index(found[0][1])


def halves(folder):
    """[(from, to)] of the code of both ends of oneway-64."""
    shown = subprocess.run([OBJDUMP, "-t", f"{test_build(folder)}/small.elf"],
                           capture_output=True, text=True).stdout
    found = re.findall(r"^([0-9a-f]+) .*\t([0-9a-f]{8}) (?:oneway_bench|oneway_peer)$", shown, re.M)
    return [(int(start, 16), int(start, 16) + int(size, 16)) for start, size in found]


def in_one_way(registers, ends):
    """Does one of them hold where a half of oneway-64 goes on?"""
    return any(start <= word < end for word in registers for start, end in ends)


def follow(stub, memory, folder):
    """(pages, tables) of one one-way."""
    (place, view), ends = hand_off(), halves(folder)
    inside, before, seen = 0, None, {}
    for _ in range(STOPS):
        stub.go_to(place)
        registers = stub.registers()
        inside = inside + 1 if in_one_way(registers, ends) else 0
        if inside > WARM + 1:
            seen.setdefault(before, []).append(touched(memory, before))
        if inside > WARM + ONE_WAYS:
            break
        before = registers[view]
        if inside > WARM:
            forget(memory, before)
    if len(seen) != 2:
        raise ValueError("park_stub hands no one-ways of oneway-64 from task to task")
    return min((one for found in seen.values() for one in found), key=sum)


def of_one_way(folder, append):
    """[(name, value, unit)] of oneway-64; what is wrong is a ValueError."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="ringpost-") as place:
        name = os.path.join(place, "memory")
        with Qemu(boot_set(folder, append), icount=True, extra=[
                "-object",
                f"memory-backend-file,id=ram,size={MEM}M,mem-path={option(name)},share=on",
                "-machine", "pc,memory-backend=ram", "-S", "-gdb", f"tcp:127.0.0.1:{port}"]) :
            stub = Stub(port)
            with open(name, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
                pages, tables = follow(stub, memory, folder)
    return [("oneway-pages", pages + tables, "pages"),
            ("oneway-pages-touched", pages, "pages"),
            ("oneway-pages-tables", tables, "pages")]
