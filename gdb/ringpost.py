# SPDX-License-Identifier: BSD-2-Clause
"""GDB for Ringpost: `make gdb`, or `gdb -x gdb/ringpost.py` and a QEMU stub.

    ringpost where            show ring, task, view, and the fences as the tables have them
    ringpost tasks            list all tasks
    ringpost mailbox [TASK]   show a mailbox in words
    ringpost routes [TASK]    list the routes that the router knows
    ringpost bt [TASK]        show a back-trace across the gates; of TASK, wherever it waits
    ringpost break TASK PLACE stop only TASK at PLACE, in its program or in the router
    ringpost catch [TASK]     stop where a task dies of a fault, with its back-trace
    ringpost audit            check descriptors, registers and all page tables against the rules

GDB always has the symbols of nano and router, and those of one program in ring 3: the one whose
view runs (images.py). Every number that belongs to Ringpost comes from debug information.
"""

import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import audit  # noqa: E402
import backtrace  # noqa: E402
import images  # noqa: E402
import mailboxes  # noqa: E402
import tasks  # noqa: E402
from machine import (NO_EXECUTE, PAGE, USER, NotThere, paging, register, ring,  # noqa: E402
                     view_value, walk)


class RingpostCommand(gdb.Command):
    """Commands that know Ringpost: where, tasks, mailbox, routes, bt, break, catch, audit."""

    def __init__(self):
        super().__init__("ringpost", gdb.COMMAND_USER, prefix=True)


class TasksCommand(gdb.Command):
    """Lists all tasks: slot, id, name, state, priority, life, CR3 of the view. '*': this view runs.

    (gdb) ringpost tasks
      slot id         name         state      priority life     view
         1 0x00010001 pager        parked           30 started  0x002ac200
    *    4 0x00010004 echo         running           8 started  0x002ac800
    """

    def __init__(self):
        super().__init__("ringpost tasks", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        print("  slot id         name             state            priority life     view")
        for task in tasks.all_tasks():
            here = "*" if tasks.current_slot() == task.slot else " "
            print(f"{here} {task.slot:>4} {task.id:#010x} {task.name:<16} {task.state:<16} "
                  f"{int(task.nano['priority']):>8} {task.life:<8} {task.view:#010x}")


def fences():
    """The three fences as the tables of the loaded view have them, one line each."""
    cr3 = register("cr3")
    nano = walk(cr3, images.symbol("nano", "trap"))
    if cr3 == tasks.gatehouse_word("nano_view_cr3"):
        yield "page fence: this is nano's own view"
    else:
        yield f"page fence: nano is {'mapped here: it is off' if nano else 'absent from this view'}"
    for owner, index in (("ring 1", "GDT_ROUTER_DS"), ("ring 3", "GDT_APP_DS")):
        at = images.symbol("nano", "gdt") + 8 * images.constant("nano", index)
        low, high = (tasks.read_word(at + i) for i in (0, 4))
        limit = low & 0xFFFF
        if high & 1 << 23:  # in pages
            limit = ((limit | high & 0xF0000) << 12) + PAGE - 1
        yield f"segment fence: {owner} ends at {limit:#010x}"
    router = walk(tasks.gatehouse_word("task_base"), images.symbol("router", "call_entry"))
    if router:
        user = "a user page: it is off" if router[1] & USER else "supervisor"
        yield (f"user bit: the router's text is {user}"
               f"{'' if not router[1] & NO_EXECUTE else ', no-execute'}")


class WhereCommand(gdb.Command):
    """Shows where the machine stands: ring, place, task, view, fences.

    (gdb) ringpost where
    ring 1, router: deliver () at router/deliver.c:120
    task echo (0x00010004), in its view, CR3 0x002ac800
    page fence: nano is absent from this view
    segment fence: ring 1 ends at 0xefffffff
    segment fence: ring 3 ends at 0xbfffffff
    user bit: the router's text is supervisor
    """

    def __init__(self):
        super().__init__("ringpost where", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        frame = gdb.newest_frame()
        sal = frame.find_sal()
        place = f" at {sal.symtab.filename}:{sal.line}" if sal and sal.symtab else ""
        print(f"ring {ring()}, {backtrace.RINGS.get(ring(), '?')}: "
              f"{frame.name() or hex(frame.pc())} (){place}")
        slot = tasks.current_slot() if paging() else None
        if slot is None:
            print("nano has not made its tasks yet")
            return
        task, cr3 = tasks.Task(slot), register("cr3")
        view = "in its view"
        if cr3 == tasks.gatehouse_word("nano_view_cr3"):
            view = "in nano's view, entered from it"
        print(f"task {task.name} ({task.id:#010x}), {view}, CR3 {cr3:#010x}")
        for line in fences():
            print(line)


class TaskBreakpoint(gdb.Breakpoint):
    """Stops only while that task's view is loaded: other programs have other code there."""

    def __init__(self, name, pc):
        super().__init__(f"*{pc:#x}")
        self.whose = name

    def stop(self):
        slot = tasks.current_slot()
        return slot is not None and tasks.Task(slot).name == self.whose


def decoded(place):
    """Where that is, in all images that are loaded; nowhere if there is no such place."""
    try:
        return [sal for sal in gdb.decode_line(place)[1] or () if sal.pc]
    except gdb.error:
        return []


def in_words(sal):
    return f"{sal.symtab.filename}:{sal.line}" if sal.symtab else f"{sal.pc:#x}"


def places(module, place):
    """Where PLACE is in that program, whose symbols are loaded. Nano and the router may have
    functions of the same name: PLACE means theirs only if it names the file."""
    file, _, function = place.rpartition(":")
    found, own = decoded(place), []
    if file and not function.isdigit():  # with its file GDB does not find inlined copies
        own = [sal for sal in decoded(function) if images.in_program(sal.pc) and sal.symtab and
               f"/{sal.symtab.filename}".endswith(f"/{file}")]
    own = own or [sal for sal in found if images.in_program(sal.pc)]
    if own or found and (file or place.startswith("*")):
        return own or found
    if found:
        raise gdb.GdbError(f"{module} has no {place}; there is {found[0].symtab.filename}:{place}")
    raise gdb.GdbError(f"there is no {place}" if file else f"{module} has no {place}")


class BreakCommand(gdb.Command):
    """Sets a breakpoint that only one task hits: ringpost break TASK PLACE

    PLACE is a function, file:function or file:line of the program that TASK runs, which must be in
    the build folder. GDB stops at every copy that the compiler has made of an inline function. With
    its file, PLACE may also be in the router or in nano; then GDB stops when TASK calls get there:

    (gdb) ringpost break echo main
    Breakpoint 1: task echo, apps/echo/main.c:10
    (gdb) ringpost break echo router/call.c:call_gate
    Breakpoint 2: task echo, router/call.c:278

    TASK need not live yet: the manifest says which program it will run.
    """

    def __init__(self):
        super().__init__("ringpost break", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) != 2:
            raise gdb.GdbError("ringpost break TASK PLACE")
        try:
            task = tasks.find(words[0])
            name, module = task.name, task.module
        except (gdb.error, gdb.GdbError):
            name, module = words[0], images.module_of(words[0]) or words[0]
        if not images.path(module):
            raise gdb.GdbError(f"there is no program {module}.elf")
        before = images.program()
        images.load_program(module)
        try:
            found = {sal.pc: in_words(sal) for sal in places(module, words[1])}
            for pc in sorted(found):
                breakpoint = TaskBreakpoint(name, pc)
                print(f"Breakpoint {breakpoint.number}: task {name}, {found[pc]}")
        finally:
            images.load_program(before)


class FaultBreakpoint(gdb.Breakpoint):
    """Stops where the pager ends a task for its fault: what it does about first touch is none. At
    fault_stop's first instruction its arguments lie behind the return address."""

    def __init__(self, whose):
        super().__init__(f"*{images.symbol('pager', 'fault_stop'):#x}")
        self.whose = whose

    def stop(self):
        if tasks.current_slot() != tasks.find_pager().slot:
            return False
        return not self.whose or caught()[0].name == self.whose


def caught():
    """The task that the pager is about to end, and its fault."""
    found = []
    for offset, name in ((4, "task"), (8, "fault")):
        pointer = tasks.read_word(register("esp") + offset)
        found.append(view_value(register("cr3"), pointer, images.structure("pager", name)))
    return tasks.find(f"{int(found[0]['id']):#x}"), found[1]


class CatchCommand(gdb.Command):
    """Stops where a task dies of a fault, with its back-trace: ringpost catch [TASK]

    The machine then stands in the pager, which is about to end the task. Page faults of first
    touch, which the pager answers with a page, are passed over.

    (gdb) ringpost catch
    Breakpoint 1: a fault of any task
    (gdb) continue
    oops died: vector 14, error 0x6, address 0x00000010, at 0x0040002a
        -- interrupted, in ring 3
    #0  oops    spoil () at apps/oops/main.c:3
    #1  oops    main () at apps/oops/main.c:8
    """

    def __init__(self):
        super().__init__("ringpost catch", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, argument, from_tty):
        breakpoint = FaultBreakpoint(argument.strip())
        breakpoint.silent = True
        breakpoint.commands = "ringpost caught"
        print(f"Breakpoint {breakpoint.number}: a fault of {argument.strip() or 'any task'}")


class CaughtCommand(gdb.Command):
    """Shows the fault at which `ringpost catch` has stopped, again."""

    def __init__(self):
        super().__init__("ringpost caught", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        if tasks.current_slot() != tasks.find_pager().slot or \
                register("eip") != images.symbol("pager", "fault_stop"):
            raise gdb.GdbError("the pager is not about to end a task: ringpost catch")
        task, fault = caught()
        words = {name: int(fault[name]) for name in ("vector", "error", "address", "eip")}
        print(f"{task.name} died: vector {words['vector']}, error {words['error']:#x}, "
              f"address {words['address']:#010x}, at {words['eip']:#010x}")
        backtrace.of_task(task)


def choose_program():
    """Loads the program of the view that runs now. GDB calls this at each stop, before it shows
    where."""
    try:
        slot = tasks.current_slot() if paging() else None
        images.load_program(tasks.Task(slot).module if slot else None)
    except (NotThere, gdb.error):
        images.load_program(None)


def start():
    for setting in ("pagination off", "confirm off", "stack-cache off", "code-cache off",
                    "architecture i386", "print thread-events off"):
        gdb.execute(f"set {setting}", to_string=True)
    images.load_inner_rings()
    tasks.learn()
    audit.learn()
    RingpostCommand()
    for command in (TasksCommand, WhereCommand, BreakCommand, CatchCommand, CaughtCommand,
                    mailboxes.MailboxCommand, mailboxes.RoutesCommand,
                    backtrace.BacktraceCommand, audit.AuditCommand):
        command()
    gdb.execute("define hook-stop\npython choose_program()\nend")


start()
