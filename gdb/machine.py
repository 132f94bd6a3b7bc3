# SPDX-License-Identifier: BSD-2-Clause
"""The machine under GDB: physical memory, page tables, and what lies behind them.

QEMU's stub reads memory through the tables that CR3 names. Most of what the commands want is
elsewhere: another task's mailbox, an application's stack while nano runs in its own view. So this
walks the tables itself, in physical memory (QEMU's PhyMemMode). The only constants are the CPU's:
SDM vol. 3, 4.4, PAE paging.
"""

import struct

import gdb

PRESENT, WRITABLE, USER, LARGE = 1, 2, 4, 0x80
NO_EXECUTE = 1 << 63
ADDRESS = 0x000FFFFFFFFFF000
PAGE = 4096
CR0_PG = 1 << 31


class NotThere(gdb.GdbError):
    """What was asked for does not exist (yet)."""


def physical(address, length):
    """Bytes of physical memory."""
    stub = gdb.selected_inferior().connection
    stub.send_packet("Qqemu.PhyMemMode:1")
    try:
        return bytes(gdb.selected_inferior().read_memory(address, length))
    except gdb.MemoryError:
        raise NotThere(f"there is no memory at physical {address:#x}")
    finally:
        stub.send_packet("Qqemu.PhyMemMode:0")


def register(name):
    """A register of the innermost frame, as an unsigned number."""
    frame = gdb.newest_frame()
    return int(frame.read_register(name)) & 0xFFFFFFFF


def paging():
    return bool(register("cr0") & CR0_PG)


def ring():
    return register("cs") & 3


def walk(cr3, linear):
    """(physical address, flags) of a linear address in the view with that CR3, or None.

    Flags: a right is there only if every level gives it.
    """
    rights, no_execute = WRITABLE | USER, 0
    table = cr3 & ~0x1F
    for shift, bits in ((30, 2), (21, 9), (12, 9)):
        index = linear >> shift & (1 << bits) - 1
        entry, = struct.unpack("<Q", physical(table + index * 8, 8))
        if not entry & PRESENT:
            return None
        if shift != 30:  # a directory pointer has no rights
            rights &= entry
            no_execute |= entry & NO_EXECUTE
        table = entry & ADDRESS
        if shift == 21 and entry & LARGE:
            return (table & ~0x1FFFFF) + (linear & 0x1FFFFF), rights | no_execute
    return table + (linear & PAGE - 1), rights | no_execute


def view_memory(cr3, linear, length):
    """Bytes at a linear address, as the view with that CR3 has them."""
    data = b""
    while length > 0:
        part = min(length, PAGE - linear % PAGE)
        found = walk(cr3, linear)
        if not found:
            raise NotThere(f"nothing is mapped at {linear:#x} in that view")
        data += physical(found[0], part)
        linear, length = linear + part, length - part
    return data


def value(data, kind):
    """A GDB value of that type out of bytes."""
    return gdb.Value(data[:kind.sizeof], kind)


def view_value(cr3, linear, kind):
    return value(view_memory(cr3, linear, kind.sizeof), kind)


def text(array):
    """A NUL-terminated char array."""
    data = bytes(int(array[i]) & 0xFF for i in range(array.type.range()[1] + 1))
    return data.split(b"\0")[0].decode("latin-1")
