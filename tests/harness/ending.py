# SPDX-License-Identifier: BSD-2-Clause
"""What SIGTERM, SIGHUP and Ctrl-C leave behind: nothing.

By default Python ends at once, and its emulators and temporary folders stay. After clean_up() the
first signal is a SystemExit in the main thread, so every `with` and `finally` on the way out does
its work; further signals are ignored meanwhile. What other threads run is ended by the signal
itself, and no machine is started after it.

A program that runs others starts them in a process group of their own (group()): leaving the
`with` ends them all, grandchildren too, and waits until they are gone.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
PATIENCE = 10  # seconds for a group to end by itself
_machines, _groups = set(), set()
_ending = False


def _end(number, _):
    """Only sends signals: to wait here could be to wait for what it has interrupted."""
    global _ending
    _ending = True
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    for machine in list(_machines):
        if machine.process:
            machine.process.kill()
    for group_id in list(_groups):
        _send(group_id, signal.SIGTERM)
    sys.exit(128 + number)


def clean_up():
    """From now on. A signal that is ignored (nohup) or has another handler stays so."""
    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, _end)


def started(machine):
    """This machine is to be ended by a signal, and at the program's end; not started after one."""
    clean_up()
    if _ending:
        sys.exit(1)
    _machines.add(machine)


def closed(machine):
    _machines.discard(machine)


@atexit.register
def _close_all():
    """A signal in a machine's constructor leaves no `with` that would end it."""
    for machine in list(_machines):
        machine.close()


def _send(group_id, number):
    """Is there anybody in the group who could get it?"""
    try:
        os.killpg(group_id, number)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def child(command, **options):
    """A process that ends when the block does."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def group(command, **options):
    """A child, and whatever it starts, that end when the block does."""
    child = subprocess.Popen(command, process_group=0, **options)
    _groups.add(child.pid)
    try:
        yield child
    finally:
        _send(child.pid, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while (child.poll() is None or _send(child.pid, 0)) and time.monotonic() < end:
            time.sleep(0.05)
        _send(child.pid, signal.SIGKILL)
        child.wait()
        _groups.discard(child.pid)


@contextlib.contextmanager
def own_tmpdir():
    """A TMPDIR for this program and all that it starts, which goes when the block ends."""
    before = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="ringpost-", ignore_cleanup_errors=True) as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = None
            os.environ.pop("TMPDIR")
            if before is not None:
                os.environ["TMPDIR"] = before
