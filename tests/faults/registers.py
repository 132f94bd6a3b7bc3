"""Flips of registers at every instruction of an operation, without those that cannot differ.

A changed register is first seen by the next instruction that reads it; one that writes all of it instead wipes the
change out. So the instructions between two uses of a register are one class: the last of them is run, before the
reader, and stands for all; what is wiped out is not run (def/use pruning: Güthoff and Sieh, FTCS 1995). What an
instruction reads and writes, Capstone knows; which instruction is at which step, a traced run of the operation
tells. Conservative: part of a register counts as all of it when read, and as nothing when written; the flags of
arithmetic are one register; at the last step, RETF or PARK, everything is read, for the caller may look.

EIP, and the flags that are no arithmetic's, are run at every step: each instruction depends on them. Bits 15 and
22 to 31 of EFLAGS, which IRET does not load, and VM (faults.h) are not run.
"""

import functools

NAMES = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp")  # by area, as <ringpost/inject.h> numbers them
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
    return any(does("TEST", f) for f in flags) or (any(written) and (counted or not all(written))), all(written)


def uses(code):
    """Address of each instruction to (areas that it reads, areas that it writes whole). code: address to bytes."""
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
            found[address] = (reads, {w[0] for w in written if w} | ({EFLAGS} if wiped else set()))
    return found


class Classes:
    """Of one operation, from its path: the addresses of its instructions, in order."""

    def __init__(self, path, use):
        self.steps = len(path)
        # area -> for each step, the one that stands for it; None: wiped out
        self.stands = {area: [None] * self.steps for area in BITS}
        everything = (set(BITS), set())
        for area, stands in self.stands.items():
            representative = None
            for step in reversed(range(self.steps)):
                reads, writes = use.get(path[step], everything)
                if area in reads or step == self.steps - 1:
                    representative = step
                elif area in writes:
                    representative = None
                stands[step] = representative

    @functools.cached_property
    def weight(self):
        """(area, step) of each class's representative -> how many steps it stands for"""
        counts = {}
        for area, stands in self.stands.items():
            for step in stands:
                if step is not None:
                    counts[area, step] = counts.get((area, step), 0) + 1
        return counts

    def points(self, area, bit, step):
        """For how many points this case, if it is a representative, stands; else 0."""
        if area == EIP or area == EFLAGS and any(low <= bit <= high for low, high in SYSTEM):
            return 1
        return self.weight.get((area, step), 0)

    def wiped_out(self):
        """How many points no case stands for: nothing reads them."""
        return self.steps * (32 - BITS[EFLAGS] - sum(high - low + 1 for low, high in SYSTEM)) + \
            sum(bits * self.stands[area].count(None) for area, bits in BITS.items())

    def lines(self, call):
        """The plan lines of all representatives; call: `OPERATION STATE`."""
        lines = [f"register {call} area={EIP}-{EIP} bit=0-31"]
        lines += [f"register {call} area={EFLAGS}-{EFLAGS} bit={low}-{high}" for low, high in SYSTEM]
        for step in range(self.steps):
            areas = [area for area in range(8) if self.stands[area][step] == step]
            for area in areas:
                if area - 1 in areas:
                    continue
                last = area
                while last + 1 in areas:
                    last += 1
                lines.append(f"register {call} step={step}-{step} area={area}-{last} bit=0-31")
            if self.stands[EFLAGS][step] == step:
                lines += [f"register {call} step={step}-{step} area={EFLAGS}-{EFLAGS} bit={low}-{high}"
                          for low, high in ARITHMETIC]
        return lines
