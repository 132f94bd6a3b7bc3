# SPDX-License-Identifier: BSD-2-Clause
"""Symbols: those of nano and router always, and those of one program in ring 3.

Programs overlap in address, so GDB may know one at a time. At each stop choose_program loads the
program of the task whose view is loaded, or was loaded when the CPU entered nano.
"""

import os
import struct

import gdb

BUILD = os.environ.get("B", "build")
# A guest test's own programs come before those of the system.
FOLDERS = [f for f in (os.environ.get("RINGPOST_PROGRAMS"), BUILD) if f]

_program = None  # the module whose symbols are loaded
_types = {}
_symbols = {}
_constants = {}


def path(module):
    """The ELF file of a boot module, or None."""
    for folder in FOLDERS:
        name = os.path.join(folder, module + ".elf")
        if os.path.exists(name):
            return name
    return None


def module_of(task):
    """The module that the manifest gives to a task which may not live yet; None: no such line."""
    try:
        with open(os.environ.get("RINGPOST_MANIFEST", "apps/manifest.txt")) as manifest:
            lines = [line.split("#")[0].split() for line in manifest]
    except OSError:
        return None
    return next((word[7:] for words in lines if words[:2] == ["task", task]
                 for word in words if word.startswith("module=")), None)


def objfile(module):
    return gdb.lookup_objfile(os.path.abspath(path(module)))


def structure(module, name):
    """The type `struct name` or `enum name` of that image; two images may have one each."""
    key = module, name
    if key not in _types:
        symbol = objfile(module).lookup_static_symbol(name, gdb.SYMBOL_STRUCT_DOMAIN)
        if symbol is None:
            raise gdb.GdbError(f"{module}.elf has no type '{name}'")
        _types[key] = symbol.type
    return _types[key]


def symbol(module, name):
    """The address of a symbol of that image, from its symbol table. GDB need not have loaded it,
    and it may come from a linker script or from the assembler, without a type."""
    if module not in _symbols:
        _symbols[module] = _read_symbols(path(module))
    if name not in _symbols[module]:
        raise gdb.GdbError(f"{module}.elf has no symbol '{name}'")
    return _symbols[module][name]


def _read_symbols(file):
    """{name: address} of an ELF32 file (TIS ELF 1.2, part 1: section and symbol tables)."""
    data = open(file, "rb").read()
    offset, = struct.unpack_from("<I", data, 32)
    size, count = struct.unpack_from("<HH", data, 46)
    headers = [struct.unpack_from("<10I", data, offset + i * size) for i in range(count)]
    found = {}
    for header in headers:
        if header[1] != 2:  # SHT_SYMTAB
            continue
        strings = headers[header[6]][4]
        for at in range(header[4], header[4] + header[5], 16):
            name, address = struct.unpack_from("<II", data, at)
            end = data.index(b"\0", strings + name)
            found[data[strings + name:end].decode()] = address
    return found


def learn_constants(module, function, *names):
    """Macros, by -g3: GDB looks them up where the listing stands, so this is for the start only.
    If that is above the line that includes them, a listing further down has them."""
    gdb.execute(f"list {function}", to_string=True)
    for name in names:
        try:
            found = gdb.parse_and_eval(name)
        except gdb.error:
            gdb.execute("list", to_string=True)
            found = gdb.parse_and_eval(name)
        _constants[module, name] = int(found)


def constant(module, name):
    return _constants[module, name]


def names_of(module, enum, prefix=""):
    """{number: name} of an enum, names without their prefix."""
    return {field.enumval: field.name[len(prefix):] for field in structure(module, enum).fields()}


def flags_in_words(module, enum, prefix, number):
    """The names of the bits that are set."""
    names = names_of(module, enum, prefix)
    return " ".join(name for bit, name in sorted(names.items()) if number & bit)


def program():
    return _program


def load_program(module):
    """Exchange the ring-3 program's symbols; None or an unknown module: none at all."""
    global _program
    file = path(module) if module else None
    if (module if file else None) == _program:
        return
    old, _program = _program, None
    if old:
        try:
            gdb.execute(f"remove-symbol-file -a {symbol(old, 'main'):#x}", to_string=True)
        except gdb.error:  # GDB 13 raises here what the command before has raised
            pass
    if file:
        gdb.execute(f"add-symbol-file {os.path.abspath(file)} -o 0", to_string=True)
        _program = module


def learn_pager():
    """What tasks.py needs of the pager: the types of its table."""
    load_program("pager")
    structure("pager", "task")
    structure("pager", "program")
    structure("pager", "fault")
    load_program(None)


def in_program(pc):
    """Is that an address of ring 3, and not of router or nano?"""
    return pc < constant("nano", "RING3_LIMIT")


def load_inner_rings():
    gdb.execute(f"symbol-file {os.path.abspath(path('nano'))}", to_string=True)
    gdb.execute(f"add-symbol-file {os.path.abspath(path('router'))} -o 0", to_string=True)
