# SPDX-License-Identifier: BSD-2-Clause
"""`make gdb` as a person has it: GDB on a terminal, the shell typed to, Ctrl-C, and no QEMU left
behind."""

import os
import re
import subprocess
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
sys.path.insert(0, os.path.join(HERE, "..", "boot"))
from tap import Tap
from terminal_test import Terminal

RUN = (sys.executable, "tests/harness/run_guest.py", "apps", "--gdb")
GDB = "(gdb) "


def children(process):
    """{id: name} of a process's children."""
    found = {}
    with open(f"/proc/{process}/task/{process}/children") as text:
        for child in text.read().split():
            with open(f"/proc/{child}/comm") as name:
                found[int(child)] = name.read().strip()
    return found


def ended(process):
    """Is it gone within ten seconds? It may be nobody's child."""
    end = time.monotonic() + 10
    while os.path.exists(f"/proc/{process}") and time.monotonic() < end:
        time.sleep(0.1)
    return not os.path.exists(f"/proc/{process}")


def by_hand(out):
    """make gdb WAIT=1: what it prints for a GDB elsewhere, and a second terminal, is what works."""
    waiting = subprocess.Popen([*RUN], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL, env={**os.environ, "WAIT": "1"})
    said = ""
    while "Ctrl-C here ends it" not in said:
        line = waiting.stdout.readline()
        if not line:
            break
        said += line
    gdb, keyboard = (re.search(p, said, re.M) for p in (r"^    (B=.* gdb .*)$",
                                                        r"terminal\.py (\d+)$"))
    if not out.result(gdb and keyboard, "WAIT=1 says how to go on", said):
        waiting.kill()
        return
    typist = subprocess.Popen([sys.executable, "tests/harness/terminal.py", keyboard.group(1)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    done = subprocess.run(gdb.group(1) + " -q -nx -batch -ex 'ringpost break shell main' "
                          "-ex continue -ex 'ringpost bt' -ex 'delete' -ex detach", shell=True,
                          capture_output=True, text=True, timeout=60)
    out.result("shell   main ()" in done.stdout, "a GDB of one's own", done.stdout + done.stderr)
    typist.stdin.write(b"ping echo 2\noff 5\n")
    typist.stdin.flush()
    shown = typist.stdout.read().decode()
    typist.wait()
    out.result("2 good" in shown, "a second terminal types to the shell", shown)
    try:
        out.result(waiting.wait(20) == 5, "and ends the machine", str(waiting.returncode))
    except subprocess.TimeoutExpired:
        waiting.kill()
        out.result(False, "and ends the machine")


def main():
    out = Tap()
    os.environ["TERM"] = "dumb"  # no colours

    own = Terminal(*RUN, "--script", "run hello; ps")
    out.result(own.wait_for(GDB), "GDB comes to its prompt", own.text)
    own.type("ringpost break hello router/call.c:call_gate\r")
    out.result(own.wait_for(": task hello, router/call.c:"), "a task is stopped at its own call",
               own.text)
    own.type("continue\r")
    out.result(own.wait_for("call_gate (op="), "the shell was told to run it", own.text)
    own.type("ringpost bt\r")
    out.result(own.wait_for("-- the call gate") and own.wait_for("hello   post_gate ()") and
               own.wait_for(GDB),
               "and the trace leads into it", own.text)
    own.type("delete\rcontinue\r")
    own.wait_for("Continuing.")
    time.sleep(2)
    own.type("\x03")
    out.result(own.wait_for("SIGINT") and own.wait_for(GDB), "Ctrl-C stops the machine", own.text)
    time.sleep(1)
    own.type("ringpost where\r")
    out.result(own.wait_for("segment fence: ring 3"), "and not the session", own.text)
    with open(os.path.join(os.environ.get("B", "build"), "gdb-serial.log")) as log:
        serial = log.read()
    out.result("hello: exit code 0" in serial and "running" in serial,
               "all that was to be typed was typed", serial)

    qemus = [child for child, name in children(own.child).items() if name.startswith("qemu")]
    out.result(len(qemus) == 1, "one QEMU is there")
    os.kill(own.child, signal.SIGTERM)
    status = own.status()
    out.result(status == 128 + signal.SIGTERM, "SIGTERM ends it", f"exit status {status}")
    out.result(all(ended(qemu) for qemu in qemus), "and its QEMU")
    by_hand(out)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
