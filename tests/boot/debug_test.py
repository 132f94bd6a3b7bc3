# SPDX-License-Identifier: BSD-2-Clause
"""DEBUG=1: assertions in nano and router, refusals with their place, the trace ring. It boots and
delivers; an assertion that fails in the router (tests/debug/failing_router.c) is told by nano with
file, line and condition, and is a death of the router like any other; one that fails in nano
(failing_nano.c) is told and stops it.
"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "harness")]

os.environ["B"] = "build-debug"
from boot_set import boot_set  # noqa: E402
from machine import Qemu  # noqa: E402
from script import type_script  # noqa: E402
from tap import Tap  # noqa: E402

CLEAN = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}
FAILING_ROUTER, FAILING_NANO = "tests/debug/failing_router.c", "tests/debug/failing_nano.c"
SECONDS = 60
SCRIPT = "ping echo 2; run hello; mem check; audit; stats; off"


def line_of(path, text):
    return next(n for n, line in enumerate(open(path), 1) if text in line)


def session(boot):
    """(what went wrong, exit code, serial line, debug port)"""
    with Qemu(boot) as machine:
        return type_script(machine, SCRIPT), machine.exit_code(), machine.serial, machine.debug()


def main():
    out = Tap()
    built = subprocess.run(["make", "DEBUG=1", "all", "build-debug/debug/router.elf",
                            "build-debug/debug/nano.elf"],
                           env=CLEAN, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if not out.result(built.returncode == 0, "a debug build builds", built.stdout + built.stderr):
        return out.end()
    problem, code, said, debug = session(boot_set("apps"))
    good = out.result(problem is None and code == 0 and "echo: 2 round trips, 2 good" in said,
                      "it boots, and every command succeeds",
                      f"{problem}, exit code {code}\n{said}")
    good &= out.result("assertion" not in debug and "router: 0 restarts" in said,
                       "no assertion fails", debug)
    refused = re.findall(r"^nano: refused: .*$", debug, re.M)
    form = r"nano: refused: [A-Z_]+, task [0-9a-f]{8}: [A-Z_]+, nano/\w+\.c:\d+"
    good &= out.result(refused and all(re.fullmatch(form, line) for line in refused),
                       "what nano refuses the pager has its place",
                       "\n".join(refused))
    problem, code, said, debug = session(
        boot_set("apps").replaced("router", "build-debug/debug/router.elf"))
    place = f"{FAILING_ROUTER}:{line_of(FAILING_ROUTER, 'ASSERT(')}: " \
        "event == UPCALL_RECOVER || restarts > 0"
    good &= out.result(f"nano: the router's assertion failed: {place}\n" in debug,
                       "an assertion that fails in the router is told with file, line and "
                       "condition", debug)
    good &= out.result(problem is None and code == 0 and "router: 1 restarts" in said,
                       "the router was restarted once, and all goes on",
                       f"{problem}, exit code {code}\n{said}")
    place = f"{FAILING_NANO}:{line_of(FAILING_NANO, 'ASSERT(')}: tasks_made == 0"
    boot = boot_set("apps")
    boot.kernel = "build-debug/debug/nano.elf"
    with Qemu(boot) as machine:
        ended, code, debug = machine.wait_end(SECONDS), machine.exit_code(), machine.debug()
    out.result(ended and code == 2 and
               re.search(f"nano's assertion failed: {re.escape(place)}\\n+nano: panic: #UD", debug),
               "an assertion that fails in nano stops it, with file, line and condition",
               f"exit code {code}\n{debug}")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
