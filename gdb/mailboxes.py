# SPDX-License-Identifier: BSD-2-Clause
"""Mailboxes and routes in words.

    ringpost mailbox [TASK]    indices, what is held, open calls, every unread or unposted line
    ringpost routes [TASK]     what the router's cache knows of the task's routes
"""

import gdb
import images
import tasks
from machine import physical, value, view_memory


def part(task, name, kind):
    return value(physical(task.part(name), kind.sizeof), kind)


class Mailbox:
    """The parts of a mailbox, read from the frames that the task was given for it."""

    def __init__(self, task):
        self.out = part(task, "OUT_HEADER", images.structure("router", "out_header"))
        self.into = part(task, "IN_HEADER", images.structure("router", "in_header"))
        self.outbox = self._ring(task, "OUTBOX", int(task.nano["out_lines"]))
        self.inbox = self._ring(task, "INBOX", int(task.nano["in_lines"]))

    @staticmethod
    def _ring(task, name, lines):
        """A ring as a list of lines; a page holds 64."""
        kind = images.structure("router", "line")
        data = b""
        for number in (0, 1):
            if len(data) < lines * kind.sizeof:
                data += physical(task.part(f"{name}{number}"), 64 * kind.sizeof)
        return [value(data[i * kind.sizeof:], kind) for i in range(lines)]


def line_in_words(line, peer):
    """One line (of text) for a line (of a ring)."""
    flags = images.flags_in_words("router", "message_flag", "FLAG_", int(line["flags"]))
    words = " ".join(f"{int(line['w'][i]):x}" for i in range(6))
    return (f"{peer}, tag {int(line['tag'])}, {int(line['lines'])} line(s)"
            f"{', ' + flags if flags else ''}, badge {int(line['badge']):#x}, "
            f"cookie {int(line['cookie']):#x}, w {words} ...")


def receiver(line):
    """The receiver of an outbox entry: a reply names its caller, any other entry a handle."""
    flags = images.flags_in_words("router", "message_flag", "FLAG_", int(line["flags"]))
    if "REPLY" in flags.split():
        return f"to {tasks.name_of(int(line['peer']))}"
    return f"to handle {int(line['peer'])}"


def entries(ring, first, end):
    """(index, line) of each entry from `first` to `end`; no more than the ring holds."""
    index = first
    while index != end and (end - first) % 2**32 <= len(ring):
        line = ring[index % len(ring)]
        yield index, line
        index = (index + max(1, int(line["lines"]))) % 2**32


class MailboxCommand(gdb.Command):
    """Shows the mailbox of a task, or of the current one: indices, what is held, open calls, lines.

    (gdb) ringpost mailbox echo
    echo: outbox 4..4 of 64, inbox 5..5 of 64, reserved 0, signals pending: 0
      held: OK
      counters: calls 6 sent 4 received 5 lines 5 full 0 refused 0 notified 0 parked 6
    """

    def __init__(self):
        super().__init__("ringpost mailbox", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        task = tasks.named(argument)
        box = Mailbox(task)
        out, into, held = box.out, box.into, box.into["held"]
        print(f"{task.name}: "
              f"outbox {int(into['out_head'])}..{int(out['out_tail'])} of {len(box.outbox)}, "
              f"inbox {int(out['in_head'])}..{int(into['in_tail'])} of {len(box.inbox)}, "
              f"reserved {int(into['reserved'])}, "
              f"signals pending: {int(into['signals']) ^ int(out['seen']):x}")
        reason = images.names_of("router", "status", "STATUS_")[int(held["reason"])]
        where = ""
        if reason != "OK":
            where = f" at {int(held['index'])}, for {tasks.name_of(int(held['peer']))}"
        print(f"  held: {reason}{where}")
        # Three are told by how far an index has run.
        index = {"sent": "out_head", "received": "in_tail", "lines": "in_tail"}
        counters = {f.name: int(into["counters"][f.name]) for f in into["counters"].type.fields()}
        for name, index_name in index.items():
            counters[name] = (int(into[index_name]) - counters[name]) % 2**32
        print("  counters: " + " ".join(f"{name} {n}" for name, n in counters.items()))
        for index in range(into["ledger"].type.range()[1] + 1):
            call = into["ledger"][index]
            if int(call["server"]):
                room, lent = int(call["room"]), images.constant("router", "CALL_LENT")
                print(f"  call open: at {int(call['index'])}, "
                      f"server {tasks.name_of(int(call['server']))}, "
                      f"cookie {int(call['cookie']):#x}, {room & ~lent} line(s) reserved"
                      + (", frames lent" if room & lent else ""))
        for index, line in entries(box.inbox, int(out["in_head"]), int(into["in_tail"])):
            sender = "from " + tasks.name_of(int(line["peer"]))
            print(f"  inbox {index}: {line_in_words(line, sender)}")
        for index, line in entries(box.outbox, int(into["out_head"]), int(out["out_tail"])):
            print(f"  outbox {index}: {line_in_words(line, receiver(line))}")


class RoutesCommand(gdb.Command):
    """Shows the routes of a task, or of the current task, that are in the router's cache.

    A route gets into the cache when the task first uses it.

    (gdb) ringpost routes shell
    shell: handle 5 -> echo, badge 0x0, SEND CALL NOTIFY, tags 0-65535
    shell: handle 4 -> console, badge 0x0, SEND CALL NOTIFY, tags 0-65535
    """

    def __init__(self):
        super().__init__("ringpost routes", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        task = tasks.named(argument)
        view = tasks.gatehouse_word("task_base")  # slot 0's: it has the shared directory
        kind = images.structure("router", "route")
        rows = images.constant("router", "HANDLES")
        size = rows * kind.sizeof
        data = view_memory(view, images.symbol("router", "route_cache") + task.slot * size, size)
        used = 0
        incarnation = int(tasks.directory_head()["incarnation"]) & 0xFFFF
        for handle in range(images.constant("router", "HANDLE_FIRST"), rows):
            route = value(data[handle * kind.sizeof:], kind)
            if not int(route["dest"]) or int(route["incarnation"]) != incarnation:
                continue
            used += 1
            dest = int(route["dest"])
            whom = "router" if dest & 0xFFFF == 0 else tasks.name_of(dest)
            rights = images.flags_in_words("router", "right", "RIGHT_", int(route["rights"]))
            print(f"{task.name}: handle {handle} -> {whom}, badge {int(route['badge']):#x}, "
                  f"{rights}, tags {int(route['first_tag'])}-{int(route['last_tag'])}")
        if not used:
            print(f"{task.name}: no route of its own is in the router's cache")
