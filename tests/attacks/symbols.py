# SPDX-License-Identifier: BSD-2-Clause
"""Addresses that attackers want, as C: symbols.py PREFIX ELF [NAME...] > header.

A NAME is a symbol, or an address with an @ before it: PREFIX_WORD_address is then the word there.
PREFIX_RET is the address of a RET instruction in the text, for calls that come back if nothing
stops them. Also reads ELFs for the reports: which symbol is at an address.
"""

import bisect
import struct
import sys


class Elf:
    def __init__(self, path):
        self.data = open(path, "rb").read()
        offset, = struct.unpack_from("<I", self.data, 32)
        size, count, names = struct.unpack_from("<HHH", self.data, 46)
        self.sections = [struct.unpack_from("<10I", self.data, offset + i * size)
                         for i in range(count)]
        self.symbols = {}
        for section in self.sections:
            if section[1] == 2:  # SHT_SYMTAB
                strings = self.sections[section[6]]
                for at in range(section[4], section[4] + section[5], 16):
                    name, value, _, info, _, index = struct.unpack_from("<IIIBBH", self.data, at)
                    end = self.data.index(b"\0", strings[4] + name)
                    if name and index and info & 15 in (0, 1, 2):
                        self.symbols[self.data[strings[4] + name:end].decode()] = value
        self.order = sorted((value, name) for name, value in self.symbols.items())

    def find_ret(self, above):
        """A RET in executable memory, at a place where the byte means that whoever jumps there."""
        for _, kind, flags, address, offset, size, *_ in self.sections:
            if kind == 1 and flags & 4 and address >= above:
                at = self.data.find(b"\xc3", offset, offset + size)
                if at >= 0:
                    return address + at - offset
        raise SystemExit("no RET in this image")

    def word(self, address):
        """What stands in memory there, when it is loaded."""
        for _, kind, _, base, offset, size, *_ in self.sections:
            if kind == 1 and base and base <= address <= base + size - 4:
                return struct.unpack_from("<I", self.data, offset + address - base)[0]
        raise SystemExit(f"nothing is loaded at {address:#x}")

    def where(self, address):
        i = bisect.bisect_right(self.order, (address, "\xff")) - 1
        if i < 0 or address - self.order[i][0] > 0x4000:
            return ""
        return f"{self.order[i][1]}+{address - self.order[i][0]:#x}"


def main():
    prefix, path, *names = sys.argv[1:]
    elf = Elf(path)
    print(f"/* Generated from {path}. */")
    for name in names:
        if name.startswith("@"):
            print(f"#define {prefix}_WORD_{name[3:]} {elf.word(int(name[1:], 16)):#x}u")
        else:
            print(f"#define {prefix}_{name} {elf.symbols[name]:#x}u")
    print(
        f"#define {prefix}_RET "
        f"{elf.find_ret(0xC0000000 if prefix == 'ROUTER' else 0xF0200000):#x}u")


if __name__ == "__main__":
    main()
