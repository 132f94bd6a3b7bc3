# SPDX-License-Identifier: BSD-2-Clause
"""The shell as a person has it: keys go in one by one, and what the terminal then shows is right.

The serial line is drawn on a small terminal of the test's own (Screen), so that "the line is not
torn" is said of what a person sees and not of bytes.
"""

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import BUILD, boot_set
from machine import Qemu
from tap import Tap

TIMEOUT = int(os.environ.get("TIMEOUT", "60"))
PROMPT = "ringpost> "
PROGRAMS = ("spin", "caller", "keys", "chatter")
MANIFEST = """
task spin module=spin priority=16
task caller module=caller priority=8
task silent module=caller priority=8
task keys module=keys priority=8
task chatter module=chatter priority=12
"""
POLICY = "allow keys to console\nallow caller to silent\n"


class Screen:
    """What a terminal of 80 columns shows of some bytes: its lines."""

    def __init__(self, text):
        self.lines, self.column = [[]], 0
        at = 0
        while at < len(text):
            byte = text[at]
            at += 1
            if byte == "\n":
                self.lines.append([])
                self.column = 0
            elif byte == "\r":
                self.column = 0
            elif byte == "\b":
                self.column -= 1
            elif text.startswith("\x1b[K", at - 1):
                at += 2
                del self.lines[-1][self.column:]
            elif byte >= " ":
                line = self.lines[-1]
                line.extend(" " * (self.column + 1 - len(line)))
                line[self.column] = byte
                self.column += 1
                if self.column > 79 and "".join(line).startswith(PROMPT):
                    raise ValueError("the line wraps: " + "".join(line))
        self.shown = ["".join(line).rstrip() for line in self.lines]


class Typist:
    """A person at the shell of a booted machine."""

    def __init__(self, machine):
        self.machine, self.at = machine, 0

    def sees(self, words, seconds=TIMEOUT):
        """Do the words come, after those seen before?"""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.raw().find(words, self.at)
            if found >= 0:
                self.at = found + len(words)
                return True
            if self.machine.process.poll() is not None:
                break
            time.sleep(0.02)
        return False

    def raw(self):
        return self.machine.serial_as_it_came

    def types(self, keys, slowly=False):
        for key in keys if slowly else [keys]:
            self.machine.type(key)
            time.sleep(0.03 if slowly else 0)

    def shows(self):
        return Screen(self.raw()).shown

    def runs(self, command, words):
        """Types a command at the prompt; do the words come, and a prompt after them?"""
        self.types(command + "\r")
        return self.sees(words) and self.sees(PROMPT)


def boot():
    folder = tempfile.mkdtemp(prefix="person-")
    for name, more in (("manifest.txt", MANIFEST), ("policy.txt", POLICY)):
        with open(os.path.join(folder, name), "w") as file:
            # In front: the first line of a policy that fits decides.
            text = open(f"apps/{name}").read()
            file.write(more + text if name == "policy.txt" else text + more)
    return boot_set(folder, "", [f"{p}={BUILD}/guest/person/{p}.elf" for p in PROGRAMS])


def ctrl_c(out, person):
    for what, command, says in (
            ("a spinner as important as the shell", "run spin", "spin: spinning"),
            ("a client of a server that never answers", "spawn silent; run caller", "calling"),
            ("a program that reads the keyboard", "run keys", "who are you"),
            ("sleep", "sleep 100000", "sleep 100000"),
            ("ping", "ping silent 1000", "ping silent 1000")):
        person.types(command + "\r")
        good = person.sees(says)
        time.sleep(0.3)
        person.types("\x03")
        good = good and person.sees("^C") and person.sees(PROMPT, 10)
        out.result(good, f"Ctrl-C ends {what}", "\n".join(person.shows()[-6:]))
    out.result(person.runs("ps", "shell") and "spin" not in person.raw()[-600:].split("ps", 1)[-1],
               "what it ended is gone", "\n".join(person.shows()[-20:]))
    person.types("sleep 5000; ping echo 1\r")
    person.sees("sleep 5000")
    time.sleep(0.3)
    person.types("\x03")
    person.sees(PROMPT)
    out.result("1 good" not in person.raw()[person.at - 60:], "with it ends the whole line")
    person.types("ping ech\x03ps\r")
    out.result(person.sees("^C") and person.sees("registrar") and person.sees(PROMPT),
               "at the prompt it abandons the line")


def jobs(out, person):
    out.result(person.runs("run spin &", "[1] spin, "), "run NAME & comes back at once")
    out.result(person.runs("jobs", "[1] spin"), "jobs lists it")
    person.types("kill spin\r")
    out.result(person.sees("[1] spin: killed") and person.sees(PROMPT), "its end is told")
    out.result(person.runs("run hello &", "exit code 0"), "and so is one that ends by itself")
    out.result(person.runs("run flood 500", "500 messages sent, 500 arrived"),
               "run hands arguments to a program")
    person.types("run keys\r")
    person.sees("who are you?")
    person.types("Ada\r")
    out.result(person.sees("hello, Ada!") and person.sees(PROMPT),
               "a program in the foreground reads the keyboard")


def line(out, person):
    person.types("pi\tec\t1\r")
    out.result(person.sees("1 good") and person.sees(PROMPT), "Tab completes command and task",
               "\n".join(person.shows()[-3:]))
    person.types("run ch\t\r")
    out.result(person.sees("chatter: done") and person.sees(PROMPT),
               "behind run it completes programs")
    person.types("sp\t")
    person.types("ha\x7f\x7f")
    person.types("\x15r\t")
    out.result(person.sees("run  routes") or person.sees("routes  run"), "Tab lists what may come",
               "\n".join(person.shows()[-5:]))
    person.types("\x15ping gr\u00fc\u00dfe\r")
    out.result(person.sees("gr\u00fc\u00dfe: there is nothing of that name"), "UTF-8 is kept",
               "\n".join(person.shows()[-5:]))
    person.sees(PROMPT)
    words = "ping echo 1; " * 12
    person.types(words + "\r")
    good = all(person.sees("1 good") for _ in range(12))
    out.result(good and person.sees(PROMPT), "a line longer than the terminal does what it says",
               "\n".join(person.shows()[-5:]))
    try:
        row = next(s for s in person.shows() if s.startswith(PROMPT + "<"))
        out.result(len(row) <= 80, "it is drawn in one row", row)
    except (ValueError, StopIteration) as error:
        out.result(False, "it is drawn in one row", repr(error))


def torn(out, person):
    person.types("run chatter &\r")
    person.sees("[1] chatter")
    person.sees(PROMPT)
    person.types("ping echo 2 and some more words\x7f\x7f\x7f", slowly=True)
    shown = person.shows()
    out.result(shown[-1] == PROMPT + "ping echo 2 and some more wo", "the line is not torn",
               "\n".join(shown[-12:]))
    person.sees("[1] chatter: exit code 0")
    time.sleep(0.3)
    shown = person.shows()
    out.result(shown[-1] == PROMPT + "ping echo 2 and some more wo" and
               [s for s in shown if s.startswith("chatter:")][-11:] ==
               [f"chatter: {i}" for i in range(10)] + ["chatter: done"],
               "nor is what tasks print", "\n".join(shown[-16:]))
    person.types("\x17" * 4 + "\r")
    out.result(person.sees("2 good"), "and it is still the line that runs",
               "\n".join(person.shows()[-5:]))


def main():
    out = Tap()
    with Qemu(boot()) as machine:
        person = Typist(machine)
        person.sees(PROMPT)
        for part in (ctrl_c, jobs, line, torn):
            part(out, person)
        for command, words in (
                ("kill pager", "nothing runs without it"),
                ("run nosuch", "the manifest has no task of that name"),
                ("ping router", "router: no such operation")):
            out.result(person.runs(command, words), f"{command}: why not")
        out.result(person.runs("help", "Ctrl-C ends what runs"), "help tells the editing keys")
        person.types("no-such\r")
        person.types("off 0\r")
        out.result(machine.wait_end(TIMEOUT) and machine.exit_code() == 0, "and off ends it")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
