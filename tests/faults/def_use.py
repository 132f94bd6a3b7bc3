# SPDX-License-Identifier: BSD-2-Clause
"""Flips of registers and of memory at every instruction of an operation, without those that cannot
differ.

A changed place is first seen by the next instruction that reads it; one that writes all of it
instead wipes the change out. So the instructions between two uses of a place are one class: the
last of them is run, before the reader, and stands for all; what is wiped out is not run (def/use
pruning: Güthoff and Sieh, FTCS 1995). Which instruction is at which step, a traced run of the
operation tells. At the last step, RETF or PARK, everything is read, for the caller, nano, or the
next call may look.

Registers: what an instruction reads and writes, Capstone knows. Conservative: part of a register
counts as all of it when read, and as nothing when written; the flags of arithmetic are one
register. EIP, and the flags that are no arithmetic's, are run at every step: each instruction
depends on them. Bits 15 and 22 to 31 of EFLAGS, which IRET does not load, and VM (faults.h) are not
run.

Memory, words that the router can write: a traced run for each word tells the steps that use it (a
watchpoint, campaign `uses`). Conservative: all of them count as reads, except plain stores of that
whole word.
"""

import collections
import functools

# by area, as <ringpost/inject.h> numbers them
NAMES = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp")
EIP, EFLAGS = 8, 9
ARITHMETIC = ((0, 7), (11, 11))  # runs of bits: CF, PF, AF, ZF, SF, OF, and three that are fixed
SYSTEM = ((8, 10), (12, 14), (16, 16), (18, 21))  # TF, IF, DF; IOPL, NT; RF; AC, VIF, VIP, ID
BITS = {**{area: 32 for area in range(8)}, EFLAGS: sum(high - low + 1 for low, high in ARITHMETIC)}


def _whole(name):
    """(area, is it all of the register) of a register's name; None: none of the eight."""
    for area, whole in enumerate(NAMES):
        if name == whole or name in (whole[1:], whole[1] + "l", whole[1] + "h"):
            return area, name == whole
    return None


def _flags(instruction, x86):
    """(does it read one of arithmetic's flags, does it write all of them)"""
    def does(what, flag):
        return instruction.eflags & getattr(x86, f"X86_EFLAGS_{what}_{flag}", 0)
    flags = ("CF", "PF", "AF", "ZF", "SF", "OF")
    written = [any(does(w, f) for w in ("MODIFY", "RESET", "SET", "UNDEFINED")) for f in flags]
    counted = instruction.op_str.endswith(", cl")  # a shift by 0 writes none
    return any(does("TEST", f) for f in flags) or (any(written) and
                                                   (counted or not all(written))), all(written)


def _stores(instruction, x86):
    """Does it write a word of memory, and read none?"""
    memory = [o for o in instruction.operands if o.type == x86.X86_OP_MEM]
    if instruction.mnemonic in ("push", "call"):
        return not memory
    return instruction.mnemonic == "mov" and memory == instruction.operands[:1] and \
        memory[0].size == 4


# areas that it reads, that it writes whole; _stores()
Use = collections.namedtuple("Use", "reads writes stores")


def uses(code):
    """Address of each instruction to its Use. code: address to bytes."""
    import capstone
    from capstone import x86_const
    decoder, found = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_32), {}
    decoder.detail = True
    for address, text in code.items():
        for i in decoder.disasm(text, address, 1):
            read, written = ([_whole(i.reg_name(r)) for r in regs] for regs in i.regs_access())
            reads = {r[0] for r in read if r} | {w[0] for w in written if w and not w[1]}
            tested, wiped = _flags(i, x86_const)
            if tested or i.mnemonic == "pushfd":
                reads.add(EFLAGS)
            found[address] = Use(reads, {w[0] for w in written if w} |
                                 ({EFLAGS} if wiped else set()),
                                 _stores(i, x86_const))
    return found


def _stands(steps, reads, writes):
    """For each step the one that stands for it, or None: wiped out. Does the instruction at a step
    read or write?"""
    found, representative = [None] * steps, None
    for step in reversed(range(steps)):
        if step == steps - 1 or reads(step):
            representative = step
        elif writes(step):
            representative = None
        found[step] = representative
    return found


def _runs(areas, apart):
    """(first, last) of those that follow each other so far apart."""
    found = []
    for area in sorted(areas):
        if found and area - found[-1][1] == apart:
            found[-1][1] = area
        else:
            found.append([area, area])
    return found


class Classes:
    """Of one operation; stands: area to, for each of its steps, the one that stands for it, or
    None: wiped out."""

    def __init__(self, steps, stands):
        self.steps, self.stands = steps, stands

    @functools.cached_property
    def weight(self):
        """(area, step) of each class's representative -> how many steps it stands for"""
        return collections.Counter((area, step) for area, stands in self.stands.items()
                                   for step in stands if step is not None)

    def points(self, area, _bit, step):
        """For how many points this case, if it is a representative, stands; else 0."""
        return self.weight[area, step]

    def wiped_out(self, area):
        """At how many points of an area no case stands for a flip: nothing reads it."""
        return 32 * self.stands[area].count(None)

    def places(self):
        """(area, step, the step that stands for it) where these are two"""
        return [(area, step, stands) for area, steps in self.stands.items()
                for step, stands in enumerate(steps) if stands not in (None, step)]

    def standing(self):
        """step -> the areas in which it stands for others, or for itself"""
        found = collections.defaultdict(list)
        for area, step in self.weight:
            found[step].append(area)
        return found


class Registers(Classes):
    """path: the addresses of the operation's instructions, in order; use: what uses() said."""

    def __init__(self, path, use):
        everything = Use(set(BITS), set(), False)
        at = [use.get(address, everything) for address in path]
        super().__init__(len(path), {area: _stands(len(path), lambda s: area in at[s].reads,
                                                   lambda s: area in at[s].writes) \
                                                       for area in BITS})

    @staticmethod
    def kind(_area):
        return "register"

    def points(self, area, bit, step):
        if area == EIP or area == EFLAGS and any(low <= bit <= high for low, high in SYSTEM):
            return 1
        return super().points(area, bit, step)

    def wiped_out(self, area):
        if area == EIP:
            return 0
        if area == EFLAGS:
            never = 32 - BITS[EFLAGS] - sum(high - low + 1 for low, high in SYSTEM)
            return self.steps * never + BITS[EFLAGS] * self.stands[EFLAGS].count(None)
        return super().wiped_out(area)

    def lines(self, call):
        """The plan lines of all representatives; call: `OPERATION STATE`."""
        lines = [f"register {call} area={EIP}-{EIP} bit=0-31"]
        lines += [f"register {call} area={EFLAGS}-{EFLAGS} bit={low}-{high}"
                  for low, high in SYSTEM]
        for step, areas in sorted(self.standing().items()):
            lines += [f"register {call} step={step}-{step} area={first}-{last} bit=0-31"
                      for first, last in _runs(set(areas) - {EFLAGS}, 1)]
            if EFLAGS in areas:
                lines += [
                    f"register {call} step={step}-{step} area={EFLAGS}-{EFLAGS} bit={low}-{high}"
                          for low, high in ARITHMETIC]
        return lines


class Memory(Classes):
    """used: of each word, the steps that use it; path and use as above. Areas are those of
    campaign.c."""

    def __init__(self, path, use, used):
        stores = [address in use and use[address].stores for address in path]

        def wiped(word, step):
            """A store that met two words is not aligned, and wipes out neither."""
            return step in used[word] and stores[step] and \
                not any(step in used.get(word + d, ()) for d in (-4, 4))

        super().__init__(len(path),
                         {word: _stands(len(path), lambda s: s in used[word] and not wiped(word, s),
                                                   lambda s: wiped(word, s)) for word in used})

    @staticmethod
    def kind(area):
        return "cache" if area < 0x1000 else "mailbox" if area < 0x10000 else "flip"

    def lines(self, call):
        return [f"{self.kind(first)} {call} step={step}-{step} area={first:#x}-{last:#x} bit=0-31"
                for step, areas in sorted(self.standing().items())
                for first, last in _runs(areas, 4)]
