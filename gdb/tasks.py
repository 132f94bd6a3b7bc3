# SPDX-License-Identifier: BSD-2-Clause
"""Tasks, as nano and the pager keep them: their ids and names, and which one runs.

Nano's table is an array of `struct task` in physical memory. The first bytes of each are the view's
directory pointers, so CR3 is a task's address. The pager has the names; this reads its table in the
pager's own view.
"""

import gdb
import images
from machine import NotThere, paging, physical, register, text, value, view_memory, view_value

SPACING = None      # bytes from one task to the next in nano's table


def learn():
    """Reads what only debug information knows; once, before there is a machine."""
    global SPACING
    images.learn_constants("nano", "dispatch", "TASK_SHIFT")
    images.learn_constants("nano", "gdt_set_limits", "GDT_ROUTER_DS", "GDT_APP_DS", "RING3_LIMIT")
    images.learn_constants("router", "ledger_find", "HANDLES", "HANDLE_FIRST", "CALL_LENT")
    SPACING = 1 << images.constant("nano", "TASK_SHIFT")
    images.learn_pager()


def gatehouse_word(symbol):
    """A word of nano's that is mapped in every view, once there are views."""
    if not paging():
        raise NotThere("nano has not turned paging on yet")
    try:
        return read_word(images.symbol("nano", symbol))
    except gdb.MemoryError:
        raise NotThere("nano has not made its views yet")


def read_word(address):
    """A word of memory, in the view that is loaded."""
    return int.from_bytes(gdb.selected_inferior().read_memory(address, 4), "little")


class Task:
    """One slot of nano's table."""

    def __init__(self, slot):
        self.slot = slot
        self.view = gatehouse_word("task_base") + slot * SPACING  # also its CR3
        self.nano = value(physical(self.view, SPACING), images.structure("nano", "task"))
        self.id = int(self.nano["id"])

    @property
    def life(self):
        return images.names_of("nano", "life", "LIFE_")[int(self.nano["life"])].lower()

    @property
    def state(self):
        """Its word in the task directory; a free task other than the running one is parked."""
        entry = images.structure("nano", "task_entry")
        at = images.symbol("router", "directory") + self.slot * entry.sizeof
        data = view_memory(gatehouse_word("task_base"), at, entry.sizeof)
        names = images.names_of("nano", "readiness", "READY_")
        state = names[int(value(data, entry)["state"])].lower()
        if current_slot() == self.slot:
            return "running"
        return {"free": "parked", "special": "parked, special"}.get(state, state)

    def _program(self):
        """(name, module) in the pager's words; the pager itself has no line in the manifest."""
        pager_view = find_pager().view
        pointer = view_memory(pager_view, images.symbol("pager", "tasks"), 4)
        table = int.from_bytes(pointer, "little")
        record = images.structure("pager", "task")
        task = view_value(pager_view, table + self.slot * record.sizeof, record)
        program = int(task["program"])
        if int(task["id"]) != self.id or not program:
            return None
        line = view_value(pager_view, program, images.structure("pager", "program"))
        return text(line["name"]), text(line["module"])

    @property
    def name(self):
        return self._names()[0]

    @property
    def module(self):
        return self._names()[1]

    def _names(self):
        if self.slot == 0:
            return "(idle view)", None
        if self.slot == find_pager().slot:
            return "pager", "pager"
        try:
            return self._program() or (f"slot {self.slot}", None)
        except NotThere:
            return f"slot {self.slot}", None

    def part(self, name):
        """Physical address of one of the frames that it is made of (enum task_part)."""
        numbers = {n: i for i, n in images.names_of("nano", "task_part", "PART_").items()}
        frame = int(self.nano["part"][numbers[name]])
        if not frame:
            raise NotThere(f"{self.name} has no part {name}")
        return frame << 12


def slots():
    return gatehouse_word("tasks_made")


def directory_head():
    """The head of the task directory, which every view has."""
    page = images.structure("router", "nano_page")
    return view_value(gatehouse_word("task_base"), images.symbol("router", "nano_page"), page)


def find_pager():
    """The pager's task: the head of the task directory names it."""
    pager = int(directory_head()["pager"])
    if not pager:
        raise NotThere("there is no pager yet")
    return Task(pager & 0xFFFF)


def all_tasks():
    """The task of every slot that has one."""
    return [task for task in map(Task, range(1, slots())) if task.id]


def find(word):
    """The task of that name, slot number or id."""
    for task in all_tasks():
        ids = f"{task.id:#x}", f"{task.id:#010x}", f"{task.id:08x}"
        if word in (task.name, str(task.slot), *ids):
            return task
    raise gdb.GdbError(f"there is no task '{word}'; ringpost tasks lists them")


def named(argument):
    """The task that a command is given, or the current one."""
    if argument.strip():
        return find(argument.strip())
    slot = current_slot() if paging() else None
    if not slot:
        raise gdb.GdbError("no task runs now: name one; ringpost tasks lists them")
    return Task(slot)


def name_of(task_id):
    """A task id in words."""
    if task_id == 0:
        return "nobody"
    for task in all_tasks():
        if task.id == task_id:
            return task.name
    return f"{task_id:#010x}"


def entered_from():
    """The view whose task matters: the loaded one, or the one that nano was entered from."""
    cr3 = register("cr3")
    if cr3 != gatehouse_word("nano_view_cr3"):
        return cr3
    # gatehouse.asm, trap_common: the last view is pushed first on nano's stack.
    return read_word(images.symbol("nano", "nano_stack_top") - 4)


def current_slot():
    """The slot of that view; None before there are tasks. 0: the idle view."""
    try:
        offset = entered_from() - gatehouse_word("task_base")
        return offset // SPACING if 0 <= offset < slots() * SPACING else None
    except (NotThere, gdb.error):
        return None
