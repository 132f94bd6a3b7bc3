# SPDX-License-Identifier: BSD-2-Clause
"""Run inside GDB by audit_test.py: `ringpost audit` on the machine as it is, then with one flaw at
a time.

A flaw is a word of physical memory, or a register, changed by XOR, and changed back after the
audit. Prints TAP lines; the audit must name the flaw in words that fit.
"""

import re
import struct

import gdb
import audit
import images
import tasks
from machine import ADDRESS, NO_EXECUTE, PAGE, USER, WRITABLE, physical, register, walk

L = audit.L
count = 0


def result(good, name, detail=""):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for line in [] if good else str(detail).split("\n"):
        print(f"# {line}")


def flip(at, bits, size=8):
    """Change physical memory."""
    old = int.from_bytes(physical(at, size), "little")
    stub = gdb.selected_inferior().connection
    stub.send_packet("Qqemu.PhyMemMode:1")
    gdb.selected_inferior().write_memory(at, (old ^ bits).to_bytes(size, "little"))
    stub.send_packet("Qqemu.PhyMemMode:0")


def entries(view, linear):
    """Physical addresses of the directory's and the table's entry of a linear address."""
    pointer, = struct.unpack("<Q", physical(view + (linear >> 30) * 8, 8))
    directory = (pointer & ADDRESS) + (linear >> 21 & 511) * 8
    table, = struct.unpack("<Q", physical(directory, 8))
    return directory, (table & ADDRESS) + (linear >> 12 & 511) * 8


def content(at):
    return struct.unpack("<Q", physical(at, 8))[0]


def must_see(name, at, bits, words, size=8):
    flip(at, bits, size)
    try:
        found = audit.Audit().run().violations
    finally:
        flip(at, bits, size)
    result(any(re.search(words, v) for v in found), f"GDB's audit sees {name}",
           f"expected '{words}' among {found[:5]}")


def register_must_be_seen(name, bits, words):
    old = register(name)
    gdb.execute(f"set ${name} = {old ^ bits:#x}")
    try:
        found = audit.Audit().run().violations
    finally:
        gdb.execute(f"set ${name} = {old:#x}")
    result(any(re.search(words, v) for v in found), f"GDB's audit sees {name} ^ {bits:#x}",
           found[:5])


def main():
    task = tasks.find("echo")
    view, nano_view = task.view, tasks.gatehouse_word("nano_view_cr3")
    regs = audit.cpu()

    def linear(address):
        return walk(view, address)[0]

    gdt, idt, tss = (linear(regs[n][0] if n != "TR" else regs[n][1]) for n in ("GDT", "IDT", "TR"))

    def descriptor(name):
        return gdt + 8 * images.constant("nano", name)

    clean = audit.Audit().run()
    result(not clean.violations and clean.pages > 500 and clean.views > 5,
           f"GDB's audit finds nothing in {clean.views} views, {clean.tables} tables, "
           f"{clean.pages} pages",
           "\n".join(clean.violations[:10]))

    must_see("ring 1's data segment reaching nano", descriptor("GDT_ROUTER_DS"), 0x10000 << 32,
             "ring 1 ends at")
    must_see("ring 3's data segment reaching the router", descriptor("GDT_APP_DS"), 0x40000 << 32,
             "ring 3 ends at")
    must_see("an accessed bit of 0", descriptor("GDT_APP_CS"), 0x100 << 32, "accessed segment")
    must_see("a conforming segment", descriptor("GDT_ROUTER_CS"), 0x400 << 32, "not a plain")
    must_see("a 16-bit segment", descriptor("GDT_APP_CS"), 0x400000 << 32, "16 bits")
    must_see("a segment with a base", descriptor("GDT_ROUTER_CS"), 0x10000, "with a base")
    must_see("a null descriptor that is not null", gdt, 1, "should not be there")
    must_see("a call gate with a parameter", descriptor("GDT_CALL_GATE"), 1 << 32, "call gate")
    must_see("a call gate to nano", descriptor("GDT_CALL_GATE"),
             (L.SEL_ROUTER_CS ^ L.SEL_NANO_CS) << 16, "call gate")
    must_see("a TSS of DPL 3", descriptor("GDT_TSS"), 0x6000 << 32, "TSS's descriptor")
    must_see("int 8 for ring 3", idt + 64, 0x6000 << 32, "vector 8")
    must_see("the router's gate for ring 3", idt + 8 * L.VECTOR_PARK, 0x4000 << 32, "vector 48")
    must_see("a trap gate", idt + 112, 0x100 << 32, "vector 14")
    must_see("a back-link", tss, L.SEL_TSS, "back-link", 4)
    must_see("another stack for ring 1", tss + 12, 0x10000000, "other stacks", 4)
    must_see("an SS2", tss + 24, L.SEL_NANO_DS, "SS2", 4)

    must_see("a directory pointer with more than P", view, WRITABLE, "more than P")
    must_see("another fourth directory", view + 24, PAGE, "not the shared one")
    saved = images.structure("nano", "task")["saved"].bitpos // 8
    saved += images.structure("nano", "frame")["eflags"].bitpos // 8
    must_see("IOPL in a saved frame", view + saved, 0x3000, "IOPL", 4)

    text_directory, text = entries(view, L.PROGRAM_BASE)
    must_see("a task's text writable", text, WRITABLE, "writable and executable")
    must_see("a frame mapped twice", text,
             (content(text) ^ content(entries(tasks.find("console").view,
                                              L.PROGRAM_BASE)[1])) & ADDRESS,
             "is also task (echo|console)")
    must_see("nano's text mapped for a task", text,
             (content(text) ^ walk(nano_view, L.NANO_BASE)[0]) & ADDRESS, "is also nano")
    must_see("a page table mapped for a task", text,
             (content(text) ^ content(text_directory)) & ADDRESS, "is also task echo, the table")
    must_see("a large page for a task", text_directory, 0x80, "large or a global")
    must_see("a task's table for ring 1 only", text_directory, USER, "wrong ring")
    must_see("a table below 4 MiB", entries(view, 0)[0], content(text_directory), "below 4 MiB")
    must_see("an in header that its task may write", entries(view, L.OWN_MAILBOX + PAGE)[1],
             WRITABLE, "two may write")
    must_see("a nameplate for users", entries(view, L.NAMEPLATE)[1], USER, "is a user page")
    must_see("a clock that can be written", entries(view, L.CLOCK)[1], WRITABLE, "not be writable")

    must_see("nano in the tasks' views", entries(view, L.NANO_BASE)[0],
             content(entries(nano_view, L.NANO_BASE)[0]), "nano is in the tasks")
    stack_page = entries(view, L.ROUTER_STACK)[1]
    must_see("the router's stack for users", stack_page, USER, "is a user page")
    must_see("the router's stack executable", stack_page, NO_EXECUTE, "writable and executable")
    must_see("a global page", stack_page, audit.GLOBAL, "a global page")
    must_see("the GDT writable", entries(view, regs["GDT"][0])[1], WRITABLE, "of the gatehouse")
    must_see("an entry stack that is read-only",
             entries(view, images.symbol("nano", "gate_stack"))[1], WRITABLE, "of the gatehouse")
    must_see("nano's text writable", entries(nano_view, L.NANO_BASE)[1], WRITABLE,
             "nano, .*writable and executable")
    must_see("nano's memory for users", entries(nano_view, 0x80000000)[0], USER,
             "not memory as it is")

    register_must_be_seen("cr0", 1 << 16, "CR0")
    register_must_be_seen("cr4", 0x80, "CR4")
    register_must_be_seen("eflags", 0x3000, "EFLAGS")
    after = audit.Audit().run()
    result(not after.violations, "and nothing again, with every flaw taken back",
           after.violations[:5])
    print(f"1..{count}")


main()
