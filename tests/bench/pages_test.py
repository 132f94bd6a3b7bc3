# SPDX-License-Identifier: BSD-2-Clause
"""oneway-pages counts the pages that are marked in tables that the test makes, and the pages of
tables that lead there; a global page, which no CR3 load flushes, is told."""

import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
import pages  # noqa: E402
from tap import Tap  # noqa: E402

# Frames: 0 directory pointers, 1 and 2 directories, 3 and 4 tables. What is marked: two pages of
# the first table, one large page; the second table holds no marked page and is not marked itself.
P, A, PS = pages.PRESENT, pages.ACCESSED, pages.LARGE
TABLES = {0: {0: 1 << 12 | P, 3: 2 << 12 | P},
          1: {0: 3 << 12 | P | A, 5: 4 << 12 | P},
          2: {7: 0x600000 | P | A | PS, 8: 0x800000 | P | PS},
          3: {0: 9 << 12 | P | A, 1: 10 << 12 | P, 511: 11 << 12 | P | A, 2: 12 << 12 | A},
          4: {0: 13 << 12 | P}}


def written():
    memory = bytearray(16 * 4096)
    for frame, words in TABLES.items():
        for index, entry in words.items():
            struct.pack_into("<Q", memory, frame * 4096 + index * 8, entry)
    return memory


def refused(memory):
    try:
        pages.touched(memory, 0)
    except ValueError as error:
        return str(error)
    return ""


def main():
    out, memory = Tap(), written()
    found = pages.touched(memory, 0)
    out.result(found == (3, 4), "three pages are marked, four pages of tables lead there",
               str(found))
    pages.forget(memory, 0)
    found = pages.touched(memory, 0)
    out.result(found == (0, 1), "no mark is left", str(found))
    memory = written()
    struct.pack_into("<Q", memory, 3 * 4096, 9 << 12 | P | A | pages.GLOBAL)
    out.result("a global page" in refused(memory), "a global page is told")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
