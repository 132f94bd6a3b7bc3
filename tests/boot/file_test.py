# SPDX-License-Identifier: BSD-2-Clause
"""A file of one's own, handed through three tasks: `make run FILE=path SCRIPT="wc; off"` counts and
hashes what wc and xxhsum count and hash on this machine. An empty file, one byte, a few lines, and
20 MiB; and without a file a plain word.

The large one is printable text: what a word is among other bytes, versions of wc differ on.
"""

import os
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import boot_set
from guest_test import report_state
from machine import Qemu
from script import type_script
from tap import Tap

RESULT = re.compile(r"^file: (\d+) lines, (\d+) words, (\d+) bytes, XXH64 ([0-9a-f]{16})$", re.M)


def large_text(size):
    numbers = random.Random(20)
    words = ["".join(chr(numbers.randrange(33, 127)) for _ in range(numbers.randrange(1, 15)))
             for _ in range(5000)]
    pieces, length = [], 0
    while length < size:
        piece = numbers.choice(words) + numbers.choice((" ", " ", "\t", "  ", "\n", "\r\n"))
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces).encode()[:size]


def expected(path):
    """(lines, words, bytes, hash) as this machine's tools have it."""
    counted = subprocess.run(["wc", "-lwc"], stdin=open(path), capture_output=True, text=True,
                             check=True, env={**os.environ, "LC_ALL": "C"}).stdout.split()
    hashed = subprocess.run(["xxhsum", "-H1", path], capture_output=True, text=True, check=True)
    return (*counted, hashed.stdout.split()[0])


def run(out, name, extra, check):
    with Qemu(boot_set("apps", extra=extra)) as machine:
        problem = type_script(machine, "wc; mem check; wc; off")
        good = out.result(problem is None, f"{name}: runs to its end", problem or "")
        good &= check(machine.serial)
        good &= out.result("mem: 0 violations" in machine.serial,
                           f"{name}: every frame in its place")
        if not good:
            report_state(out, machine, problem is not None and machine.process.poll() is None)


def main():
    out = Tap()
    files = (("an empty file", b""), ("one byte", b"x"),
             ("a few lines", b"one two\n\tthree \x0b\nfour\r\n\n five"),
             ("2,024 bytes, and no newline", b"ab " * 674 + b"ab"),
             ("20 MiB", large_text(20 << 20)))
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files:
            path = os.path.join(folder, "some file")
            with open(path, "wb") as file:
                file.write(content)

            def check(serial):
                found, wanted = RESULT.search(serial), expected(path)
                good = out.result(found and found.groups() == wanted,
                                  f"{name}: as wc and xxhsum say",
                                  f"wc and xxhsum: {wanted}")
                return good & out.result("there is no file, or it was read already" in serial,
                                         f"{name}: is gone when it was read")

            run(out, name, [f"file={path}"], check)
    run(out, "no file", [], lambda serial: out.result(
        serial.count("reader: there is no file, or it was read already: make run FILE=path") == 2,
        "no file: says so"))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
