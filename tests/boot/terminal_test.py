# SPDX-License-Identifier: BSD-2-Clause
"""`make run` as a person has it: QEMU on a terminal, keys to the shell, Ctrl-] X to leave."""

import os
import pty
import select
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from tap import Tap

TIMEOUT = int(os.environ.get("TIMEOUT", "60"))


class Terminal:
    """A child process on a terminal of its own."""

    def __init__(self, *command):
        self.text = ""
        self.child, self.screen = pty.fork()
        if self.child == 0:
            os.execvp(command[0], command)

    def wait_for(self, words):
        """Do the words come, in time and after those waited for before?"""
        end = time.monotonic() + TIMEOUT
        while words not in self.text and time.monotonic() < end:
            if select.select([self.screen], [], [], 0.2)[0]:
                try:
                    self.text += os.read(self.screen, 65536).decode("latin-1")
                except OSError:
                    break
        found = words in self.text
        self.text = self.text.split(words, 1)[-1] if found else self.text
        return found

    def type(self, keys):
        os.write(self.screen, keys.encode("latin-1"))

    def status(self):
        """Its exit status; it is killed if it does not end in time."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            pid, status = os.waitpid(self.child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if select.select([self.screen], [], [], 0.1)[0]:
                try:
                    os.read(self.screen, 65536)
                except OSError:
                    time.sleep(0.1)
        os.kill(self.child, 9)
        os.waitpid(self.child, 0)
        return None


def piped(out, run):
    """Standard input that is no terminal: it is typed, and where it ends the machine does."""
    for what, text, says, wanted in (
            ("make run </dev/null", b"", b"Standard input has ended", 1),
            ("typed by a pipe, without 'off'", b"ping echo 3\n", b"3 good", 1),
            ("typed by a pipe", b"no-such\nno-such\noff\n", b"unknown command", 2)):
        done = subprocess.run(run, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=2 * TIMEOUT)
        out.result(done.returncode == wanted and says in done.stdout, f"{what}: ends by itself",
                   f"{done.returncode}\n" + done.stdout.decode("latin-1"))


def main():
    out = Tap()
    run = (sys.executable, "tests/harness/run_guest.py", "apps", "--interactive")

    leaving = Terminal(*run)
    out.result(leaving.wait_for("To leave:"), "it says how to leave", leaving.text)
    out.result(leaving.wait_for("nano: fences:"), "nano's banner is shown", leaving.text)
    out.result(leaving.wait_for("ringpost> "), "the prompt comes", leaving.text)
    leaving.type("ping echo\r")
    out.result(leaving.wait_for("4 good"), "keys go to the shell", leaving.text)
    leaving.type("ing echo 3\x01p\r")
    out.result(leaving.wait_for("3 good"), "Ctrl-A is the shell's: the start of the line",
               leaving.text)
    leaving.type("\x1dx")
    out.result(leaving.status() == 0, "Ctrl-] X leaves")

    off = Terminal(*run)
    off.wait_for("ringpost> ")
    off.type("no-such; off\r")
    status = off.status()
    out.result(status == 0, "'off' ends it; a person's mistakes are no error of make's",
               f"exit status {status}")
    off = Terminal(*run)
    off.wait_for("ringpost> ")
    off.type("no-such; off 3\r")
    status = off.status()
    out.result(status == 3, "'off 3' ends it with 3", f"exit status {status}")
    piped(out, run)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
