# SPDX-License-Identifier: BSD-2-Clause
"""A terminal for the serial line of a machine that listens on a port of this host:

    terminal.py PORT        keys go there, and what it says comes here; Ctrl-] leaves
"""

import os
import select
import socket
import sys
import termios
import time
import tty

LEAVE = b"\x1d"


def connect(port):
    """The machine may just be about to listen."""
    for _ in range(50):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.1)
    return socket.create_connection(("127.0.0.1", port))


def main():
    with connect(int(sys.argv[1])) as line:
        raw = sys.stdin.isatty()
        settings = termios.tcgetattr(0) if raw else None
        if raw:
            print("Ctrl-] leaves; the machine goes on.", flush=True)
            tty.setraw(0)
        try:
            while True:
                ready = select.select([0, line], [], [])[0]
                if line in ready:
                    data = line.recv(4096)
                    if not data:
                        return 0
                    os.write(1, data)
                if 0 in ready:
                    keys = os.read(0, 4096)
                    if not keys or LEAVE in keys:
                        return 0
                    line.sendall(keys)
        finally:
            if raw:
                termios.tcsetattr(0, termios.TCSADRAIN, settings)


if __name__ == "__main__":
    sys.exit(main())
