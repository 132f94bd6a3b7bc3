"""Boots Ringpost for a person: `make run`, `make iso`, `make bochs` and `make gdb` end here.

    run_guest.py FOLDER --interactive [--engine E]   the serial line on this terminal
    run_guest.py FOLDER --script "ps; off"           types that, exits with the guest's status
    run_guest.py FOLDER --make-iso FILE              writes the GRUB image
    run_guest.py FOLDER --gdb                        QEMU stopped, and GDB
"""

import argparse
import os
import re
import select
import socket
import subprocess
import sys
import termios
import tty

from boot_set import BUILD, boot_set, test_build
from guest_test import last_lines
from machine import Bochs, Qemu, qemu_command

PROMPT = "ringpost> "
TIMEOUT = int(os.environ.get("TIMEOUT", "60"))


def interactive_qemu(boot):
    """QEMU with serial line and debug port on this terminal; it takes this process's place."""
    print("Ringpost in QEMU. To leave: 'off' at the prompt, or Ctrl-A X. (Ctrl-A H: help)", flush=True)
    log = os.path.join(BUILD, "run.log")
    if os.path.exists(log):
        os.unlink(log)
    # Of those that share the terminal the last has the keyboard: the serial line.
    command = qemu_command(boot) + [
        "-chardev", f"stdio,id=terminal,mux=on,signal=off,logfile={log}",
        "-mon", "chardev=terminal,mode=readline",
        "-device", "isa-debugcon,iobase=0xe9,chardev=terminal",
        "-device", "isa-serial,iobase=0x3f8,irq=4,chardev=terminal"]
    status = subprocess.run(command).returncode
    if not os.path.exists(log) or os.path.getsize(log) == 0:
        return status or 1  # QEMU did not start
    # isa-debug-exit makes code * 2 + 1 of the guest's code; QEMU's own quit is 0.
    return status // 2 if status > 0 else abs(status)


def interactive_bochs(boot):
    """Bochs keeps its display to itself; its serial line is bridged to this terminal."""
    print("Ringpost in Bochs. To leave: 'off' at the prompt, or Ctrl-A X.", flush=True)
    shown, escape = 0, False
    raw = sys.stdin.isatty()
    settings = termios.tcgetattr(0) if raw else None
    with Bochs(boot) as machine:
        try:
            if raw:
                tty.setraw(0)
            while machine.process.poll() is None:
                machine.wait_for(r"[\s\S]", 0.02, shown)
                text = machine.serial
                sys.stdout.write(text[shown:].replace("\n", "\r\n" if raw else "\n"))
                sys.stdout.flush()
                shown = len(text)
                if select.select([0], [], [], 0)[0]:
                    key = os.read(0, 1024).decode("latin-1")
                    if not key or (escape and key in "xX"):
                        break
                    escape = key == "\x01"
                    if not escape:
                        machine.type(key)
        finally:
            if raw:
                termios.tcsetattr(0, termios.TCSADRAIN, settings)
        print()
        print(last_lines(machine.debug()))
    return 0


def commands_of(script):
    return [c.strip() for c in script.split(";") if c.strip()]


def type_commands(machine, commands, seconds):
    """Type each at its prompt, for which it waits that long; the first that got none, or None."""
    at = 0
    for command in commands:
        prompt = machine.wait_for(re.escape(PROMPT), seconds, at)
        if not prompt:
            return command
        at = prompt.end()
        machine.type(command + "\n")
    return None


def type_script(machine, script):
    """Type the commands, each at its prompt; what went wrong, or None."""
    commands = commands_of(script)
    if not commands or commands[-1].split()[0] != "off":
        commands.append("off")
    command = type_commands(machine, commands, TIMEOUT)
    if command and machine.process.poll() is not None:
        return f"the machine ended before the prompt for '{command}'"
    if command:
        return f"no prompt for '{command}' within {TIMEOUT} s"
    return None if machine.wait_end(TIMEOUT) else f"it still ran {TIMEOUT} s after 'off'"


def run_script(machine, script):
    """Type, show the serial line, and return the guest's exit status, or 99 if it has none."""
    problem = type_script(machine, script)
    print(machine.serial.rstrip("\n"), flush=True)
    code = machine.exit_code()
    if problem is None and code is None:
        problem = "the machine ended without an exit code (a triple fault?)"
    if problem:
        debug = machine.debug()  # before Bochs' debugger writes its answers there
        if machine.process.poll() is None:
            print(f"\n--- registers\n{machine.registers()}", file=sys.stderr)
        print(f"\n--- last debug output\n{last_lines(debug)}\n{machine.errors()}\n{problem}", file=sys.stderr)
        return 99
    return code or 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def debug(boot, folder, gdb_arguments, icount=False):
    port = free_port()
    log = os.path.join(BUILD, "gdb-serial.log")
    command = qemu_command(boot, icount=icount) + ["-serial", f"file:{log}", "-debugcon", f"file:{BUILD}/gdb-debug.log",
                                    "-S", "-gdb", f"tcp:127.0.0.1:{port}"]
    print(f"QEMU waits, stopped; its serial line goes to {log}. Try: help ringpost, "
          "break router/deliver.c:deliver, continue, ringpost where, ringpost bt", flush=True)
    # A session of its own: Ctrl-C at GDB's prompt must interrupt the guest, not end QEMU.
    qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return subprocess.run(["gdb", "-q", "-x", "gdb/ringpost.py", "-ex",
                               f"target remote 127.0.0.1:{port}", *gdb_arguments],
                              env={**os.environ, "RINGPOST_PROGRAMS": test_build(folder)}).returncode
    finally:
        qemu.kill()
        qemu.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--engine", choices=("qemu", "qemu-iso", "bochs"), default="qemu")
    parser.add_argument("--append", default=os.environ.get("APPEND", ""))
    parser.add_argument("--module", action="append", default=[], metavar="NAME=FILE")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--interactive", action="store_true")
    what.add_argument("--script")
    what.add_argument("--make-iso", metavar="FILE")
    what.add_argument("--gdb", nargs="*", metavar="ARGUMENT")
    arguments = parser.parse_args()
    boot = boot_set(arguments.folder, arguments.append, arguments.module)

    if arguments.make_iso:
        boot.make_image(arguments.make_iso)
        print(arguments.make_iso)
        return 0
    if arguments.gdb is not None:
        return debug(boot, arguments.folder, arguments.gdb)
    if arguments.interactive:
        return (interactive_bochs if arguments.engine == "bochs" else interactive_qemu)(boot)
    if arguments.engine == "bochs":
        machine = Bochs(boot)
    else:
        machine = Qemu(boot, from_image=arguments.engine == "qemu-iso")
    with machine:
        return run_script(machine, arguments.script)


if __name__ == "__main__":
    sys.exit(main())
