# SPDX-License-Identifier: BSD-2-Clause
"""What a fault campaign runs: lines of the plan (tests/faults/plan.h), by sets.

    usual    kills, second kills, ticks, interrupts, hostile words at all points; samples of the
             rest: a quarter of an hour
    flips    bit flips, `budget` of them: samples, most of them of the text that an operation runs
    full     every bit at every instruction, except what def_use.py says cannot differ
    slice    for continuous integration
    bochs    the kill campaign, and a sample of the rest, for Bochs

A bit of text that the operation does not execute cannot do anything: it is counted and not run.
What is executed is known from a traced run of each operation (`code`), which comes first.
"""

import collections
import os
import random
import re
import subprocess

import boot_set
import def_use

HERE = os.path.dirname(os.path.abspath(__file__))
CROSS = os.environ.get("CROSS_COMPILE", "i686-linux-gnu-")
ROUTER_BASE = 0xC0000000
REGISTERS = 10
TEXT_SHARE = 0.6  # of a budget of flips, at most
HOSTILE_BOB = 256  # faults.h
POSTERS = ("alice", "bob", "registrar", "pager")  # not carol: she judges


# What a survey tells of an operation in a state: its instructions, how many; the bytes of text that
# it executes; and, if asked for, the instructions' addresses in their order, and the steps that use
# each word of USED.
Call = collections.namedtuple("Call", "steps executed path used", defaults=((), {}))


def source_list(file, pattern):
    return re.findall(pattern, open(os.path.join(HERE, file)).read(), re.M)


CAMPAIGNS = source_list("plan.c", r'\[CAMPAIGN_\w+\] =\s+"(\w+)"')
OPERATIONS = source_list("operations.c", r'^    \{"(\w+)", (?:STATES|"\w+"),')
PARTY = dict(source_list("operations.c", r'^    \{"(\w+)", (?:STATES|"\w+"), "(\w+)"'))
STATES = source_list("faults.h", r'#define STATES "(\w+)"')[0]
STATES_OF = {name: STATES if states == "STATES" else states.strip('"') for name, states in
             source_list("operations.c", r'^    \{"(\w+)", (STATES|"\w+"),')}
STATUS = {name: int(number) for name, number in
          source_list("../../include/ringpost/status.def", r"^STATUS\((\w+), *(\d+),")}
# Of what a set runs: kills and second kills, ticks, lines, hostile words; hangs and stops of tasks;
# flips of text and constants, of whatever else the router writes, of registers.
PARTS = ("kills", "hangs", "text", "memory", "registers")
LINES_OF = {"multi": 4, "batch": 3, "mixed": 7}  # that the operation posts


def pairs_of(operations=None):
    return [(o, s) for o in operations or OPERATIONS for s in STATES_OF[o]]


def firsts(operations=None):
    return [(o, STATES_OF[o][0]) for o in operations or OPERATIONS]


def section(*names):
    """(first, last) address of the words of the router's sections of these names."""
    text = subprocess.run([CROSS + "readelf", "-SW", f"{boot_set.BUILD}/router.elf"],
                          capture_output=True,
                          text=True, check=True).stdout
    found = [(int(a, 16), int(size, 16)) for name, a, size in
             re.findall(r"\] (\.\w+)\s+\w+\s+([0-9a-f]{8}) [0-9a-f]+ ([0-9a-f]+)", text)
             if name in names]
    return min(a for a, _ in found), (max(a + s for a, s in found) - 1) & ~3


def layout(name):
    return int(re.search(rf"#define {name}\s+(0x[0-9A-F]+)",
                         open("include/ringpost/layout.h").read()).group(1), 16)


def stack():
    """The part of the router's stack that calls reach: its last 768 bytes."""
    top = layout("ROUTER_STACK") + 4096
    return top - 768, top - 4


def written():
    """What the router writes, by (campaign, area): its data, stack and wake list; bob's in header,
    up to its counters; the routes that it remembers of the caller."""
    wake_list = layout("WAKE_LIST")
    return [("flip", section(".data", ".bss")), ("flip", stack()),
            ("flip", (wake_list, wake_list + 60)),
            ("mailbox", (0x1000, 0x1070)), ("cache", (0, 1020))]


def words(area):
    return (area[1] - area[0]) // 4 + 1


def written_words():
    return sum(words(area) for _, area in written())


# --- the executed text
# -------------------------------------------------------------------------------

def survey_lines(chosen=None, paths=False):
    """What must be known before flips are planned: `code` and `count` of each operation. For
    def_use.py also its path, by a tick at each instruction (nothing goes wrong, and its address is
    told), and who uses each word."""
    rest = [("code", ""), ("count", " step=999999-999999")]
    if paths:
        rest += [("tick", "")] + [("uses", f" area={low:#x}-{high:#x}")
                                  for _, (low, high) in written()]
    return [f"{c} {o} {s}{more}" for o, s in chosen or firsts() for c, more in rest]


def instructions():
    """Address to bytes of each of the router's instructions."""
    text = subprocess.run([CROSS + "objdump", "-dw", "-j", ".text", f"{boot_set.BUILD}/router.elf"],
                          capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^([0-9a-f]{8}):\t((?:[0-9a-f]{2} )+)", text, re.M)
    return {int(address, 16): bytes.fromhex(code) for address, code in found}


def executed_bytes(bitmap):
    """The addresses of all bytes of the instructions that the bit map says were begun."""
    code, found = instructions(), set()
    for at, byte in enumerate(bytes.fromhex(bitmap)):
        for bit in range(8):
            if byte >> bit & 1:
                start = ROUTER_BASE + at * 8 + bit
                found.update(range(start, start + len(code.get(start, b"?"))))
    return found


def text_ranges(executed):
    """Runs of words with an executed byte, as (first, last)."""
    ranges = []
    for word in sorted({a & ~3 for a in executed}):
        if ranges and word - ranges[-1][1] <= 8 and word - ranges[-1][0] < 128:
            ranges[-1][1] = word
        else:
            ranges.append([word, word])
    return ranges


def parts(lines):
    """The plan lines, by PARTS."""
    found, constants = {part: [] for part in PARTS}, section(".rodata")[1]
    for line in lines:
        campaign, area = line.split(" ", 1)[0], re.search(r"\barea=(\w+)", line)
        part = {"register": "registers", "mailbox": "memory", "cache": "memory", "hang": "hangs",
                "stop": "hangs"}
        found[part.get(campaign) or campaign != "flip" and "kills" or
              ("text" if int(area.group(1), 0) <= constants else "memory")].append(line)
    return found


def unexecuted(survey):
    """Bits of text that no plan has, because the operation executes nothing near them."""
    return sum(32 * (words(section(".text")) - sum(map(words, text_ranges(call.executed))))
               for call in survey.values())


# --- sets
# ------------------------------------------------------------------------------------------

def classes(survey):
    """(operation, state) -> def_use.Registers and def_use.Memory, of those whose path is known"""
    use = def_use.uses(instructions()) if any(call.path for call in survey.values()) else {}
    return {which: (def_use.Registers(call.path, use), def_use.Memory(call.path, use, call.used))
            for which, call in survey.items() if call.path}


def flips(survey, budget, pick):
    """Bit flips, about `budget` (0: all there are). survey: (operation, state) -> Call."""
    text, some = [], []
    # What varies most from one instruction to the next has the greatest weight: registers.
    places = [("register", f"area=0-{REGISTERS - 1}", REGISTERS * 32, 8)]
    for (kind, (low, high)), weight in zip(written(), (4, 1, 1, 1, 1)):
        places += [(kind, f"area={a:#x}-{min(a + 28, high):#x}", words((a, min(a + 28, high))) * 32,
                    weight)
                   for a in range(low, high + 1, 32)]
    constants = section(".rodata")
    for (o, s), call in survey.items():
        text += [(f"flip {o} {s} step=0-0 area={a:#x}-{b:#x} bit=0-31", words((a, b)) * 32)
                 for a, b in text_ranges(call.executed) + [constants]]
        for step in range(call.steps) if budget else ():
            some += [(f"{kind} {o} {s} step={step}-{step} {area} bit=0-31", each, weight)
                     for kind, area, each, weight in places]
    whole, most = sum(n for _, n in text), int(budget * TEXT_SHARE)
    lines = [line for line, _ in text]
    if not budget:
        lines += [line for (o, s), both in classes(survey).items() for of in both
                  for line in of.lines(f"{o} {s}")]
    if budget and whole > most:
        lines = pick.sample(lines, max(1, len(lines) * most // whole))
    left = budget - min(whole, most)
    # The share of the points that are taken is such that all together are what is left.
    total = sum(each * weight for _, each, weight in some)
    return lines + [line for line, _, weight in some if pick.random() < weight * left / total]


def stops(every, chosen):
    """Receiver, sender, pager killed, each without and with the router."""
    return [f"stop {o} {s} area={a}-{a + 1} every={every}" for o, s in chosen for a in (0, 2, 4)]


def hostile_words(operation):
    return 6 + 16 * LINES_OF.get(operation, 1)


def hostiles(chosen):
    lines = []
    for o, s in chosen:
        if PARTY[o] in POSTERS:
            lines.append(f"hostiles {o} {s} area=0-{hostile_words(o)}")
        if PARTY[o] != "bob":
            lines.append(f"hostiles {o} {s} area={HOSTILE_BOB}-{HOSTILE_BOB + 6}")
    return lines


def same_class(pick, count, chosen):
    """Pairs and hostile words at other points than `pairs` and `hostiles` choose: to compare with
    those."""
    lines = []
    for o, s in pick.sample(chosen, min(count, len(chosen))):
        step = pick.randrange(10, 200)
        lines.append(f"pair {o} {s} step={step}-{step} again={pick.randrange(1, 60)}-9999 every=61")
        if PARTY[o] in POSTERS:
            word = pick.choice((1, 7, 8, 10, 11, 12))
            lines.append(
                f"hostile {o} {s} step={pick.randrange(20)}-9999 every=17 area={word}-{word} "
                f"bit=0-7")
    return lines


def same_flip(pick, count, survey):
    """(plan lines of def_use.py, so many other flips to compare with them) for each operation whose
    path is known"""
    lines, others = [], []
    for call, both in classes(survey).items():
        for of in both:
            places = of.places()
            for area, step, stands in pick.sample(places, min(count, len(places))):
                for at, found in ((stands, lines), (step, others)):
                    found.append("{} {} {} step={}-{} area={:#x}-{:#x} bit=0-7".format(
                        of.kind(area), *call, at, at, area, area))
    return lines, others


def notice_line():
    """The flip that makes a death notice, a message of the router's own, look like a grant from
    nobody: once, recovery died of it three times. It is in the instruction that stores the notice's
    tag, lines and flags."""
    text = subprocess.run([CROSS + "objdump", "-dw", f"{boot_set.BUILD}/router.elf"],
                          capture_output=True,
                          text=True, check=True).stdout
    flags = int(re.search(rf"^([0-9a-f]+):.*movl +\$0x4201{STATUS['DEAD']:04x},-", text,
                          re.M).group(1), 16) + 6
    word, bit = flags & ~3, flags % 4 * 8 + 3
    return f"flip gone e step=0-0 area={word:#x}-{word:#x} bit={bit}-{bit}"


def lines_of(which, seed, budget, survey):
    """The plan lines of a set, and those to be compared with them. Samples depend on the seed; what
    is complete does not."""
    pick = random.Random(seed)
    everything = pairs_of()
    if which == "flips":
        return flips(survey, budget, pick), []
    if which == "bochs":
        some = [f"{c} {o} {s} every=23" for o, s in firsts(["one", "call", "reply", "grant"])
                for c in ("tick", "irq", "hang")]
        some += stops(59, [("call", "e"), ("lend", "e")])
        some += ["hostiles one e area=1-8", "poison one e every=9",
                 "register one e step=40-40 area=0-9 bit=0-31",
                 "flip one e step=0-0 area=0xc00000cc-0xc00000fc bit=0-31"]
        return [f"kill {o} {s}" for o, s in everything] + some, []
    if which == "slice":
        lines = [f"kill {o} {s} every=7" for o, s in firsts()] + [notice_line()]
        lines += [f"{c} {o} e every=13" for c in ("tick", "irq", "hang")
                  for o in ("one", "oneway", "call", "lend")]
        lines += ["kill mixed h every=23", "kill batch 1 every=5", "poison one e every=9",
                  "hostiles one e area=0-22",
                  f"pairs one e step={pick.randrange(120, 190)}-999",
                  f"hostiles call e area={HOSTILE_BOB}-{HOSTILE_BOB + 6}"]
        lines += stops(37, [("call", "e"), ("lend", "e")])
        lines += [f"register {o} e step={pick.randrange(20, 90)}-999 area=0-9 every=53 bit=0-31"
                  for o in ("one", "reply")]
        lines += flips({k: v for k, v in survey.items() if k[0] == "one"}, 3000, pick)
        chosen, others = same_flip(pick, 6, survey)
        return lines + chosen, same_class(pick, 1, [("one", "e")]) + others
    full = which == "full"
    lines = [f"{c} {o} {s}" for o, s in everything for c in ("kill", "tick", "irq")]
    lines += [f"poison {o} {s}" for o, s in pairs_of(["one", "multi", "batch"])]
    lines += [f"hang {o} {s} every={1 if full else 10}" for o, s in everything]
    lines += [f"pairs {o} {s}" for o, s in everything]
    lines += hostiles(everything) + stops(1 if full else 5, everything if full else firsts())
    others = same_class(pick, 200 if full else 12, everything) + same_flip(pick, 40, survey)[1]
    return lines + flips(survey, 0 if full else 30000, pick), others
