# SPDX-License-Identifier: BSD-2-Clause
"""The fault campaigns' slice for continuous integration: a sample of each campaign, in TAP.

It builds the injection build, because only faults.py needs it; each campaign is one result: no
message lost, doubled or reordered where that is promised, no escape, nano never stopped. The last
results test the test: what is wrong on purpose must be caught.
"""

import collections
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ["B"] = "build-inject"
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]

CLEAN = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}

import boot_set  # noqa: E402
import faults  # noqa: E402
import plans  # noqa: E402
import report  # noqa: E402
import shards  # noqa: E402
import tap  # noqa: E402


def build(*goals):
    return subprocess.run(["tests/harness/locked.sh", "build-inject", "make", "INJECT=1", *goals],
                          stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL,
                          env=CLEAN).returncode == 0


def mutant(file, good, bad):
    """A copy of the injection build in which one of the router's sources is another."""
    folder = "build-inject/mutant"
    subprocess.run(["rm", "-rf", folder])
    os.makedirs(folder)
    for name in sorted(os.listdir("build-inject")):
        if name not in ("mutant", "faults", "tap"):
            os.symlink(os.path.abspath(f"build-inject/{name}"), f"{folder}/{name}")
    os.remove(f"{folder}/router")
    os.remove(f"{folder}/router.elf")
    source = open(f"router/{file}.c").read()
    wrong = source.replace(good, bad)
    with open(f"{folder}/{file}.c", "w") as text:
        text.write(wrong)
    # The commands are make's own, with another source and another result.
    said = subprocess.run(["make", "-n", "INJECT=1", "-W", f"router/{file}.c",
                           "build-inject/router.elf"],
                          capture_output=True, text=True, env=CLEAN).stdout
    commands = [line[line.index(plans.CROSS + "gcc"):] for line in said.split("\n")
                if plans.CROSS + "gcc" in line]
    done = wrong != source and commands and all(
        subprocess.run(c.replace(f"-c router/{file}.c", f"-Irouter -c {folder}/{file}.c")
                       .replace(f"build-inject/router/{file}.c.o", f"{folder}/{file}.o")
                       .replace("-o build-inject/router.elf", f"-o {folder}/router.elf"),
                       shell=True).returncode == 0
        for c in commands)
    return folder if done else None


def outcomes_with(file, good, bad, line):
    """What comes of a line of the plan with a bug in the router; None: it cannot be built."""
    folder = mutant(file, good, bad)
    if not folder:
        return None
    os.environ["B"] = boot_set.BUILD = folder
    outs, _ = shards.work("mutant", [line], 1, 1)
    os.environ["B"] = boot_set.BUILD = "build-inject"
    return {c.outcome for c in report.Reader(outs)}


def address_of(symbol):
    """In the campaigns' program."""
    said = subprocess.run([plans.CROSS + "nm", "build-inject/guest/faults/faults.elf"],
                          capture_output=True, text=True,
                          check=True).stdout
    return int(re.search(rf"^(\w+) \w {symbol}$", said, re.M).group(1), 16)


def told(out, cases, missing, name, samples=()):
    """One result for each kind of campaign. The tally."""
    tally = report.Tally(report.Classes(cases.survey, samples))
    groups = collections.defaultdict(list)
    for c in cases:
        tally.add(c)
        groups[c.campaign].append(c)
    out.result(not missing, f"{name}: every shard was worked off", " ".join(missing))
    for kind, group in groups.items():
        bad = [c for c in group if report.is_failure(c)]
        active = sum(c.activated for c in group)
        if kind in ("count", "code", "pairs", "hostiles", "uses"):  # they look, and do nothing
            out.result(not bad, f"{name}, {kind}: {len(group)} traced runs")
        else:
            out.result(not bad and active > 0,
                       f"{name}, {kind}: {active} faults, nothing lost, nobody harmed",
                       "\n".join(f"{c.outcome}: make fault CASE={c.name}" for c in bad[:10]))
    if samples:
        compared, other = tally.classes.compare(samples, faults.case_alone)
        out.result(compared and not other,
                   f"{name}: {compared} other points came out as those that stand for them",
                   " ".join(other))
    return tally


def paths_differ():
    """Operations that take another number of instructions when others went before them."""
    steps = collections.defaultdict(set)
    for seed in (1, 2):
        lines = [f"count {o} {s} step=999999-999999" for o, s in plans.pairs_of()]
        outs, _ = shards.work("order", lines, seed, 2)
        for c in report.Reader(outs):
            steps[c.operation, c.state].add(c.steps)
    return [call for call in plans.pairs_of() if len(steps[call]) != 1]


def debugged(name, where):
    """GDB stops at the injected instruction, and `continue` goes on to where the fault takes it."""
    said = subprocess.run(["make", "fault", f"CASE={name}", "GDB=1"],
                          input="continue\nringpost where\nkill\n",
                          capture_output=True, text=True, env=CLEAN, timeout=120).stdout
    return "call_gate + " in said and where in said, f"{name} under GDB", said


def main():
    out = tap.Tap()
    if not out.result(build("all", "build-inject/guest/faults/faults.elf"), "the injection build"):
        return out.end()
    _, said, _ = shards.alone("kill one e step=37-37")
    out.result(shards.started_there(said),
               "tasks start where indices, generations and ticks come round", said)
    backs = [re.findall(r"^back: (.*)", shards.alone(f"kill one {s} step=0-0")[1], re.M)
             for s in "ewf"]
    everything = ["alice 7, bob 7, carol 7, dave 7"]
    out.result(backs == [everything, everything, ["alice 3, bob 1, carol 3, dave 3"]],
               "right before a case what rests is set back there", str(backs))
    cases, samples, missing = faults.campaign("slice")
    tally = told(out, cases, missing, "slice", samples)
    restart = report.median(tally.costs)
    out.result(0 < restart <= 8000, f"restart: median {restart} instructions, at most 8,000")
    out.result(tally.checksum["found"] and not tally.checksum["missed"],
               f"the checksum found what flips altered: {tally.checksum['found']} cases")
    out.result(not cases.wrong_survey, "flips of what is not executed do nothing")
    differ = paths_differ()
    out.result(not differ, "an operation has the same path, whatever came before", str(differ))
    for what, address in (("the gatehouse", 0xF0000F00),
                          ("a task's memory", address_of("untouched"))):
        outs, _ = shards.work("judge",
                              [f"flip one e step=0-0 area={address:#x}-{address:#x} bit=3-3"], 1, 1)
        out.result({c.outcome for c in report.Reader(outs)} == {"ESCAPE"},
                   f"a bit of {what} that flips is an escape")
    outs, _ = shards.work("upcall", ["poison gone e step=10-10"], 1, 1)
    said = [c.said for c in report.Reader(outs) if c.outcome == "NANO STOPPED"]
    out.result(len(said) == 1 and "an upcall of the router died 3 times in a row" in said[0],
               "an upcall that dies three times stops nano, which says why", "\n".join(said))
    if shutil.which("bochs"):
        lines = ["kill one e every=9", "tick call e every=31", "hostiles one e area=1-1"]
        outs, missing = shards.work("bochs", lines, 1, 1, "bochs")
        told(out, report.Reader(outs), missing, "Bochs")
    else:
        out.skip("kill and tick on Bochs", "Bochs is not installed")
    out.result(*debugged("kill:one:e:37", "ring 0, nano: router_fault"))
    out.result(*debugged("register:one:e:37:0.5", "ring 1, router: "))
    came = outcomes_with("recover", "        finish(slot);\n    FOR",
                         "        (void)finish;\n    FOR", "kill one e")
    out.result(came and "doubled" in came,
               "a recovery that does not finish deliveries is caught: messages come twice",
               str(came))
    came = outcomes_with("recover", "box_of(to)->in.in_tail == record->tail;",
                         "NUMBER_OF(box_of(to)->in.in_tail) >= NUMBER_OF(record->tail);",
                         "kill one w")
    out.result(came and "lost" in came,
               "a recovery for which 2^32 lines are more than one is caught: messages are lost",
               str(came))
    word = "    uint32_t word = read_once(&line->tag);\n"
    came = outcomes_with("call", word, word + f"""
    if ((uint16_t)word == 100) {{ /* a ledger message */
        asm volatile("pushl $0x40202; popf"); /* AC: SMAP lets it */
        ++*(volatile uint32_t *){address_of("canary") + 4:#x};
        asm volatile("pushl $0x202; popf");
    }}
""", "kill one e step=230-999")
    out.result(came == {"ESCAPE"}, "a router that writes into its caller's memory is caught",
               str(came))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
