"""Fault campaigns: `make faults`, `make faults-full`, `make fault CASE=...`.

    faults.py run [--set usual|full|slice|bochs] [--seed N] [--jobs N] [--json F] [--csv F]
    faults.py case NAME [--gdb]         one case alone, in words
    faults.py shard PLAN OUT [ENGINE]   one boot (more, if nano stops): what GNU parallel runs

A shard is a text of plan lines (tests/faults/plan.h) that alice works off in one boot; nano's
injector writes a line for each case on the debug port. A case is named by what makes it happen:

    CAMPAIGN:OPERATION:STATE:STEP[:AREA.BIT][:AGAIN]    kill:one:e:37, register:call:w:12:8.31
"""

import argparse
import collections
import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import boot_set  # noqa: E402
import machine  # noqa: E402
from run_tests import environment  # noqa: E402

FOLDER = "tests/faults"
TASKS = os.environ.get("TASKS", "16")  # slots
IDLERS = int(os.environ.get("IDLERS", "0"))  # further tasks
CROSS = os.environ.get("CROSS_COMPILE", "i686-linux-gnu-")
DONE = "all of it"
SILENCE = 60  # seconds without a case: nothing happens any more
CASE = re.compile(r"^case (\S+) r (\S+) v (\S+)$", re.M)
REGISTERS = "eax ebx ecx edx esi edi ebp esp eip eflags".split()
OUTCOMES = ["masked", "recovered", "hang caught", "refused", "poisoned", "set aside", "silent change",
            "lost", "doubled", "reordered", "no progress", "ESCAPE", "NANO STOPPED"]
HARMLESS = {"masked", "recovered", "hang caught", "refused", "poisoned", "set aside"}
RESET, POISONED = 18, 17  # enum status


def source_list(file, pattern):
    return re.findall(pattern, open(os.path.join(HERE, file)).read(), re.M)


CAMPAIGNS = source_list("plan.c", r'\[CAMPAIGN_\w+\] =\s+"(\w+)"')
OPERATIONS = source_list("operations.c", r'^    \{"(\w+)", (?:STATES|"\w+"),')
STATES_OF = {name: "eo1fwh" if states == "STATES" else states.strip('"') for name, states in
             source_list("operations.c", r'^    \{"(\w+)", (STATES|"\w+"),')}


def program(sections):
    """(first, last) address of the router's sections of these names."""
    text = subprocess.run([CROSS + "readelf", "-SW", f"{boot_set.BUILD}/router.elf"], capture_output=True,
                          text=True, check=True).stdout
    found = [(int(a, 16), int(size, 16)) for name, a, size in
             re.findall(r"\] (\.\w+)\s+\w+\s+([0-9a-f]{8}) [0-9a-f]+ ([0-9a-f]+)", text) if name in sections]
    return min(a for a, _ in found), (max(a + s for a, s in found) - 4) & ~3


# --- plans ---------------------------------------------------------------------------------------

def pairs_of(operations=None):
    return [(o, s) for o in operations or OPERATIONS for s in STATES_OF[o]]


def split(low, high, size):
    """low-high in pieces of `size`, as texts."""
    return [f"{at:#x}-{min(high, at + size - 4):#x}" for at in range(low, high + 1, size)]


def plan_lines(which, seed):
    """The plan lines of a set. Samples depend on the seed; what is exhaustive does not."""
    pick = random.Random(seed)
    full = which == "full"
    lines = []
    if which in ("slice", "bochs"):
        ops = [("one", "e"), ("batch", "1"), ("call", "e"), ("reply", "e"), ("oneway", "e")]
        every = 3 if which == "slice" else 9
        lines += [f"kill {o} {s} every={every}" for o, s in ops]
        lines += [f"tick {o} {s} every={every * 3}" for o, s in ops]
        if which == "slice":
            lines += ["kill mixed e every=7", "kill first e every=7", "kill gone e every=29",
                      f"pair one e step={pick.randrange(20, 100)}-999 every=41",
                      "hostile one e every=23", "poison one e every=7", "stop call e every=23 area=0-1"]
            lines += [f"register {o} {s} step={pick.randrange(20)}-9999 area=0-9 every=37 "
                      f"bit={pick.randrange(16)}-31" for o, s in ops[:1]]
        return lines
    lines += [f"kill {o} {s}" for o, s in pairs_of()]
    lines += [f"poison {o} {s}" for o, s in pairs_of(["one", "multi", "batch"])]
    lines += [f"tick {o} {s} every={1 if full else 3}" for o, s in pairs_of()]
    lines += [f"hang {o} {s} every={10 if full else 50}" for o, s in pairs_of()]
    for o, s in pairs_of():
        if o in ("one", "call", "reply", "oneway", "mixed") or full:
            for step in range(0, 1000, 100):
                offset = 0 if full else pick.randrange(100)
                lines.append(f"pair {o} {s} step={step + offset}-{step + (99 if full else offset)} "
                             f"every={1 if full else 7}")
    for o, s in pairs_of(["one", "multi", "call", "reply", "signal", "mixed", "batch"]):
        lines.append(f"hostile {o} {s} area=0-22 bit=0-7 every={1 if full else 211}")
    lines += [f"stop {o} {s} area={0}-1 every={1 if full else 11}" for o, s in pairs_of(["one", "call", "multi"])]
    text = program({".text"})
    stack = symbols_stack()
    for o, s in (pairs_of() if full else [("one", "e"), ("call", "e"), ("reply", "e"), ("mixed", "1")]):
        size = 256
        pieces = split(*text, size)
        for piece in pieces if full else pick.sample(pieces, 4):
            lines.append(f"flip {o} {s} step=0-0 area={piece} bit=0-31")
        for data in program({".rodata"}), program({".data", ".bss"}):
            lines += [f"flip {o} {s} step={at}-{at} area={data[0]:#x}-{data[1]:#x} bit=0-31"
                      for at in ((5, 40, 80, 120) if full else (40,))]
        lines += [f"flip {o} {s} step={at}-{at} area={stack[0]:#x}-{stack[1]:#x} bit=0-31"
                  for at in ((40, 80, 120, 200) if full else (80,))]
        lines += [f"mailbox {o} {s} step={at}-{at} area=0x1000-0x{0x1054 if not full else 0x1100:x} bit=0-31"
                  for at in ((0, 40, 80, 120) if full else (60,))]
        for step in range(0, 1000, 50):
            lines.append(f"register {o} {s} step={step}-{step + 49} area=0-9 bit=0-31 "
                         f"every={1 if full else 25}")
    return lines


def symbols_stack():
    """The part of the router's stack that calls reach: its last 256 bytes."""
    layout = open("include/ringpost/layout.h").read()
    top = int(re.search(r"#define ROUTER_STACK\s+(0x[0-9A-F]+)", layout).group(1), 16) + 4096
    return top - 256, top - 4


# --- a shard: one plan, in as many boots as it takes ------------------------------------------------

def boot(plan, engine):
    modules = boot_set.boot_set(FOLDER, f"tasks={TASKS}", [f"plan={plan}"])
    if IDLERS:  # a crowd that does nothing but be restarted with
        manifest = os.path.join(os.path.dirname(plan), "manifest.txt")
        with open(manifest, "w") as file:
            file.write(open(f"{FOLDER}/manifest.txt").read())
            for n in range(IDLERS):
                file.write(f"task dave{n} module=faults priority=9 start=yes\n")
        modules = modules.replaced("manifest", manifest)
    if engine == "bochs":
        return machine.Bochs(modules, mem=64)
    return machine.Qemu(modules, icount=True, mem=64)


def watch(guest, out, known):
    """Copy case lines to `out` until the guest ends or is silent. Returns its whole debug text."""
    at, last = 0, time.monotonic()
    while True:
        ended = guest.wait_end(0.2)
        text = guest.debug()
        end = text.rfind("\n") + 1
        fresh = text[at:end]
        if fresh:
            last = time.monotonic()
            for match in CASE.finditer(fresh):
                if match.group(1) not in known:
                    out.write(match.group(0) + "\n")
            out.flush()
            at = end
        if ended or time.monotonic() - last > SILENCE:
            return text


def resume(lines, text):
    """The plan after the case that ended the machine, and that case's name; None: no line was begun."""
    begun = re.findall(r"^line (\d+): \w+ \w+ \w$", text, re.M)
    if not begun:
        return None, None
    number = int(begun[-1])  # plan lines are counted from 1
    line = lines[number - 1]
    cases = [m for m in CASE.finditer(text, text.rfind(f"line {number}: "))]
    if not cases:  # the first case of the line: nobody knows how to go on
        return lines[number:], ":".join(line.split()[:3]) + ":first"
    f = cases[-1].group(1).split(",")
    kept = [w for w in line.split() if not w.startswith("from-")]
    kept += [f"from-step={f[3]}", f"from-area={int(f[4], 16)}", f"from-bit={int(f[5], 16)}",
             f"from-again={f[6]}"]
    return [" ".join(kept)] + lines[number:], "after " + case_name(f)


def shard(plan, out_name, engine):
    lines = [line.strip() for line in open(plan) if line.strip()]
    with open(out_name, "w") as out, tempfile.TemporaryDirectory() as folder:
        while lines:
            module = os.path.join(folder, "plan")
            with open(module, "w") as file:
                file.write("\n".join(lines) + "\n")
            with boot(module, engine) as guest:
                text = watch(guest, out, ())
                if guest.process.poll() is not None and "power off, exit code 0" in text:
                    break
                rest, name = resume(lines, text)
                why = "stopped" if guest.process.poll() is not None else "silent"
                last = [t for t in text.split("\n") if t and not t.startswith(("case ", "line "))][-1:]
                out.write(f"{why} {name or plan}: {' '.join(last)}\n")
                if rest is None:
                    return 1
                lines = rest
        out.write(DONE + "\n")
    return 0


# --- outcomes ----------------------------------------------------------------------------------------

def case_name(f):
    """The name of a case from the words that nano printed."""
    campaign, operation, state = CAMPAIGNS[int(f[0])], OPERATIONS[int(f[1])], chr(int(f[2]))
    name = f"{campaign}:{operation}:{state}:{f[3]}"
    if campaign in ("register", "flip", "mailbox", "hostile", "stop"):
        name += f":{f[4]}.{int(f[5], 16)}"
    return name + (f":{f[6]}" if campaign == "pair" else "")


def outcome(result, verdict):
    activated, _, _, _, restarts, hangs, _, _, escapes = result
    lost, doubled, reordered, altered, status, stuck, violations, harmed = verdict
    if escapes or violations:
        return "ESCAPE"
    if stuck or harmed:
        return "no progress"
    for count, name in ((doubled, "doubled"), (reordered, "reordered"), (lost, "lost"),
                        (altered, "silent change")):
        if count:
            return name
    if status == POISONED:
        return "poisoned"
    if hangs:
        return "hang caught"
    if restarts:
        return "recovered"
    if status:
        return "set aside" if status == RESET else "refused"
    return "masked" if activated else "not activated"


def read_cases(files):
    """Each case as a dictionary; `class` is the campaign, for flips with what they hit."""
    data, stack = program({".rodata", ".data", ".bss"})[0], symbols_stack()[0]
    for file in files:
        for line in open(file):
            match = CASE.match(line.rstrip("\n"))
            if not match:
                if line.startswith(("stopped", "silent")):
                    yield {"name": line.split(": ")[0].split(" ", 1)[1], "class": "(machine)", "campaign": "?", "operation": "?", "state": "?",
                           "outcome": "NANO STOPPED" if line.startswith("stopped") else "no progress",
                           "said": line.strip(), "eip": 0, "fault_eip": 0, "cost": 0, "restarts": 0,
                           "activated": 1, "status": 0}
                continue
            f = match.group(1).split(",")
            r = [int(x, 16 if i in (2, 3, 6) else 10) for i, x in enumerate(match.group(2).split(","))]
            v = [int(x) for x in match.group(3).split(",")]
            campaign, area = CAMPAIGNS[int(f[0])], int(f[4], 16)
            place = "" if campaign != "flip" else " text" if area < data else " data" if area < stack else " stack"
            yield {"name": case_name(f), "class": campaign + place, "campaign": CAMPAIGNS[int(f[0])], "operation": OPERATIONS[int(f[1])],
                   "state": chr(int(f[2])), "outcome": outcome(r, v), "activated": r[0], "eip": r[2],
                   "restarts": r[4], "fault_eip": r[6], "cost": r[7], "escapes": r[8], "lost": v[0],
                   "doubled": v[1], "reordered": v[2], "altered": v[3], "status": v[4], "stuck": v[5],
                   "said": ""}


def places(addresses):
    """Address to `function file:line`."""
    addresses = sorted({a for a in addresses if a})
    if not addresses:
        return {}
    text = subprocess.run([CROSS + "addr2line", "-fse", f"{boot_set.BUILD}/router.elf"],
                          input="\n".join(f"{a:#x}" for a in addresses), capture_output=True, text=True).stdout
    lines = text.split("\n")
    return {a: f"{lines[2 * i]} {lines[2 * i + 1]}" for i, a in enumerate(addresses)}


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else 0


def table(cases):
    """Injected, activated, manifested side by side, and the outcomes of those activated."""
    rows = collections.OrderedDict((c, collections.Counter()) for c in CAMPAIGNS)
    for c in cases:
        row = rows.setdefault(c["class"], collections.Counter())
        row["injected"] += 1
        row["activated"] += c["activated"]
        row["manifested"] += c["activated"] and c["outcome"] not in ("masked", "not activated")
        if c["activated"] or c["outcome"] not in ("masked", "not activated"):
            row[c["outcome"]] += 1
    used = [o for o in OUTCOMES if any(row[o] for row in rows.values())]
    head = ["injected", "activated", "manifested"] + used
    print(f"{'campaign':<12}" + "".join(f"{h:>{max(10, len(h) + 2)}}" for h in head))
    for name, row in rows.items():
        if row["injected"]:
            print(f"{name:<12}" + "".join(f"{row[h]:>{max(10, len(h) + 2)}}" for h in head))
    return {name: dict(row) for name, row in rows.items() if row["injected"]}


def is_failure(c):
    """What the design promises: kills, ticks and hostile words lose nothing; nothing ever escapes."""
    if c["outcome"] in ("ESCAPE", "NANO STOPPED"):
        return True
    if c["campaign"] in ("hostile", "stop", "tick", "count") and c["restarts"] and c["campaign"] != "stop":
        return True
    return c["campaign"] in ("count", "kill", "pair", "poison", "tick", "hang", "hostile", "stop") and \
        c["outcome"] not in HARMLESS | {"not activated"}


def report(cases, json_name, csv_name, details=40):
    notable = [c for c in cases if c["outcome"] not in HARMLESS | {"not activated"} or is_failure(c)]
    where = places([c["eip"] for c in notable] + [c["fault_eip"] for c in notable])
    for c in notable[:details]:
        print(f"{c['outcome']:<14}{c['name']:<34}{where.get(c['eip'], '')}"
              + (f"; died at {where.get(c['fault_eip'])}" if c["restarts"] else "")
              + (f" | {c['said']}" if c["said"] else ""))
    if len(notable) > details:
        print(f"... and {len(notable) - details} more: the CSV has all")
    rows = table(cases)
    silent = {"silent change", "lost", "doubled", "reordered", "no progress"}
    for name, row in rows.items():
        if name.split()[0] in ("register", "flip", "mailbox"):
            wrong = sum(row.get(o, 0) for o in silent)
            print(f"{name}: {wrong} of {row['activated']} went wrong silently, {100 * wrong / max(row['activated'], 1):.2f} %")
    costs = [c["cost"] for c in cases if c["campaign"] == "kill" and c["cost"]]
    failures = sum(map(is_failure, cases))
    print(f"restart: median {median(costs)} instructions from the fault to the caller's next call, "
          f"most {max(costs, default=0)}, of {len(costs)} kills")
    print(f"faults: {len(cases)} cases, {failures} broke a promise")
    if json_name:
        with open(json_name, "w") as file:
            json.dump({**environment(), "icount": "shift=0", "tasks": int(TASKS), "campaigns": rows,
                       "restart": {"median": median(costs), "max": max(costs, default=0), "kills": len(costs)},
                       "failures": failures, "notable": notable}, file, indent=2)
    if csv_name:
        about = environment()
        with open(csv_name, "w", newline="") as file:
            writer = csv.writer(file)
            keys = ["name", "campaign", "operation", "state", "outcome", "activated", "eip", "restarts",
                    "fault_eip", "cost", "status"]
            writer.writerow(keys + ["function", "commit", "engine", "cpu"])
            for c in cases:
                writer.writerow([f"{c[k]:#x}" if "eip" in k else c[k] for k in keys] +
                                [where.get(c["eip"], ""), about["commit"], about["engine"], about["cpu"]])
    return failures


def work(which, seed, jobs, only, engine="qemu"):
    """Deal the plan to shards, run them by GNU parallel, show progress: cases, and shards that failed."""
    lines = [line for line in plan_lines(which, seed) if re.search(only, line)]
    random.Random(seed).shuffle(lines)
    count = jobs if engine == "bochs" else max(jobs, min(len(lines), jobs * 16))
    folder = os.path.join(boot_set.BUILD, "faults")
    subprocess.run(["rm", "-rf", folder])
    os.makedirs(folder)
    names = []
    for i in range(count):
        names.append(os.path.join(folder, f"shard{i:03}"))
        with open(names[-1], "w") as file:
            file.write("\n".join(lines[i::count]) + "\n")
    start = time.monotonic()
    work = subprocess.Popen(["parallel", "--will-cite", "-j", str(jobs), "--line-buffer", sys.executable, __file__, "shard",
                             "{}", "{}.out", engine], stdin=subprocess.PIPE, text=True)
    work.stdin.write("\n".join(names) + "\n")
    work.stdin.close()
    shown = 0
    while work.poll() is None:
        time.sleep(1)
        spent = time.monotonic() - start
        if spent - shown < (10 if sys.stderr.isatty() else 60):
            continue
        shown = spent
        begun = [n for n in names if os.path.exists(n + ".out")]
        done = max(len(begun) - jobs, 0)
        cases = sum(sum(1 for _ in open(n + ".out")) for n in begun)
        left = f"about {spent / done * (count - done) / 60:.0f} min left" if done else "time left not known yet"
        print(f"faults: {done} of {count} shards, {cases} cases, {spent / 60:.1f} min, {left}", file=sys.stderr, flush=True)
    cases = list(read_cases([n + ".out" for n in names if os.path.exists(n + ".out")]))
    missing = [n for n in names if not os.path.exists(n + ".out") or DONE + "\n" not in open(n + ".out")]
    return cases, missing


def run(which, seed, jobs, json_name, csv_name, only, engine="qemu"):
    start = time.monotonic()
    cases, missing = work(which, seed, jobs, only, engine)
    for n in missing:
        print(f"{n}: was not worked off")
    print(f"faults: {which}, seed {seed}, {(time.monotonic() - start) / 60:.1f} min")
    return report(cases, json_name, csv_name) + len(missing)


# --- one case ----------------------------------------------------------------------------------------

def case_line(name):
    words = name.split(":")
    campaign, operation, state, step = words[:4]
    line = f"{campaign} {operation} {state} step={step}-{step}"
    rest = words[4:]
    if rest and "." in rest[0]:
        area, bit = rest.pop(0).split(".")
        area = f"{int(area, 16):#x}"
        line += f" area={area}-{area} bit={bit}-{bit}"
    if rest:
        line += f" again={rest[0]}-{rest[0]}"
    return line


def one_case(name, gdb):
    with tempfile.TemporaryDirectory() as folder:
        plan = os.path.join(folder, "plan")
        with open(plan, "w") as file:
            file.write(case_line(name) + "\n")
        if gdb:
            import run_guest
            return run_guest.debug(boot_set.boot_set(FOLDER, f"tasks={TASKS}", [f"plan={plan}"]),
                                   ["-ex", "break act", "-ex", "continue"])
        with boot(plan, "qemu") as guest:
            ended = guest.wait_end(60)
            text = guest.debug()
        out = os.path.join(folder, "out")
        with open(out, "w") as file:
            file.write("\n".join(m.group(0) for m in CASE.finditer(text)) + "\n")
        cases = [c for c in read_cases([out]) if c["activated"]]
    if not cases:
        print(text[-2000:] if not ended else f"{name}: the operation has fewer instructions than that")
        return 1
    c = cases[0]
    where = places([c["eip"], c["fault_eip"]])
    print(f"{c['name']}: {c['outcome']}\n  at {c['eip']:08x} {where.get(c['eip'], '')}")
    if c["restarts"]:
        print(f"  the router died {c['restarts']} times, last at {c['fault_eip']:08x} "
              f"{where.get(c['fault_eip'], '')}; {c['cost']} instructions to the next call")
    print(f"  lost {c['lost']}, doubled {c['doubled']}, reordered {c['reordered']}, altered {c['altered']}, "
          f"status {c['status']}, stuck {c['stuck']}, escapes {c['escapes']}")
    return int(is_failure(c))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    p = commands.add_parser("run")
    p.add_argument("--set", default="usual", choices=("usual", "full", "slice", "bochs"))
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    p.add_argument("--json")
    p.add_argument("--csv")
    p.add_argument("--only", default="", metavar="REGEX", help="plan lines that match")
    p = commands.add_parser("case")
    p.add_argument("name")
    p.add_argument("--gdb", action="store_true")
    p = commands.add_parser("shard")
    p.add_argument("plan")
    p.add_argument("out")
    p.add_argument("engine", nargs="?", default="qemu")
    p = commands.add_parser("report")
    p.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    if arguments.command == "shard":
        # The module's name is its file's: every shard's plan is called "plan" in a folder of its own.
        return shard(arguments.plan, arguments.out, arguments.engine)
    if arguments.command == "case":
        return one_case(arguments.name, arguments.gdb)
    if arguments.command == "report":
        return int(report(list(read_cases(arguments.files)), None, None) != 0)
    engine = "bochs" if arguments.set == "bochs" else "qemu"
    return int(run(arguments.set, arguments.seed, arguments.jobs, arguments.json, arguments.csv,
                   arguments.only, engine) != 0)


if __name__ == "__main__":
    sys.exit(main())
