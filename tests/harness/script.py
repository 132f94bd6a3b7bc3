# SPDX-License-Identifier: BSD-2-Clause
"""`make run SCRIPT=...`: types a script at the shell's prompts, shows what is said as it comes, and
says what came of it.

    SCRIPT='ps; run keys; type "Ada\\n"; expect "hello, Ada"; off'

A command is typed when the prompt is there. `type "text"` types at once, for a program that reads
the keyboard; `expect "text"` waits until the machine says it. In both \\n, \\t, \\xNN, \\" and \\\\
are what they are in C.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

from boot_set import BUILD
from guest_test import last_lines
from places import Places, dead

PROMPT = "ringpost> "
# One that is drawn again, after what tasks have printed, is no new one.
NEW_PROMPT = r"(?<!\x1b\[K)" + PROMPT
WORD = re.compile(r'(type|expect)\s+"((?:[^"\\]|\\.)*)"\s*$', re.S)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "e": "\x1b"}
TICK = 0.05  # seconds
TIMEOUT = int(os.environ.get("TIMEOUT", "60"))


def unescaped(text):
    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", lambda m: chr(int(m.group(1)[1:], 16))
                  if len(m.group(1)) == 3 else ESCAPES.get(m.group(1), m.group(1)), text)


def steps_of(script):
    """[(command | type | expect, its text)], cut at semicolons outside of quotes."""
    steps = []
    for part in re.findall(r'(?:[^;"]|"(?:[^"\\]|\\.)*"|")+', script):
        word = WORD.match(part.strip())
        if word:
            steps.append((word.group(1), unescaped(word.group(2))))
        elif re.match(r"(type|expect)\b", part.strip()):
            sys.exit(f"SCRIPT: {part.strip()}: what is to be "
                     f"{part.split()[0]}d stands in \"quotes\"")
        elif part.strip():
            steps.append(("command", part.strip()))
    return steps


def commands_of(script):
    return [text for kind, text in steps_of(script) if kind == "command"]


def run_steps(machine, steps, seconds):
    """Does one step after the other; what could not be done within that time, or None."""
    at = 0
    for kind, text in steps:
        if kind == "type":
            machine.type(text)
            continue
        wanted = NEW_PROMPT if kind == "command" else re.escape(text)
        found = machine.wait_for(wanted, seconds, at)
        if not found:
            return f"the prompt for '{text}'" if kind == "command" else f"'{text}'"
        at = found.end()
        if kind == "command":
            machine.type(text + "\n")
    return None


class Speaker:
    """Shows both lines of a machine as they come, whole lines, with the places of faults."""

    def __init__(self, machine):
        self.machine, self.places = machine, Places(machine.boot)
        self.shown = {"serial": 0, "debug": 0}
        self.deaths = []  # (task, line)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.ended.wait(TICK):
            self.speak()

    def speak(self, all_of_it=False):
        for way, text, where in (("debug", self.machine.debug(), sys.stderr),
                                 ("serial", self.machine.serial, sys.stdout)):
            text = text[self.shown[way]:]
            if not all_of_it:
                text = text[:text.rfind("\n") + 1]
            self.shown[way] += len(text)
            for line in text.split("\n")[:None if all_of_it and text[-1:] != "\n" else -1]:
                self.say(line, way, where)

    def say(self, line, way, where):
        line = re.sub(r"\x1b\[K", "", line)
        place = self.places.of(line)
        print(line + (f"\n    in {place}" if place else ""), file=where, flush=True)
        if way == "debug":  # of what ends in the foreground the shell tells, and counts it
            task = dead(line) or ("the router" if line.startswith("nano: the router ") and
                                  re.search(r" (died|hangs) at ", line) else None)
            if task:
                self.deaths.append((task, line))

    def end(self):
        self.ended.set()
        self.thread.join()
        self.speak(all_of_it=True)


def who_runs(machine):
    """What the CPU does, for somebody who waits in vain: GDB says it in words, if it is there."""
    if not shutil.which("gdb"):
        return "(GDB would say which task it is: apt-get install gdb)"
    try:
        place = machine.gdb_port()
        said = subprocess.run(
            ["gdb", "-q", "-nx", "-batch", "-x", "gdb/ringpost.py", "-ex",
             f"target remote {place}", "-ex", "ringpost where", "-ex", "detach"],
            capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL).stdout
    except (OSError, subprocess.TimeoutExpired, AttributeError) as error:
        return f"(GDB cannot say which task it is: {error})"
    lines = [line for line in said.split("\n") if re.match(r"ring \d|task ", line)]
    return "it runs: " + "; ".join(lines) if lines else ""


def ended_how(machine):
    """How the emulator ended, if not by what the guest said."""
    code = machine.process.poll()
    if code is not None and code < 0:
        return f"the emulator was killed ({signal.Signals(-code).name})"
    return "the machine ended"


def type_script(machine, script, seconds=TIMEOUT):
    """Do what the script says; what went wrong, or None."""
    steps = steps_of(script)
    if not steps or steps[-1][0] != "command" or steps[-1][1].split()[0] != "off":
        steps.append(("command", "off"))
    missing = run_steps(machine, steps, seconds)
    if missing and machine.process.poll() is not None:
        time.sleep(TICK)
        return f"{ended_how(machine)} before {missing} came"
    if missing:
        return f"{missing} did not come within {seconds} s"
    if not machine.wait_end(seconds):
        return f"it still ran {seconds} s after 'off'"
    return None


def unasked(deaths, script):
    """Of the deaths on the log those that the script did not ask for (crash NAME; INJECT=1)."""
    asked = {words[1] for words in map(str.split, commands_of(script))
             if len(words) > 1 and words[0] == "crash"}
    if "router" in asked or "-inject" in BUILD:
        asked.add("the router")
    return [task for task, _ in deaths if task not in asked]


def run_script(machine, script, seconds=TIMEOUT):
    """Type, show what is said, and return the guest's exit status, or 99 if it has none."""
    speaker = Speaker(machine)
    problem = type_script(machine, script, seconds)
    hung = machine.process.poll() is None
    speaker.end()
    code = machine.exit_code()
    if problem is None and code is None:
        problem = f"{ended_how(machine)} without an exit code" + \
            ("" if machine.process.returncode < 0 else " (a triple fault?)")
    if problem:
        debug = machine.debug()  # before Bochs' debugger writes its answers there
        if hung:
            print(f"\n{who_runs(machine)}\n--- registers\n{machine.registers()}", file=sys.stderr)
        print(f"\n--- last debug output\n{last_lines(debug)}\n{machine.errors()}\n{problem}",
              file=sys.stderr)
        return 99
    lost = unasked(speaker.deaths, script)
    if lost and not code:
        print(f"The script did not ask for this death: {', '.join(dict.fromkeys(lost))}",
              file=sys.stderr)
    return code or (1 if lost else 0)
