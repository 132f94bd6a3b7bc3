# SPDX-License-Identifier: BSD-2-Clause
"""restart= in the manifest, as a person at the prompt sees it: what is killed comes back or not."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from tap import Tap
from terminal_test import Terminal

PROMPT = "ringpost> "


def ask(out, machine, command, says, what):
    """At a prompt: types the command, waits for what it says, and for the next prompt."""
    machine.type(command + "\r")
    good = all(machine.wait_for(words) for words in says) and machine.wait_for(PROMPT)
    out.result(good, what, machine.text)


def main():
    out = Tap()
    machine = Terminal(sys.executable, "tests/harness/run_guest.py", "apps", "--interactive")

    machine.wait_for(PROMPT)
    ask(out, machine, "kill console", (), "the console is killed: the prompt comes back")
    ask(out, machine, "kill console; ping echo 1", (), "so it does with more on the line")
    ask(out, machine, "ping echo 1", ("1 good",), "and what is typed then is read")
    ask(out, machine, "kill shell", ("Ringpost.",), "the shell is killed: there is another one")
    ask(out, machine, "kill registrar; ping echo 1; run hello", ("1 good", "exit code 0"),
        "the registrar is killed: open routes and new ones work")
    ask(out, machine, "ping echo 1; kill echo", ("1 good", "has ended"), "echo is killed")
    ask(out, machine, "ping echo 1", ("the task is dead",), "that is for good: restart=fault")
    ask(out, machine, "spawn echo; ping echo 1", ("1 good",), "a new echo answers at once")
    ask(out, machine, "kill echo; spawn echo; ping echo 1", ("1 good",),
        "and so does the next one, if nobody has asked in between")
    machine.type("off 7\r")
    status = machine.status()
    out.result(status == 7, "and 'off' ends it", f"exit status {status}")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
