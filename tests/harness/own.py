# SPDX-License-Identifier: BSD-2-Clause
"""Results in folders of their own: two of `make run`, `test`, `faults` and `gdb` in one clone do
not wipe each other's.

own("tap") is build/tap, or build/tap.2, build/tap.3, ... if another program has that one. A program
has it by a lock on a file beside it, which ends with the program however it ends.
"""

import fcntl
import itertools
import os

import boot_set

_held = {}  # (build folder, name) -> (path, the locked file)


def own(name):
    """The path in the build folder under which this program alone may write."""
    key = boot_set.BUILD, name
    if key not in _held:
        os.makedirs(boot_set.BUILD, exist_ok=True)
        for number in itertools.count(1):
            path = os.path.join(*key) + (f".{number}" if number > 1 else "")
            lock = open(path + ".lock", "w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            _held[key] = path, lock
            break
    return _held[key][0]
