# SPDX-License-Identifier: BSD-2-Clause
"""`make gdb` as a person has it: GDB on a terminal, the shell typed to, Ctrl-C, and no QEMU left
behind."""

import os
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
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
