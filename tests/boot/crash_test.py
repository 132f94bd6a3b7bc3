# SPDX-License-Identifier: BSD-2-Clause
"""`crash` at the shell, in the ordinary build: the router is restarted and nobody notices but who
watches; a task ends as if it had faulted, so that restart= brings it back; and who cannot be ended
so is told in words.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import boot_set
from machine import Qemu
from script import type_script
from tap import Tap

SCRIPT = ("spawn monitor; sleep 200; crash router; sleep 50; ping echo 2; crash echo; sleep 100; "
          "crash pager; crash zoo; help crash; stats; ps; mem check; audit; off")


def main():
    out = Tap()
    with Qemu(boot_set("apps")) as machine:
        problem = type_script(machine, SCRIPT)
        said, debug, code = machine.serial, machine.debug(), machine.exit_code()

    def told(pattern, what, text=said):
        return out.result(re.search(pattern, text, re.M), what, f"wanted: {pattern}")

    good = told("^router: restarted; this line came through it$", "crash router restarts it")
    good &= told("monitor: the router was restarted, by request$", "a watcher is told")
    good &= told("^echo: 2 round trips, 2 good", "it goes on delivering")
    good &= told(r"^router: restarted at tick \d+: by request; [1-9]\d* TSC ticks$",
                 "stats says that it was asked for")
    good &= told("^router: 1 restarts$", "and counts it")
    good &= told(r"^echo: \w{8} has crashed$", "crash TASK ends a task")
    good &= told("^echo: crashed by shell\necho: started again$",
                 "as if it had faulted: it is started again", debug)
    good &= told(r"^000[2-9]\w{4} echo ", "and ps lists another one")
    good &= told("^pager: ", "the pager is none to be ended so")
    good &= told("^zoo: no such task$", "nor is one that there is not")
    good &= told(r"^  crash router\|TASK +\w", "help lists it")
    good &= told("^mem: 0 violations", "nano's invariants hold")
    good &= told("^audit: 0 violations", "the audit is clean")
    good &= out.result(problem is None and code == 2, "two commands have failed, those",
                       f"{problem}, exit code {code}")
    if not good:
        out.comment(said + debug)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
