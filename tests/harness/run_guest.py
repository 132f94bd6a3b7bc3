# SPDX-License-Identifier: BSD-2-Clause
"""Boots Ringpost for a person: `make run`, `make iso`, `make bochs` and `make gdb` end here.

    run_guest.py FOLDER --interactive [--engine E]   the serial line on this terminal
    run_guest.py FOLDER --script "ps; off"           types that, exits with the guest's status
    run_guest.py FOLDER --make-iso FILE              writes the GRUB image
    run_guest.py FOLDER --gdb [--script "run hello"] QEMU stopped, and GDB; types that meanwhile
"""

import argparse
import contextlib
import math
import os
import re
import select
import shlex
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
import tty

import ending
from boot_set import BUILD, boot_set, module_strangers, policy_notes, test_build, text_of
from machine import Bochs, Machine, Qemu, qemu_command
from own import own
from script import run_script, run_steps, steps_of

QUIET = 5  # seconds
ESCAPE = "\x1d"  # Ctrl-]; QEMU's own, Ctrl-A, is the start of the line at the shell


def show_command(command):
    """The engine's command line, before anything else: one line that can be pasted."""
    print(shlex.join(command), file=sys.stderr, flush=True)


@contextlib.contextmanager
def terminal_as_it_was():
    """Whoever has this terminal in the block may be killed without putting it right."""
    settings = termios.tcgetattr(0) if sys.stdin.isatty() else None
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):  # a terminal that has hung up
            if settings:
                termios.tcsetattr(0, termios.TCSADRAIN, settings)


def wait_on_terminal(engine):
    """A terminal that hangs up tells its session's leader only, which may be make, and that waits:
    so look."""
    terminal = select.poll()
    if sys.stdin.isatty():
        terminal.register(0, 0)  # reports no more than that
    while engine.poll() is None:
        if terminal.poll(200):
            sys.exit(128 + signal.SIGHUP)


def size_of(file):
    return os.path.getsize(file) if os.path.exists(file) else 0


def only_mistakes(log):
    """Did the shell end the machine with the number of commands that failed? For a script that is
    the outcome; a person has seen them."""
    with open(log, "rb") as text:
        text.seek(max(0, size_of(log) - 400))
        return re.search(rb"^off: \d+ commands? (has|have) failed\r*$", text.read(), re.M)


def pass_on_input(engine, log):
    """Standard input, which is no terminal, to the engine. False: it ended, and then nothing was
    said for QUIET seconds, so nobody can end the engine any more."""
    open_, said, quiet = True, 0, 0.0
    while engine.poll() is None and quiet < QUIET:
        if open_ and select.select([0], [], [], 0.2)[0]:
            data = os.read(0, 4096)
            open_ = bool(data)
            with contextlib.suppress(BrokenPipeError):  # the loop sees that it has ended
                engine.stdin.write(data)
                engine.stdin.flush()
        elif not open_:
            time.sleep(0.2)
            quiet = 0.0 if said != size_of(log) else quiet + 0.2
            said = size_of(log)
    return engine.poll() is not None


def by_hand(boot, image=None):
    """The command line by which QEMU boots the same on a terminal, without this program."""
    return qemu_command(boot, image=image) + [
        "-echr", f"{ord(ESCAPE):#x}",
        "-serial", "mon:stdio", "-debugcon", f"file:{os.path.join(BUILD, 'debug.log')}"]


def interactive_qemu(boot):
    """QEMU with serial line and debug port on this terminal; it takes this process's place."""
    print("Ringpost in QEMU. To leave: 'off' at the prompt, or Ctrl-] X. (Ctrl-] H: help)",
          flush=True)
    log = own("run.log")
    if os.path.exists(log):
        os.unlink(log)
    # Of those that share the terminal the last has the keyboard: the serial line.
    command = qemu_command(boot) + [
        "-chardev", f"stdio,id=terminal,mux=on,signal=off,logfile={log}",
        "-echr", f"{ord(ESCAPE):#x}", "-mon", "chardev=terminal,mode=readline",
        "-device", "isa-debugcon,iobase=0xe9,chardev=terminal",
        "-device", "isa-serial,iobase=0x3f8,irq=4,chardev=terminal"]
    show_command(command)
    typed = None if sys.stdin.isatty() else subprocess.PIPE
    with terminal_as_it_was(), ending.child(command, stdin=typed) as engine:
        if typed and not pass_on_input(engine, log):
            print("\nStandard input has ended, and nothing more is said: QEMU is ended too. "
                  "(SCRIPT=\"ps; off\" types for you.)", file=sys.stderr)
            return 1
        wait_on_terminal(engine)
        status = engine.returncode
    if size_of(log) == 0:
        return status or 1  # QEMU did not start
    if not typed and only_mistakes(log):
        return 0
    # isa-debug-exit makes code * 2 + 1 of the guest's code; QEMU's own quit is 0.
    return status // 2 if status > 0 else abs(status)


def interactive_bochs(boot):
    """Bochs keeps its display to itself; its serial line is bridged to this terminal."""
    print("Ringpost in Bochs. To leave: 'off' at the prompt, or Ctrl-] X.", flush=True)
    shown, escape = {"serial": 0, "debug": 0}, False
    raw = sys.stdin.isatty()

    def show(way, text):
        sys.stdout.write(text[shown[way]:].replace("\n", "\r\n" if raw else "\n"))
        sys.stdout.flush()
        shown[way] = len(text)

    with terminal_as_it_was(), Bochs(boot) as machine:
        show_command(machine.process.args)
        if raw:
            tty.setraw(0)
        while machine.process.poll() is None:
            machine.wait_for(r"[\s\S]", 0.02, shown["serial"])
            show("debug", machine.debug())
            show("serial", machine.serial)
            if re.search(r"^ringpost: .*\n", machine.debug(), re.M):
                break  # nano has refused, and nothing will end Bochs
            if select.select([0], [], [], 0)[0]:
                key = os.read(0, 1024).decode("latin-1")
                if not key or (escape and key in "xX"):
                    break
                escape = key == ESCAPE
                if not escape:
                    machine.type(key)
        show("debug", machine.debug())
        code = machine.exit_code()
        if not machine.serial:
            print(machine.errors(), file=sys.stderr)
    return code or 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Debugged(Machine):
    """QEMU stopped, with a stub for GDB; its serial line goes to a log."""

    name = "qemu"

    def __init__(self, boot, port, icount):
        super().__init__(boot)
        self.debug_file = own("gdb-debug.log")
        command = qemu_command(boot, icount=icount) + [
            "-chardev", f"stdio,id=terminal,signal=off,logfile={own('gdb-serial.log')}", "-serial",
            "chardev:terminal",
            "-debugcon", f"file:{self.debug_file}", "-S", "-gdb", f"tcp:127.0.0.1:{port}"]
        # A session of its own: Ctrl-C at GDB's prompt must interrupt the guest, not end QEMU.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        start_new_session=True)
        self._keyboard = self.process.stdin.fileno()
        self._start_collecting(self.process.stdout.fileno())

    def type_when_asked(self, script):
        """Type the commands, each at its prompt, however long GDB keeps the machine."""
        def work():
            with contextlib.suppress(OSError):  # the machine is gone
                run_steps(self, steps_of(script), math.inf)
        threading.Thread(target=work, daemon=True).start()


def gdb_environment(folder):
    """Where gdb/ finds the programs of the tasks, and their names before they live."""
    return {"RINGPOST_PROGRAMS": test_build(folder),
            "RINGPOST_MANIFEST": text_of(folder, "manifest.txt")}


def debug_by_hand(boot, folder):
    """QEMU stopped, for a GDB that somebody starts elsewhere, and a keyboard there, too."""
    port, keyboard = free_port(), free_port()
    command = qemu_command(boot) + [
        "-chardev", f"socket,id=terminal,host=127.0.0.1,port={keyboard},server=on,wait=off,"
        f"logfile={own('gdb-serial.log')}", "-serial", "chardev:terminal",
        "-debugcon", f"file:{own('gdb-debug.log')}", "-S", "-gdb", f"tcp:127.0.0.1:{port}"]
    names = " ".join(f"{name}={shlex.quote(text)}" for name, text in
                     {"B": BUILD, **gdb_environment(folder)}.items())
    print("QEMU waits, stopped. A GDB of your own, from this folder:\n"
          f"    {names} gdb -x gdb/ringpost.py -ex 'target remote 127.0.0.1:{port}'\n"
          "The shell's terminal, in another window:\n"
          f"    {sys.executable} tests/harness/terminal.py {keyboard}\n"
          "Ctrl-C here ends it.", flush=True)
    show_command(command)
    with ending.child(command) as engine:
        return engine.wait() // 2


def debug(boot, folder, gdb_arguments, icount=False, script=""):
    # Without a handler Python would end at once, and leave QEMU behind. Ctrl-C is GDB's.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    signal.signal(signal.SIGINT, lambda *_: None)
    port = free_port()
    print(
        f"QEMU waits, stopped; its serial line goes to {own('gdb-serial.log')}, "
        f"SCRIPT=\"run hello\" types there. Try: help ringpost, "
          "break router/deliver.c:deliver, continue, ringpost where, ringpost bt", flush=True)
    show_command(by_hand(boot) + ["-S", "-gdb", f"tcp:127.0.0.1:{port}"])
    command = ["gdb", "-q", "-x", "gdb/ringpost.py", "-ex", f"target remote 127.0.0.1:{port}",
               *gdb_arguments]
    with terminal_as_it_was(), Debugged(boot, port, icount) as machine, \
            subprocess.Popen(command,
                             env={**os.environ, **gdb_environment(folder)}) as gdb:
        machine.type_when_asked(script)
        try:
            return gdb.wait()
        finally:
            gdb.kill()  # SIGTERM may make it dump its core


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--engine", choices=("qemu", "qemu-iso", "bochs"), default="qemu")
    parser.add_argument("--append", default=os.environ.get("APPEND", ""))
    parser.add_argument("--module", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--script")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--interactive", action="store_true")
    what.add_argument("--make-iso", metavar="FILE")
    what.add_argument("--gdb", nargs="*", metavar="ARGUMENT")
    arguments = parser.parse_args()
    if arguments.gdb is None:
        ending.clean_up()
    boot = boot_set(arguments.folder, arguments.append, arguments.module)
    notes = policy_notes(boot)
    wrong = [note for note in notes if ": warning: " not in note] + \
        module_strangers(arguments.folder, arguments.module)
    for note in notes:
        print(note, file=sys.stderr)
    if wrong:
        sys.exit("\n".join(note for note in wrong if note not in notes))

    if arguments.make_iso:
        show_command(by_hand(boot, arguments.make_iso))
        boot.make_image(arguments.make_iso)
        print(arguments.make_iso)
        return 0
    if arguments.gdb is not None:
        if os.environ.get("WAIT", "0") not in ("", "0"):
            return debug_by_hand(boot, arguments.folder)
        return debug(boot, arguments.folder, arguments.gdb, script=arguments.script or "")
    if arguments.interactive:
        return (interactive_bochs if arguments.engine == "bochs" else interactive_qemu)(boot)
    if arguments.script is None:
        parser.error("one of --interactive, --script, --make-iso and --gdb is needed")
    if arguments.engine == "bochs":
        machine = Bochs(boot)
    else:
        machine = Qemu(boot, from_image=arguments.engine == "qemu-iso")
    show_command(machine.process.args if arguments.engine == "bochs" else by_hand(boot))
    with machine:
        return run_script(machine, arguments.script)


if __name__ == "__main__":
    sys.exit(main())
