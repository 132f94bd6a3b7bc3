# SPDX-License-Identifier: BSD-2-Clause
"""`ringpost bt`: a back-trace that crosses the gates, from wherever the machine stands outwards.

    ring 0  nano on its own stack, in its own view. trap_common (nano/gatehouse.asm) left the
            view that it came from on nano's stack, and the interrupted registers, a
            `struct frame`, on the entry stack.
    ring 1  the router, entered by the call gate: the CPU pushed the caller's SS, ESP, CS, EIP
            on the router's stack, and call_entry (router/entry.asm) has nothing above them.
    ring 3  the application, to its _start.

GDB finds the frames within a ring by itself, by DWARF. To go on in another ring this puts that
ring's registers in place (and CR3 where it has another view), and puts all back at the end. It
writes registers by packets to the stub, because `set $eip` needs the frame that the registers stand
for, and while half of them are written they may stand for none.
"""

import re

import gdb
import images
import tasks
from machine import NotThere, physical, register, ring, value, view_memory

REGISTERS = ("eip", "esp", "ebp", "ebx", "esi", "edi", "eax", "ecx", "edx", "cr3")
INT = 0xCD  # the opcode of INT, before the vector
RINGS = {0: "nano", 1: "router", 3: "app"}
# Frames beyond which there is another ring, or nothing.
NANO_ENTRY = ("trap_common", "boot_start", "main")
ROUTER_ENTRY = ("call_entry", "call_return", "upcall_entry", "upcall")
APP_ENTRY = ("_start",)


def numbers():
    """{name: its number in packets}, as the stub has described them."""
    said = gdb.execute("maintenance print remote-registers", to_string=True)
    rows = re.findall(r"^ (\w+)(?: +\S+){5} +(\d+) +\d+ *$", said, re.M)
    return {name: int(number) for name, number in rows}


def put(registers):
    """Writes all of them, even if the stub refuses one."""
    packets, refused = numbers(), []
    for name, number in registers.items():
        packet = f"P{packets[name]:x}={number.to_bytes(4, 'little').hex()}"
        if gdb.selected_inferior().connection.send_packet(packet) != b"OK":
            refused.append(name)
    gdb.execute("maintenance flush register-cache", to_string=True)
    if refused:
        raise gdb.GdbError(f"QEMU does not take {' '.join(refused)}: "
                           "the machine is not where it was")


class Walk:
    """Prints frames, numbering them through all rings."""

    def __init__(self):
        self.level = 0

    def line(self, where, what):
        print(f"#{self.level:<3}{where:<7} {what}")
        self.level += 1

    def gate(self, text):
        print(f"    -- {text}")

    def ring(self, where, ends):
        """Print the frames of one ring, up to one of the functions `ends`; its last frame."""
        frame = gdb.newest_frame()
        while True:
            name, sal = frame.name() or f"{frame.pc():#010x}", frame.find_sal()
            place = f" at {sal.symtab.filename}:{sal.line}" if sal and sal.symtab else ""
            self.line(where, f"{name} (){place}")
            if name in ends or self.level > 100:
                return frame
            older = frame.older()
            if older is None or not older.is_valid() or older.pc() == 0:
                return frame
            frame = older


def frame_words(address, count):
    memory = bytes(gdb.selected_inferior().read_memory(address, 4 * count))
    return [int.from_bytes(memory[i:i + 4], "little") for i in range(0, 4 * count, 4)]


def interrupted(frame_address):
    """The registers that a trap found, from the `struct frame` at that address, and its vector."""
    kind = images.structure("nano", "frame")
    trap = value(bytes(gdb.selected_inferior().read_memory(frame_address, kind.sizeof)), kind)
    names = ("eip", "ebp", "ebx", "esi", "edi", "eax", "ecx", "edx")
    found = {name: int(trap[name]) for name in names}
    found["esp"] = int(trap["esp"])
    return found, int(trap["cs"]) & 3, int(trap["vector"])


def code_before(pc):
    """The two bytes before an address; none if they cannot be read."""
    try:
        return bytes(gdb.selected_inferior().read_memory(pc - 2, 2))
    except gdb.MemoryError:
        return b""


def from_nano(walk):
    """Ring 0's frames; then the ring that was interrupted: its number, or None."""
    view = register("cr3")
    if view != tasks.gatehouse_word("nano_view_cr3"):
        # Still (or again) in the gatehouse, in a view of a task: the CPU's part of the frame
        # is at the top of the entry stack, and the other registers are as they were.
        walk.line("nano", gdb.newest_frame().name() or "the gatehouse")
        eip, cs, _, esp, _ = frame_words(images.symbol("nano", "entry_stack_top") - 20, 5)
        walk.gate("on the way through the gatehouse")
        put({"eip": eip, "esp": esp})
        return cs & 3
    last = walk.ring("nano", NANO_ENTRY)
    if last.name() != "trap_common":
        return None
    came_from, trap = frame_words(images.symbol("nano", "nano_stack_top") - 8, 2)[::-1]
    if came_from == view:
        walk.gate("nano itself trapped")
        return None
    registers, cs, vector = interrupted(trap)
    walk.gate(f"vector {vector}, from ring {cs}")
    put({**registers, "cr3": came_from})
    # After INT the CPU pushes the next instruction, which may be another function's.
    if code_before(registers["eip"]) == bytes((INT, vector)):
        put({"eip": registers["eip"] - 2})
    return cs


def ebp_of_caller():
    """{"ebp": its value at the call}: the router overwrites it, libpost keeps it (post_gate.h)."""
    if not images.program():
        return {}
    try:
        return {"ebp": tasks.read_word(images.symbol(images.program(), "post_ebp"))}
    except (gdb.error, gdb.GdbError):  # it has no libpost
        return {}


def from_router(walk):
    """Ring 1's frames; then ring 3's registers, if a task called."""
    last = walk.ring("router", ROUTER_ENTRY)
    if last.name() not in ("call_entry", "call_return"):
        if tasks.current_slot() == 0:
            walk.gate("an upcall by nano, in the idle view")
        return None
    esp = int(last.read_register("esp")) & 0xFFFFFFFF
    top = (esp | 0xFFF) + 1  # the stack is one page, and the gate starts at its top
    eip, cs, caller_esp, _ = frame_words(top - 16, 4)
    walk.gate("the call gate")
    put({**ebp_of_caller(), "eip": eip, "esp": caller_esp})
    return cs & 3


def where_it_goes_on(task, walk):
    """(registers, ring) of a task that does not run: those that an interrupt or its own fault left
    with nano, or its restart point, if it is parked."""
    if int(task.nano["interrupted"]):
        saved = task.nano["saved"]
        names = ("eip", "esp", "ebp", "ebx", "esi", "edi", "eax", "ecx", "edx")
        here = int(saved["cs"]) & 3
        walk.gate(f"interrupted, in ring {here}")
        return {name: int(saved[name]) for name in names}, here
    header = images.structure("router", "out_header")
    out = value(physical(task.part("OUT_HEADER"), header.sizeof), header)
    ebp = view_memory(task.view, images.symbol(task.module, "post_ebp"), 4)
    walk.gate("parked: it goes on here")
    return {"eip": int(out["restart_eip"]), "esp": int(out["restart_esp"]),
            "ebp": int.from_bytes(ebp, "little")}, 3


def of_task(task):
    """A back-trace of a task that does not run, with its view in place meanwhile."""
    walk, before = Walk(), images.program()
    saved = {name: register(name) for name in REGISTERS}
    try:
        registers, here = where_it_goes_on(task, walk)
        images.load_program(task.module)
        put({**registers, "cr3": task.view})
        if here == 1:
            here = from_router(walk)
        if here == 3:
            walk.ring(task.name, APP_ENTRY)
    except (NotThere, gdb.error) as error:
        walk.gate(f"it cannot be followed further: {error}")
    finally:
        put(saved)
        images.load_program(before)


class BacktraceCommand(gdb.Command):
    """A back-trace across the gates: nano, router, application. With a task's name, slot or id:
    from where that one waits, or was interrupted.

    (gdb) ringpost bt
    #0  nano    dispatch () at nano/dispatch.c:48
    #1  nano    trap () at nano/trap.c:90
    #2  nano    trap_common () at nano/gatehouse.asm:54
        -- vector 48, from ring 1
    #3  router  park () at router/park.h:17
    #4  router  call_gate () at router/call.c:86
    #5  router  call_entry () at router/entry.asm:40
        -- the call gate
    #6  shell   post_next () at apps/libpost/post_receive.h:44
    ...
    """

    def __init__(self):
        super().__init__("ringpost bt", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        if argument.strip() and tasks.find(argument.strip()).slot != tasks.current_slot():
            of_task(tasks.find(argument.strip()))
            return
        gdb.newest_frame().select()
        saved = {name: register(name) for name in REGISTERS}
        walk, here = Walk(), ring()
        try:
            if here == 0:
                here = from_nano(walk)
            if here == 1:
                here = from_router(walk)
            if here == 3:
                walk.ring(tasks.Task(tasks.current_slot()).name, APP_ENTRY)
        except (NotThere, gdb.error) as error:
            walk.gate(f"it cannot be followed further: {error}")
        finally:
            put(saved)
