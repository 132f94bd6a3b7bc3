# SPDX-License-Identifier: BSD-2-Clause
"""ringpost audit: what the split between the rings rests on, looked at from outside the machine.

The audit that is linked to nano (tests/audit/audit.c) checks the same rules from inside. This one
is written anew, reads physical memory, and shares nothing with it. It begins with the registers of
the CPU (the monitor's `info registers`) and nano's list of tasks, and follows every table. It
cannot check the MSR SYSENTER_CS, which the stub does not show. tests/gdb/audit_test.py plants flaws
that it must find.
"""

import re
import struct

import gdb
import images
import tasks
from machine import (ADDRESS, LARGE, NO_EXECUTE, PAGE, PRESENT, USER, WRITABLE, physical, value,
                     view_memory)

GLOBAL = 0x100
NOISE = 0x60          # accessed, dirty
TABLE, DIRECTORY = 1 << 21, 1 << 30
CR0_WANTED = 1 << 31 | 1 << 16 | 1 << 2   # PG, WP, EM
CR4_PAE, CR4_FORBIDDEN = 1 << 5, 0x183    # VME, PVI, PGE, PCE
EFER_NXE = 1 << 11
IOPL = 0x3000
NAMES = ("RING1_LIMIT RING3_LIMIT PROGRAM_BASE OWN_BASE NAMEPLATE CLOCK OWN_MAILBOX MAILBOX_SHIFT "
         "ROUTER_END ROUTER_STACK WINDOW WINDOW_END GATEHOUSE NANO_BASE GDT_ENTRIES GDT_ROUTER_CS "
         "GDT_APP_CS GDT_TSS GDT_CALL_GATE SEL_NANO_CS SEL_NANO_DS SEL_ROUTER_CS SEL_ROUTER_DS "
         "SEL_TSS VECTORS VECTOR_PARK VECTOR_PAGER").split()


def learn():
    images.learn_constants("nano", "gdt_set_limits", *NAMES)


class Layout:
    """The constants of include/ringpost/layout.h, as debug information has them."""

    def __getattr__(self, name):
        return images.constant("nano", name)


L = Layout()


def cpu():
    """What the CPU holds: {name: value}; a table's register as (base, limit)."""
    said = gdb.execute("monitor info registers", to_string=True)
    found = {name: int(number, 16) for name, number in
             re.findall(r"\b(CR[034]|DR7|EFER|EFL)=([0-9a-f]+)", said)}
    for name in ("GDT", "IDT"):
        base, limit = re.search(rf"^{name}= +([0-9a-f]+) ([0-9a-f]+)", said, re.M).groups()
        found[name] = int(base, 16), int(limit, 16)
    for name in ("LDT", "TR "):
        numbers = re.search(rf"^{name}=(\w+) (\w+)", said, re.M).groups()
        found[name.strip()] = tuple(int(n, 16) for n in numbers)
    return found


class Audit:
    def __init__(self):
        self.violations = []
        self.tables = self.pages = self.views = 0
        self.uses = {}   # physical page: its one place, if it may have only one
        self.regs = cpu()
        self.base = tasks.gatehouse_word("task_base")
        self.nano_view = tasks.gatehouse_word("nano_view_cr3")
        self.shared = self.pointers(self.base)[3] & ADDRESS

    def rule(self, good, where, what):
        if not good:
            place = where if isinstance(where, str) else f"{where:#010x}"
            self.violations.append(f"{place}: {what}")

    def once(self, page, where):
        """A page of memory that may be met in one place only."""
        other = self.uses.setdefault(page, where)
        self.rule(other is where, where, f"the page of memory {page:#x} is also {other}")

    def memory(self, linear, length):
        return view_memory(self.base, linear, length)

    def words(self, linear, count):
        return struct.unpack(f"<{count}I", self.memory(linear, 4 * count))

    def pointers(self, view):
        return struct.unpack("<4Q", physical(view, 32))

    def entries(self, table):
        """[(index, entry)] of what is present in a table or directory."""
        self.tables += 1
        words = struct.unpack("<512Q", physical(table, PAGE))
        return [(i, e) for i, e in enumerate(words) if e & PRESENT]

    # --- descriptors and registers ------------------------------------------------------------

    def gdt(self):
        base, limit = self.regs["GDT"]
        self.rule(limit == 8 * L.GDT_ENTRIES - 1, base, "the GDT is not as long as it should be")
        words = self.words(base, 2 * L.GDT_ENTRIES)
        for i, (low, high) in enumerate(zip(words[::2], words[1::2])):
            at, kind, ring = f"GDT entry {i}", high >> 8 & 0x1F, high >> 13 & 3
            if i in (L.GDT_TSS, L.GDT_CALL_GATE) or high & 0x1000 == 0:
                continue
            end = ((low & 0xFFFF | high & 0xF0000) << 12) + PAGE
            self.rule(high & 0x8000 and kind in (0x13, 0x1B), at,
                      "not a plain, present, accessed segment")
            self.rule(high & 0xE00000 == 0xC00000, at,
                      "a segment of 16 bits, or one that counts bytes")
            self.rule(low >> 16 == 0 and high & 0xFF0000FF == 0, at, "a segment with a base")
            limits = {0: 1 << 32, 1: L.RING1_LIMIT, 3: L.RING3_LIMIT}
            self.rule(ring != 2 and end <= limits.get(ring, 0), at,
                      f"a segment of ring {ring} ends at {end:#x}")
        used = {i for i in range(L.GDT_ENTRIES) if words[2 * i + 1] & 0x1000}
        for i in set(range(L.GDT_ENTRIES)) - used - {L.GDT_TSS, L.GDT_CALL_GATE}:
            self.rule(words[2 * i] == words[2 * i + 1] == 0, f"GDT entry {i}",
                      "something that should not be there")
        low, high = words[2 * L.GDT_CALL_GATE:][:2]
        self.rule(high & 0xFFFF == 0xEC00 and low >> 16 | 3 == L.SEL_ROUTER_CS | 3, "the call gate",
                  "is not one of DPL 3 to ring 1 without parameters")
        self.rule(words[2 * L.GDT_TSS + 1] >> 8 & 0xFF == 0x8B, "the TSS's descriptor",
                  "is not a busy one of DPL 0")

    def idt(self):
        base, limit = self.regs["IDT"]
        text_end = images.symbol("nano", "gate_descriptors")
        self.rule(limit == 8 * L.VECTORS - 1, base, "the IDT is not as long as it should be")
        words = self.words(base, 2 * L.VECTORS)
        for v, (low, high) in enumerate(zip(words[::2], words[1::2])):
            ring = 3 if v in (3, 4, L.VECTOR_PAGER) else 1 if v == L.VECTOR_PARK else 0
            target = high & 0xFFFF0000 | low & 0xFFFF
            right = (high & 0xFFFF == 0x8E00 | ring << 13 and low >> 16 == L.SEL_NANO_CS and
                     L.GATEHOUSE <= target < text_end)
            self.rule(not (low or high) or right, f"vector {v}",
                      "not an interrupt gate into the gatehouse for its ring")

    def registers(self):
        selector, tss = self.regs["TR"]
        self.rule(selector == L.SEL_TSS, "TR", "is not the TSS")
        self.rule(self.regs["LDT"][0] == 0, "LDTR", "is not 0")
        words = self.words(tss, 25)
        self.rule(words[0] & 0xFFFF == 0, "the TSS", "has a back-link")
        self.rule(words[24] & 0xFFFF == 0 and words[6] & 0xFFFF == 0, "the TSS",
                  "has an LDT or an SS2")
        self.rule(words[2] == L.SEL_NANO_DS and words[4] == L.SEL_ROUTER_DS and
                  words[3] == L.ROUTER_STACK + PAGE, "the TSS", "has other stacks")
        self.entry_stack = words[1] - PAGE
        for name, good in (("CR0", self.regs["CR0"] & CR0_WANTED == CR0_WANTED),
                           ("CR4", self.regs["CR4"] & (CR4_FORBIDDEN | CR4_PAE) == CR4_PAE),
                           ("DR7", self.regs["DR7"] == 0x400),
                           ("EFER", self.regs["EFER"] & EFER_NXE),
                           ("EFLAGS", not self.regs["EFL"] & IOPL)):
            self.rule(good, name, "is not what it should be")

    # --- tables -------------------------------------------------------------------------------

    def leaf(self, e, where, user):
        self.pages += 1
        self.rule(not e & GLOBAL, where, "a global page")
        self.rule(not e & WRITABLE or e & NO_EXECUTE, where, "writable and executable")
        self.rule(bool(e & USER) == user, where,
                  "is a user page" if not user else "is not a user page")

    def directory(self, directory, first, user, name):
        """Yields (linear address, table) of each table of a directory."""
        for i, d in self.entries(directory):
            at = first + i * TABLE
            self.rule(not d & (LARGE | GLOBAL), f"{name}, {at:#010x}", "a large or a global page")
            self.rule(bool(d & USER) == user, f"{name}, {at:#010x}", "the wrong ring's table")
            yield at, d & ADDRESS

    def fourth(self):
        """The directory that all task views share."""
        self.once(self.shared, "the shared directory")
        self.window = {}  # linear address: entry
        for at, table in self.directory(self.shared, 3 * DIRECTORY, False, "shared"):
            self.once(table, f"the shared table of {at:#010x}")
            self.rule(at < L.NANO_BASE, at, "nano is in the tasks' views")
            for i, e in self.entries(table):
                where = at + i * PAGE
                self.leaf(e, f"shared, {where:#010x}", False)
                self.rule(e & NO_EXECUTE or where < L.ROUTER_END or L.GATEHOUSE <= where, where,
                          "executable beyond the router")
                if L.GATEHOUSE <= where < L.NANO_BASE:
                    self.rule(bool(e & WRITABLE) == (where == self.entry_stack), where,
                              "of the gatehouse the entry stack is writable, and nothing else")
                elif where < L.WINDOW:
                    self.once(e & ADDRESS, f"shared, {where:#010x}")
                else:
                    self.window[where] = e

    def nano(self):
        """Nano's own view: memory as it is, and itself."""
        view = self.pointers(self.nano_view)
        for i in range(3):
            for n, e in self.entries(view[i] & ADDRESS):
                at = i * DIRECTORY + n * TABLE
                self.rule(e & ~NOISE == at | NO_EXECUTE | LARGE | WRITABLE | PRESENT,
                          f"nano, {at:#010x}", "is not memory as it is")
        for at, table in self.directory(view[3] & ADDRESS, 3 * DIRECTORY, False, "nano"):
            self.once(table, f"nano's table of {at:#010x}")
            self.rule(at in (L.GATEHOUSE, L.NANO_BASE), at, "nano's view has more than nano")
            for i, e in self.entries(table):
                self.leaf(e, f"nano, {at + i * PAGE:#010x}", False)
                self.once(e & ADDRESS, f"nano, {at + i * PAGE:#010x}")

    def own(self, slot, table, name):
        """The mailbox region: every page is in the window, too, and one of the two may write."""
        seen = set()
        for i, e in self.entries(table):
            at = L.OWN_BASE + i * PAGE
            where = f"{name}, {at:#010x}"
            self.leaf(e, where, at != L.NAMEPLATE)
            self.rule(e & NO_EXECUTE, where, "executable")
            if at < L.OWN_MAILBOX:
                self.rule(at in (L.NAMEPLATE, L.CLOCK) and not e & WRITABLE, where,
                          "should not be there, or not be writable")
            else:
                window = L.WINDOW + (slot << L.MAILBOX_SHIFT) + at - L.OWN_MAILBOX
                other = self.window.get(window, 0)
                self.rule(e & ADDRESS == other & ADDRESS, where,
                          "the window has another page there")
                self.rule(not e & other & WRITABLE, where, "two may write it")
            if at != L.CLOCK and e & ADDRESS not in seen:  # a ring's pages stand there twice
                seen.add(e & ADDRESS)
                self.once(e & ADDRESS, where)

    def view(self, slot, record):
        task = value(record, images.structure("nano", "task"))
        if slot == 0:
            name = "idle view"
        else:
            name = f"task {tasks.Task(slot).name}" if int(task["id"]) else f"empty slot {slot}"
        pointers = struct.unpack_from("<4Q", record)
        self.views += slot == 0 or int(task["id"]) != 0
        self.rule(pointers[3] & ~NOISE == self.shared | PRESENT, name,
                  "its fourth directory is not the shared one")
        self.rule(not int(task["saved"]["eflags"]) & IOPL, name, "IOPL in its saved EFLAGS")
        for n, pointer in enumerate(pointers[:3]):
            if not pointer:
                continue
            self.rule(slot and pointer & ~NOISE == pointer & ADDRESS | PRESENT, name,
                      "a directory pointer with more than P, or in the idle view")
            if not pointer & PRESENT:
                continue
            self.once(pointer & ADDRESS, f"{name}, directory {n}")
            for at, table in self.directory(pointer & ADDRESS, n * DIRECTORY, True, name):
                self.rule(at >= L.PROGRAM_BASE, f"{name}, {at:#010x}", "a table below 4 MiB")
                self.once(table, f"{name}, the table of {at:#010x}")
                if at == L.OWN_BASE:
                    self.own(slot, table, name)
                    continue
                for i, e in self.entries(table):
                    self.leaf(e, f"{name}, {at + i * PAGE:#010x}", True)
                    self.once(e & ADDRESS, f"{name}, {at + i * PAGE:#010x}")

    def run(self):
        self.gdt()
        self.idt()
        self.registers()
        self.fourth()
        self.nano()
        records, size = physical(self.base, tasks.slots() * tasks.SPACING), tasks.SPACING
        for slot in range(tasks.slots()):
            self.view(slot, records[slot * size:(slot + 1) * size])
        return self


class AuditCommand(gdb.Command):
    """Checks descriptors, registers and all page tables against the rules of the rings.

    It reads physical memory and believes nano only where the tasks are. It prints a line for each
    violation and counts them in the last line and in $ringpost_violations.

    (gdb) ringpost audit
    6 views, 48 tables, 1210 pages: 0 violations
    """

    def __init__(self):
        super().__init__("ringpost audit", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        audit = Audit().run()
        for violation in audit.violations[:40]:
            print(violation)
        print(f"{audit.views} views, {audit.tables} tables, {audit.pages} pages: "
              f"{len(audit.violations)} violations")
        gdb.set_convenience_variable("ringpost_violations", len(audit.violations))
