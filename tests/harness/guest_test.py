# SPDX-License-Identifier: BSD-2-Clause
"""One guest test: boot its folder on an engine, and turn what happens into TAP.

The guest prints TAP through the console and powers off with the number of failures. Around
that stands what only the host can see, one result each: that the machine ended by itself, in
time, with that exit code and as many results as the guest had planned; that nano did not panic; and
what the folder's expect.txt asks for, one line each:

    engines qemu bochs     where it runs (qemu)
    timeout 90             seconds ($TIMEOUT)
    memory 20              MiB ($MEM)
    append fences=user     nano's command line
    debug REGEX            the debug port must say so, in this order
    never REGEX            the debug port must not say so
    setting LIVES 50 10    a number that the environment may set, else 50; on Bochs always 10, if
                           that is there; the guest finds it in the module `settings` (settings.h).
                           The timeout is for 50, and grows with it (but for SEED)
"""

import os
import re
import sys
import tempfile
from functools import partial

import tap
from boot_set import boot_set
from machine import Bochs, Qemu

TIMEOUT = int(os.environ.get("TIMEOUT", "60"))


class Expectations:
    def __init__(self, folder):
        self.engines, self.timeout, self.memory, self.append = ["qemu"], TIMEOUT, None, ""
        self.debug, self.never = [], [r"(?i)\bpanic"]
        self.settings = {}  # name: (default, on Bochs)
        path = os.path.join(folder, "expect.txt")
        if not os.path.exists(path):
            return
        for number, line in enumerate(open(path), 1):
            word, _, rest = line.strip().partition(" ")
            rest = rest.strip()
            if not word or word.startswith("#"):
                continue
            if word == "engines":
                self.engines = rest.split()
            elif word == "timeout":
                self.timeout = int(rest)
            elif word == "memory":
                self.memory = int(rest)
            elif word == "append":
                self.append = rest
            elif word == "debug":
                self.debug.append(rest)
            elif word == "never":
                self.never.append(rest)
            elif word == "setting":
                name, default, *bochs = rest.split()
                self.settings[name] = int(default), int((bochs or [0])[0])
            else:
                raise SystemExit(f"{path}:{number}: what is '{word}'?")


    def set_for(self, engine):
        """The settings on that engine, and the seconds that they need."""
        values, times = {}, 1.0
        for name, (default, bochs) in self.settings.items():
            text = os.environ.get(name, str(default))
            if not re.fullmatch("[0-9]{1,9}", text):
                sys.exit(f"{name}={text}: a whole number is wanted")
            values[name] = bochs if bochs and engine == "bochs" else int(text)
            if name != "SEED":
                times = max(times, values[name] / default)
        return values, int(self.timeout * times)


def last_lines(text, count=25):
    return "\n".join(text.rstrip("\n").split("\n")[-count:])


def report_state(out, machine, hung):
    """What a person wants to see first of a machine that went wrong."""
    debug = machine.debug()  # before Bochs' debugger writes its answers there
    out.comment("--- last serial output\n" + last_lines(machine.serial))
    if hung:
        out.comment("--- registers\n" + machine.registers())
    out.comment("--- last debug output\n" + last_lines(debug))
    if machine.errors():
        out.comment("--- the engine says\n" + last_lines(machine.errors()))


def run_on(out, folder, engine, expect):
    values, seconds = expect.set_for(engine)
    with tempfile.NamedTemporaryFile("w", prefix="ringpost-settings-") as settings:
        settings.write("".join(f"{name}={value}\n" for name, value in values.items()))
        settings.flush()
        boot = boot_set(folder, expect.append, [f"settings={settings.name}"] if values else ())
        boot_on(out, boot, engine, expect, seconds)


def boot_on(out, boot, engine, expect, seconds):
    where = "" if engine == "qemu" else f" ({engine})"
    make = {"qemu": Qemu, "qemu-iso": partial(Qemu, from_image=True), "bochs": Bochs}[engine]
    with make(boot, mem=expect.memory) as machine:
        ended = machine.wait_end(seconds)
        good = True
        seen, planned, failures = 0, None, 0
        for line in machine.serial.split("\n"):
            result, plan = tap.RESULT.match(line), tap.PLAN.match(line)
            if plan:
                planned = int(plan.group(1))
            elif result and result.group(3):
                out.skip(result.group(2) + where, result.group(4))
                seen += 1
            elif result:
                failures += not out.result(not result.group(1), result.group(2) + where)
                seen += 1
            elif line.startswith("#"):
                print(line)
        why = ""
        if not ended:
            why = f"it still ran after {seconds} s"
        elif planned is None:
            why = "it ended without a plan"
        elif planned != seen:
            why = f"{planned} results planned, {seen} seen"
        elif machine.exit_code() != failures:
            why = f"{failures} failed, but the machine's exit code is {machine.exit_code()}"
        good &= out.result(not why, "ends by itself, with its verdict" + where, why)

        debug, at = machine.debug(), 0
        for pattern in expect.debug:
            match = re.compile(pattern, re.M).search(debug, at)
            at = match.end() if match else at
            good &= out.result(match, f"debug port: {pattern}" + where)
        for pattern in expect.never:
            match = re.search(pattern, debug, re.M)
            good &= out.result(not match, f"debug port, never: {pattern}" + where)
        if not good or failures:
            report_state(out, machine, not ended)


def run(folder):
    """Run the test in `folder` on each of its engines; the exit status."""
    out = tap.Tap()
    expect = Expectations(folder)
    for engine in expect.engines:
        run_on(out, folder, engine, expect)
    return out.end()
