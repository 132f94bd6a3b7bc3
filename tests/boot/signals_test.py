# SPDX-License-Identifier: BSD-2-Clause
"""SIGTERM, SIGHUP and Ctrl-C to `make run`, `test`, `faults` and `bench`: within seconds no process
and no temporary folder of theirs is left.

SIGTERM goes to make alone, which passes it on; SIGHUP and Ctrl-C to the whole process group, as a
terminal sends them. What was started is known by a variable in its environment.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
sys.path.insert(0, HERE)
from tap import Tap
from terminal_test import Terminal

BUILD_TIME, LIMIT = 300, 20  # seconds until an engine runs; until all is gone
CLEAN = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}
TERM, HUP, INT = signal.SIGTERM, signal.SIGHUP, signal.SIGINT
SLEEPS = ("make", "run", "SCRIPT=sleep 1000000")
ROWS = ((SLEEPS, "qemu", (TERM, HUP, INT)),
        (("make", "bochs", "FOLDER=apps"), "bochs", (TERM,)),
        (("make", "test", "TESTS=tests/boot/errors_test.py tests/boot/engines_test.py"), "qemu",
         (TERM, HUP, INT)),
        (("make", "faults", "ONLY=^kill one", "JOBS=2"), "qemu", (TERM, HUP, INT)),
        (("make", "bench"), "qemu", (TERM, INT)))


def marked(mark):
    """{id: name} of the processes that have it in their environment."""
    found = {}
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/environ", "rb") as text:
                if mark.encode() in text.read().split(b"\0"):
                    with open(f"/proc/{process}/comm") as name:
                        found[int(process)] = name.read().strip()
        except OSError:
            pass  # it is gone
    return found


def until(condition, seconds):
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.1)
    return met


def signalled(out, what, mark, folder, begin, strike):
    """One result: begin() starts it; once an engine runs, strike() ends it, and nothing is left."""
    engine, mark = mark[0], mark[1]
    begin()
    runs = until(lambda: any(name.startswith(engine) for name in marked(mark).values()),
                 BUILD_TIME)
    strike()
    gone = until(lambda: not marked(mark), LIMIT)
    left = sorted(os.listdir(folder))
    out.result(runs and gone and not left, what,
               f"an engine ran: {runs}\nprocesses: {marked(mark)}\nin TMPDIR: {left}")
    for process in marked(mark):
        os.kill(process, signal.SIGKILL)


def one(out, command, engine, number):
    name = f"RINGPOST_SIGNALS_TEST={os.getpid()}-{time.monotonic_ns()}"
    with tempfile.TemporaryDirectory() as folder:
        variable, value = name.split("=")
        environment = {**CLEAN, variable: value, "TMPDIR": folder, "RESULTS": "no"}
        child = None

        def begin():
            nonlocal child
            child = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                     process_group=0)

        def strike():
            (os.kill if number == TERM else os.killpg)(child.pid, number)
            until(lambda: child.poll() is not None, LIMIT)

        signalled(out, f"{number.name} to {' '.join(command)}", (engine, name), folder, begin,
                  strike)
        child.stdin.close()


def on_a_terminal(out):
    """`make run` with the shell at its prompt, whose terminal hangs up."""
    name = f"RINGPOST_SIGNALS_TEST={os.getpid()}-terminal"
    with tempfile.TemporaryDirectory() as folder:
        variable, value = name.split("=")
        terminal = None

        def begin():
            nonlocal terminal
            terminal = Terminal("env", "-u", "B", name, f"TMPDIR={folder}", "make", "run")
            terminal.wait_for("ringpost> ")

        def strike():
            os.close(terminal.screen)
            until(lambda: os.waitpid(terminal.child, os.WNOHANG)[0], LIMIT)

        signalled(out, "make run, and its terminal hangs up", ("qemu", name), folder, begin, strike)


def main():
    out = Tap()
    chosen = sys.argv[1:]  # targets, terminal
    for command, engine, numbers in ROWS:
        for number in numbers:
            if not chosen or command[1] in chosen:
                one(out, command, engine, number)
    if not chosen or "terminal" in chosen:
        on_a_terminal(out)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
