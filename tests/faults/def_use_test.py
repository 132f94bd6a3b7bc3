# SPDX-License-Identifier: BSD-2-Clause
"""Which flips of registers and memory stand for which others (def_use.py), on a few
instructions."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]

import plans  # noqa: E402
import def_use  # noqa: E402
import report  # noqa: E402
import tap  # noqa: E402

EAX, ECX, EDX, ESP = 0, 2, 3, 7
WORD, CROSSED, UNUSED = 0xC0FFEF00, 0xC0FFEF10, 0x1010
CODE = [bytes.fromhex(text) for text in (
    "b901000000",  # 0  mov ecx, 1
    "89d0",        # 1  mov eax, edx
    "b001",        # 2  mov al, 1: eax in part
    "39c8",        # 3  cmp eax, ecx
    "41",          # 4  inc ecx: not CF
    "7200",        # 5  jc
    "50",          # 6  push eax
    "31c0",        # 7  xor eax, eax: reads, formally
    "ba05000000",  # 8  mov edx, 5
    "cb",          # 9  retf: the caller sees everything
)]


def compared(code, outcomes, alone):
    """What Classes.compare() says of a flip of EDX at step 0, and the one at 1 that stands for it;
    by_history."""
    plans.instructions = lambda: code
    cases = {step: report.Case(f"register:one:e:{step}:3.0", "register", "register", "one", "e",
                               step, EDX,
                               verdict=9 * (0,), outcome=came) \
                                   for step, came in enumerate(outcomes)}
    classes = report.Classes({("one", "e"): plans.Call(len(code) - 1, set(), sorted(code))},
                             [cases[0]])
    classes.add(cases[1])
    lonely = {c.name: c._replace(outcome=came) for c, came in zip(cases.values(), alone)}
    return (*classes.compare([cases[0]], lonely.get), classes.by_history)


def main():
    out = tap.Tap()
    code = {0xC0000000 + 16 * n: text for n, text in enumerate(CODE)}
    classes = def_use.Registers(sorted(code), def_use.uses(code))
    for name, area, expected in (
            ("eax", EAX, [None, None, 2, 3, 6, 6, 6, 7, 9, 9]),
            ("ecx", ECX, [None, 3, 3, 3, 4, 9, 9, 9, 9, 9]),
            ("edx", EDX, [1, 1] + 7 * [None] + [9]),
            ("esp", ESP, 7 * [6] + 3 * [9]),
            ("the flags of arithmetic", def_use.EFLAGS, 4 * [None] + [4, 5] + 2 * [None] + [9, 9])):
        out.result(classes.stands[area] == expected, f"which change of {name} is seen by whom",
                   str(classes.stands[area]))
    ran = sum(high - low + 1 for low, high in def_use.ARITHMETIC)
    run = sum(classes.points(area, bit, step) for area in range(10) for bit in range(32)
              for step in range(10)
              if area != def_use.EFLAGS or any(low <= bit <= high
                                                 for low, high in def_use.ARITHMETIC +
                                                 def_use.SYSTEM))
    wiped = sum(map(classes.wiped_out, range(10)))
    out.result(run + wiped == 10 * 320, "each point is run, or stood for, or wiped out",
               f"{run} + {wiped}")
    lines = classes.lines("one e")
    out.result(f"register one e step=3-3 area={EAX}-{EAX} bit=0-31" in lines, "a line of the plan")
    out.result(sum(line.endswith("area=9-9 bit=0-7") for line in lines) == 3 and ran == 9,
               "flags have lines of their own")
    memory = def_use.Memory(sorted(code), def_use.uses(code),
                            {WORD: {2, 6}, CROSSED: {6}, CROSSED + 4: {6}, UNUSED: set()})
    for name, word, expected in (
            ("a word that is read, and then pushed", WORD, 3 * [2] + 4 * [None] + 3 * [9]),
            ("a word that a push meets together with the next one", CROSSED, 7 * [6] + 3 * [9]),
            ("a word that nothing uses", UNUSED, 10 * [9])):
        out.result(memory.stands[word] == expected, f"which change of {name} is seen by whom",
                   str(memory.stands[word]))
    wiped = sum(map(memory.wiped_out, memory.stands))
    out.result(32 * sum(memory.weight.values()) + wiped == 4 * 10 * 32,
               "each point of memory likewise")
    lines = memory.lines("one e")
    out.result(f"flip one e step=6-6 area={CROSSED:#x}-{CROSSED + 4:#x} bit=0-31" in lines and
               f"mailbox one e step=9-9 area={UNUSED:#x}-{UNUSED:#x} bit=0-31" in lines,
               "its lines of the plan", str(lines))
    for name, outcomes, alone, expected in (
            ("the same", ("lost", "lost"), (), (1, [], 0)),
            ("otherwise, and not when alone", ("masked", "lost"), ("lost", "lost"), (1, [], 1)),
            ("otherwise", ("masked", "lost"), ("masked", "lost"),
             (1, ["register:one:e:0:3.0"], 0))):
        said = compared(code, outcomes, alone)
        out.result(said == expected, f"a flip that came out {name}", str(said))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
