# SPDX-License-Identifier: BSD-2-Clause
"""Fault campaigns: `make faults`, `make faults-flips`, `make faults-full`, `make fault CASE=...`.

    faults.py run [--set usual|flips|full|slice|bochs] [--budget N] [--seed N] [--jobs N]
                  [--only REGEX] [--part P] [--json F] [--csv F] [--sshlogin HOSTS]
    faults.py report FILE.out...        the outcome of shards that were run before, or elsewhere
    faults.py case NAME [--gdb]         one case alone, in words
    faults.py shard PLAN OUT [ENGINE]   one boot (more, if nano stops): what GNU parallel runs

A case is named by what makes it happen, and its name repeats it:

    CAMPAIGN:OPERATION:STATE:STEP[:AREA.BIT][:AGAIN]    kill:one:e:37, register:call:w:12:8.31

What is run is in plans.py, how in shards.py, what came of it in report.py; record.py writes that to
RESULTS.md.
"""

import argparse
import os
import re
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
os.environ.setdefault("B", "build-inject")

import ending  # noqa: E402
import plans  # noqa: E402
import record  # noqa: E402
import report  # noqa: E402
import shards  # noqa: E402


def campaign(which, seed=1, jobs=None, only="", engine="qemu", budget=0, sshlogin=None, part=None):
    """Runs a set, or the part that is wanted. Returns a reader of its cases, one of the samples to
    compare, and the shards that failed."""
    jobs = jobs or os.cpu_count() or 1
    survey, missing = {}, []

    def wanted(lines):
        return [line for line in (plans.parts(lines)[part] if part else lines)
                if re.search(only, line)]

    if which != "bochs":
        chosen = plans.firsts(["one"]) if which == "slice" else None
        paths = which == "slice" or which == "full" and part in (None, "memory", "registers")
        survey, missing = shards.survey(seed, jobs, engine, sshlogin, chosen, paths)
    rest, samples = map(wanted, plans.lines_of(which, seed, budget, survey))
    outs, failed = shards.work("main", rest, seed, jobs, engine, sshlogin)
    missing += failed
    # A plan knows only about how many flips it has, and the budget is how many are wanted.
    for again in range(1, 10 if which == "flips" else 0):
        short = budget - sum(c.activated for c in report.Reader(outs, survey))
        more = [line
                for line in wanted(plans.lines_of(which, seed + again, max(short, 5000), survey)[0])
                if line not in rest] if short > 0 else []
        if not more or missing:
            break
        found, missing = shards.work(f"more{again}", more, seed, jobs, engine, sshlogin)
        outs, rest = outs + found, rest + more
    else:
        if which == "flips":
            print(f"faults: after nine rounds still {short} short of the budget", file=sys.stderr)
    compared, failed = [], []
    if samples:
        compared, failed = shards.work("samples", samples, seed, jobs, engine, sshlogin)
    cases = report.Reader(outs, survey)
    if plans.parts(rest)["text"] and which in ("flips", "full"):  # elsewhere they are but a sample
        cases.unexecuted = plans.unexecuted(survey)
    return cases, report.Reader(compared), missing + failed


def run(arguments):
    start = time.monotonic()
    engine = "bochs" if arguments.set == "bochs" else "qemu"
    cases, samples, missing = campaign(arguments.set, arguments.seed, arguments.jobs,
                                       arguments.only, engine,
                                       arguments.budget, arguments.sshlogin, arguments.part)
    if not cases.files and not missing:
        sys.exit("faults: no line of the plan matches")
    for name in missing:
        print(f"{name}: was not worked off")
    minutes = (time.monotonic() - start) / 60
    print(f"faults: {arguments.set}, seed {arguments.seed}, {minutes:.1f} min")
    summary = report.report(cases, arguments.json, arguments.csv, samples, tasks=int(shards.TASKS),
                            engine=engine, alone=case_alone)
    failures = summary["failures"] + len(missing)
    record.write(summary, arguments, minutes, failures)
    return failures


# --- one case
# ----------------------------------------------------------------------------------------

def case_line(name):
    """The plan line that runs this case alone."""
    words = name.split(":")
    kind, operation, state, step = (words + [""] * 4)[:4]
    rest = r"(:[0-9a-f]+\.\d+)" + (""
                                   if kind in ("register", "flip", "mailbox", "hostile", "stop",
                                               "cache") else "?") + r"(:\d+)?"
    if kind not in plans.CAMPAIGNS or state not in plans.STATES_OF.get(operation, "") or \
        not state or \
            not re.fullmatch(r"\d+" + rest, ":".join(words[3:])):
        sys.exit(
            f"faults: {name!r} is no case: CAMPAIGN:OPERATION:STATE:STEP[:AREA.BIT][:AGAIN], the "
            f"area in hexadecimal\n"
                 f"campaigns: {' '.join(plans.CAMPAIGNS)}\noperations, and their states:\n"
                 + " ".join(f"{o}:{s}" for o, s in plans.STATES_OF.items()))
    line = f"{kind} {operation} {state} step={step}-{step}"
    rest = words[4:]
    if rest and "." in rest[0]:
        area, bit = rest.pop(0).split(".")
        line += f" area={int(area, 16):#x}-{int(area, 16):#x} bit={bit}-{bit}"
    return line + (f" again={rest[0]}-{rest[0]}" if rest else "")


def debug(plan):
    """Under GDB: at the instruction before which the fault is put in place, with the router's
    symbols."""
    import run_guest
    return run_guest.debug(shards.boot_modules(plan), shards.FOLDER,
                           ["-ex", "tbreak act", "-ex", "continue", "-ex", "set $at = f->eip",
                            "-ex", "print injector.plan", "-ex", "info symbol $at", "-ex",
                            "list *$at",
                            "-ex",
                            "echo The fault is put in before this instruction; `continue` goes on "
                            "to it (or, if it is a kill, to nano).\\n",
                            "-ex", "tbreak *$at", "-ex", "tbreak router_fault"], icount=True)


def case_alone(name):
    """What comes of a case in a boot of its own; None: the operation has fewer instructions."""
    cases, _, _ = shards.alone(case_line(name))
    return cases[0] if cases else None


def one_case(name, gdb):
    if gdb:
        with tempfile.TemporaryDirectory() as folder:
            plan = os.path.join(folder, "plan")
            with open(plan, "w") as file:
                file.write(case_line(name) + "\n")
            return debug(plan)
    cases, text, ended = shards.alone(case_line(name))
    if not cases:
        print(f"{name}: the operation has fewer instructions than that"
              if "power off, exit code 0" in text else
              f"{name}: the machine {'stopped' if ended else 'hangs'}: {shards.last_words(text)}")
        return 1
    if not shards.started_there(text):
        print(f"{name}: {shards.NOT_THERE}")
        return 1
    c = cases[0]
    where = report.places([c.eip, c.fault_eip])
    print(f"{c.name}: {c.outcome}\n  at {c.eip:08x} {where.get(c.eip, '')}")
    if c.restarts:
        print(f"  the router died {c.restarts} times, last at {c.fault_eip:08x} "
              f"{where.get(c.fault_eip, '')}; {c.cost} instructions to the next call")
    print("  lost {}, doubled {}, reordered {}, altered {}, status {}, stuck {}, violations {}, "
          "harmed {}, missed {:#x}, escapes {}".format(*c.verdict, c.escapes))
    late = re.search(r"^escaped: .*", text, re.M)
    if late and not c.escapes:
        print(f"  {late.group(0)}")
    return int(report.is_failure(c) or late is not None)


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    p = commands.add_parser("run")
    p.add_argument("--set", default="usual", choices=("usual", "flips", "full", "slice", "bochs"))
    p.add_argument("--budget", type=int, default=record.BUDGET,
                   help="flips that are activated, at least")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1,
                   help="at a time, on each machine")
    p.add_argument("--json")
    p.add_argument("--csv")
    p.add_argument("--only", default="", metavar="REGEX", help="plan lines that match")
    p.add_argument("--part", choices=plans.PARTS)
    p.add_argument("--sshlogin", metavar="HOSTS", help="as GNU parallel's: `:` is this machine")
    p = commands.add_parser("case")
    p.add_argument("name")
    p.add_argument("--gdb", action="store_true")
    p = commands.add_parser("shard")
    p.add_argument("plan")
    p.add_argument("out")
    p.add_argument("engine", nargs="?", default="qemu")
    p = commands.add_parser("report")
    p.add_argument("--json")
    p.add_argument("--csv")
    p.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    if not getattr(arguments, "gdb", False):
        ending.clean_up()
    if arguments.command == "shard":
        return shards.shard(arguments.plan, arguments.out, arguments.engine)
    if arguments.command == "case":
        return one_case(arguments.name, arguments.gdb)
    if arguments.command == "report":
        cases = report.Reader(arguments.files, shards.read_survey(arguments.files))
        failures = report.report(cases, arguments.json, arguments.csv)["failures"]
        left, count = shards.unfinished(arguments.files)
        if left:
            print(f"faults: only a part of a campaign: {len(left)} of {count} shards are not "
                  f"worked off ({os.path.relpath(left[0])}). RESUME=1 goes on where it was cut "
                  "off.")
        return int(failures != 0 or left != [])
    return int(run(arguments) != 0)


if __name__ == "__main__":
    sys.exit(main())
