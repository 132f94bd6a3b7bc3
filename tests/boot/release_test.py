# SPDX-License-Identifier: BSD-2-Clause
"""RELEASE=1: nano with nothing beside it. It boots, it delivers, and of audit, check, probes and
injector there is no byte: not one symbol, not the boot line of the probes, and the shell says so in
words. `nano/` itself never names them.
"""

import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "harness")]

os.environ["B"] = "build-release"
from boot_set import boot_set  # noqa: E402
from machine import Qemu  # noqa: E402
from script import type_script  # noqa: E402
from tap import Tap  # noqa: E402

CLEAN = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}
NM = os.environ.get("CROSS_COMPILE", "i686-linux-gnu-") + "nm"
STRANGERS = re.compile(
    r"inject|world_|escape_|fault_put|audit|check_invariants|probe|nano_secret|__wrap_|__real_")


def symbols(elf):
    said = subprocess.run([NM, elf], capture_output=True, text=True, check=True).stdout
    return [line.split()[-1] for line in said.splitlines()]


def main():
    out = Tap()
    built = subprocess.run(["make", "RELEASE=1", "all"], env=CLEAN, stdin=subprocess.DEVNULL,
                           capture_output=True, text=True)
    if not out.result(built.returncode == 0, "a release builds", built.stdout + built.stderr):
        return out.end()
    strangers = [s for s in symbols("build-release/nano.elf") if STRANGERS.search(s)]
    out.result(not strangers, "no symbol of audit, check, probes or injector is in it",
               " ".join(strangers))
    named = [f"{path}:{number}: {line.strip()}"
             for path in sorted(glob.glob("nano/*.[ch]") + glob.glob("nano/*.asm"))
             for number, line in enumerate(open(path), 1)
             if re.search(r"audit|inject_|probe|check_inv", line, re.I)]
    out.result(not named, "nano's sources do not name them", "\n".join(named))
    with Qemu(boot_set("apps")) as machine:
        problem = type_script(machine, "crash router; ping echo 2; audit; mem check; mem; off")
        said, debug, code = machine.serial, machine.debug(), machine.exit_code()
    good = out.result(problem is None and code == 2,
                      "it boots; of the commands, audit and mem check fail",
                      f"{problem}, exit code {code}")
    good &= out.result("router: restarted; this line came through it" in said,
                       "the router can be restarted")
    good &= out.result("echo: 2 round trips, 2 good" in said, "it delivers")
    for command in ("audit", "mem check"):
        good &= out.result(f"{command}: not in a release build" in said,
                           f"{command} says that a release has none")
    good &= out.result("nano: fences:" in debug and "enforced:" not in debug and
                       "audit:" not in debug,
                       "at boot nothing is probed or audited", debug)
    if not good:
        out.comment(said)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
