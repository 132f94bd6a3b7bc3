# SPDX-License-Identifier: BSD-2-Clause
"""Where things are built: one build at a time in a folder, which says whom it waits for; a place
that cannot be written to is told with what helps, B=/elsewhere, and that does help.
"""

import fcntl
import os
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from tap import Tap

CLEAN = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}


def make(*arguments, **options):
    return subprocess.Popen(["make", *arguments], stdin=subprocess.DEVNULL, env=CLEAN, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)


def main():
    out = Tap()
    for goal in ("run", "gdb", "bench"):
        said = make(goal, "B=/proc/nowhere", "SCRIPT=off").communicate()[0]
        out.result("/proc/nowhere: nothing can be written there; build elsewhere: "
                   "make B=/elsewhere" in said and "Traceback" not in said,
                   f"make {goal} where nothing can be written", said)
    with tempfile.TemporaryDirectory() as folder:
        build = os.path.join(folder, "elsewhere")
        os.mkdir(build)
        with open(os.path.join(build, "lock"), "w") as lock:
            lock.write("process 1, make all\n")
            lock.flush()
            fcntl.flock(lock, fcntl.LOCK_EX)
            run = make("run", f"B={build}", "SCRIPT=ping echo 2; off")
            waits = run.stdout.readline()
            built = os.path.exists(f"{build}/nano.elf")
            threading.Timer(1, lambda: fcntl.flock(lock, fcntl.LOCK_UN)).start()
            said = run.communicate()[0]
        out.result(waits == f"waiting for another build in {build}: process 1, make all\n" and
                   not built, "a build waits for another one, and says for whom", waits)
        out.result(run.returncode == 0 and "2 good" in said and os.path.exists(f"{build}/nano.elf"),
                   "make run B=/elsewhere builds and boots there", said)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
