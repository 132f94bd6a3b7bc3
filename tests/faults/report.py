# SPDX-License-Identifier: BSD-2-Clause
"""What came of the cases: outcomes, the table, JSON and CSV; from what nano printed, in the shards'
files.

A case line is `case NAME r RESULT v VERDICT`: plan.name and recovery_step, struct inject_result,
and struct inject_verdict of <ringpost/inject.h>, each with commas.
"""

import collections
import csv
import json
import re
import subprocess

import boot_set
import machine
import plans
from run_tests import environment

CASE = re.compile(r"^case (\S+) r (\S+) v (\S+)$", re.M)
OUTCOMES = ["masked", "recovered", "hang caught", "refused", "poisoned", "set aside",
            "silent change",
            "lost", "doubled", "reordered", "no progress", "ESCAPE", "NANO STOPPED"]
HARMLESS = {"masked", "recovered", "hang caught", "refused", "poisoned", "set aside"}
SILENT = {"silent change", "lost", "doubled", "reordered", "no progress"}
# where no more is promised than that nothing escapes
FLIPS = ("register", "flip", "mailbox", "cache")

Case = collections.namedtuple(
    "Case",
    "name kind campaign operation state step area way again activated steps eip recovery_steps "
    "restarts "
    "fault_eip cost escapes verdict outcome said",
    defaults=("?", "?", 0, 0, 0, 0, True, 0, 0, 0, 0, 0, 0, 0, (), "", ""))


def outcome(result, verdict):
    escapes, hangs, restarts = result[9], result[6], result[5]
    lost, doubled, reordered, altered, status, stuck, violations, harmed, _ = verdict
    if escapes or violations:
        return "ESCAPE"
    if stuck or harmed:
        return "no progress"
    for count, name in ((doubled, "doubled"), (reordered, "reordered"), (lost, "lost"),
                        (altered, "silent change")):
        if count:
            return name
    if status == plans.STATUS["POISONED"]:
        return "poisoned"
    if hangs:
        return "hang caught"
    if restarts:
        return "recovered"
    if status:
        return "set aside" if status == plans.STATUS["RESET"] else "refused"
    return "masked" if result[0] else "not activated"


def case_name(f):
    """The name of a case, which repeats it, from the words that nano printed."""
    campaign, operation, state = plans.CAMPAIGNS[int(f[0])], plans.OPERATIONS[int(f[1])], chr(
        int(f[2]))
    name = f"{campaign}:{operation}:{state}:{f[3]}"
    if campaign in FLIPS + ("hostile", "stop", "hostiles", "uses"):
        name += f":{f[4]}.{int(f[5], 16)}"
    return name + (f":{f[6]}" if campaign == "pair" else "")


class Reader:
    """Cases of shard files. `survey` makes text flips in what is not executed `not activated`."""

    def __init__(self, files, survey=None):
        self.files, self.survey = files, survey or {}
        self.text, self.rodata = plans.section(".text"), plans.section(".rodata")
        self.stack, self.wakes = plans.stack()[0], plans.layout("WAKE_LIST")
        self.unexecuted = 0    # bits of text that were not even run
        # Flips of text that was not executed, run because they share a word with what was; and
        # those of them in which something happened: a case has its ticks elsewhere than the traced
        # run had.
        self.beside = self.wrong_survey = 0

    def _kind(self, campaign, area):
        if campaign != "flip":
            return "(traced)" if campaign in ("pairs", "hostiles", "code", "uses") else campaign
        return "flip text" if area < self.rodata[0] else "flip rodata" if area <= self.rodata[1] \
            else \
            "flip data" if area < self.stack else "flip stack" if area < self.wakes \
                else "flip wakes"

    def _read(self, match):
        f = match.group(1).split(",")
        r = [int(x, 16 if i in (2, 4, 7) else 10) for i, x in enumerate(match.group(2).split(","))]
        v = tuple(int(x, 16 if i == 8 else 10) for i, x in enumerate(match.group(3).split(",")))
        campaign, operation, state = plans.CAMPAIGNS[int(f[0])], plans.OPERATIONS[int(f[1])], chr(
            int(f[2]))
        area, kind, came = int(f[4], 16), self._kind(campaign, int(f[4], 16)), outcome(r, v)
        executed = self.survey.get((operation, state))
        if kind == "flip text" and executed and area + int(f[5], 16) // 8 not in executed.executed:
            self.beside += 1
            self.wrong_survey += came != "masked"
            came = "not activated" if came == "masked" else came
        return Case(case_name(f), kind, campaign, operation, state, int(f[3]), area, int(f[5], 16),
                    int(f[6]),
                    came != "not activated", r[1], r[2], r[3], r[5], r[7], r[8], r[9], v, came, "")

    def __iter__(self):
        self.beside = self.wrong_survey = 0
        for file in self.files:
            for line in open(file):
                match = CASE.match(line)
                if match:
                    yield self._read(match)
                elif line.startswith("escaped"):
                    yield Case(file, "(machine)", "?", outcome="ESCAPE", said=line.strip())
                elif line.startswith(("stopped", "silent")):
                    # Alice, if the router makes her go on elsewhere in her program, may have the
                    # machine switched off, which is her right: then it is she who stopped, and not
                    # nano.
                    hers = "nano: power off, exit code" in line
                    came = "NANO STOPPED" if line.startswith("stopped") and not hers \
                        else "no progress"
                    name = line.split(": ")[0].split(" ", 1)[1]
                    yield Case(name, "(machine)", name.replace("after ", "").split(":")[0],
                               outcome=came,
                               said=line.strip())


def places(addresses):
    """Address to `function file:line`."""
    addresses = sorted({a for a in addresses if a})
    if not addresses:
        return {}
    text = subprocess.run([plans.CROSS + "addr2line", "-fse", f"{boot_set.BUILD}/router.elf"],
                          input="\n".join(f"{a:#x}" for a in addresses), capture_output=True,
                          text=True).stdout
    lines = text.split("\n")
    return {a: f"{lines[2 * i]} {lines[2 * i + 1]}" for i, a in enumerate(addresses)}


def is_failure(c):
    """What the design promises: kills, ticks and hostile words lose nothing; nothing ever
    escapes."""
    if c.outcome in ("ESCAPE", "NANO STOPPED"):
        return True
    if c.campaign in ("hostile", "tick", "irq", "count") and c.restarts:
        return True
    if c.campaign == "hostile" and c.area < plans.HOSTILE_BOB and \
        plans.PARTY[c.operation] in ("registrar", "pager") \
            and c.outcome == "no progress":
        # Who has made himself run wild is more important than the others, and keeps the CPU: by
        # design.
        return False
    return c.campaign not in FLIPS and c.outcome not in HARMLESS | {"not activated"}


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else 0


class Classes:
    """What `pairs` and `hostiles` ran (cursor.h), and flips of registers and memory (def_use.py),
    and what it stands for; other cases are compared with it."""

    def __init__(self, survey, others):
        self.pruned = plans.classes(survey)
        self.flips, self.flips_wanted = {}, {self._flip(c) for c in others if self._of(c)}
        # cases, and the points that they stand for
        self.flips_ran = {"registers": [0, 0], "memory": [0, 0]}
        self.stand_for = collections.Counter()         # points, by the cases' kind
        self.flipped = set()                           # call, registers or memory, area
        # compared: the same when run alone, and not before
        self.by_history = 0
        # of a call; of the recovery after a death at (call, step)
        self.steps, self.recoveries = {}, {}
        self.pairs = collections.defaultdict(dict)     # call, step -> {again: what came}
        self.hostiles = collections.defaultdict(dict)  # call, word, way -> {step: what came}
        self.words = {}                                # call, word -> instructions of the call

    def add(self, c):
        call, came = (c.operation, c.state), (c.outcome, c.verdict)
        if c.campaign == "pairs" and not c.restarts:
            self.steps[call] = c.steps
        elif c.campaign == "pairs":
            self.recoveries[call + (c.step,)] = c.recovery_steps
        elif c.campaign == "hostiles":
            self.words[call + (c.area,)] = c.steps
        elif c.campaign == "pair":
            self.pairs[call + (c.step,)][c.again] = came
        elif c.campaign == "hostile":
            self.hostiles[call + (c.area, c.way)][c.step] = came
        elif self._of(c):
            which = "registers" if c.campaign == "register" else "memory"
            self.flipped.add((call, which, c.area))
            points = self._of(c).points(c.area, c.way, c.step) if c.activated else 0
            self.flips_ran[which][0] += points != 0
            self.flips_ran[which][1] += points
            self.stand_for[c.kind] += points
            if (c.campaign, call, c.area, c.way, c.step) in self.flips_wanted:
                self.flips[c.campaign, call, c.area, c.way, c.step] = came
        elif c.campaign in FLIPS:
            self.stand_for[c.kind] += c.activated

    def _of(self, c):
        """The def_use.Classes in which this flip is, or None."""
        both = self.pruned.get((c.operation, c.state)) if c.campaign in FLIPS else None
        of = both and both[c.campaign != "register"]
        return of if of and c.area in of.stands and c.step < of.steps else None

    def _flip(self, c):
        """The flip that stands for this one; at None: it is wiped out."""
        return c.campaign, (c.operation, c.state), c.area, c.way, self._of(c).stands[c.area][c.step]

    def flips_of(self, which):
        ran, points = self.flips_ran[which]
        return {"ran": ran, "stand for": points,
                "wiped out": sum(self.pruned[call][which != "registers"].wiped_out(area)
                                 for call, of, area in self.flipped if of == which)}

    def points(self):
        """How many points there are: pairs, and hostile words with eight values each."""
        pairs = 0
        for call, total in self.steps.items():
            steps = sorted(s for o, s_, s in self.recoveries if (o, s_) == call)
            for step, following in zip(steps, steps[1:] + [total]):
                pairs += (following - step) * self.recoveries[call + (step,)]
        return pairs, 8 * sum(self.words.values())

    def _like(self, c):
        """What came of the case that stands for this one, or None."""
        call = (c.operation, c.state)
        if c.campaign == "hostile":
            ran = self.hostiles.get(call + (c.area, c.way), {})
            later = [step for step in ran if step >= c.step]
            return ran[min(later)] if later else None
        if c.campaign in FLIPS:
            return self.flips.get(self._flip(c)) if self._of(c) else None
        earlier = [s for o, s_, s in self.pairs if (o, s_) == call and s <= c.step]
        ran = self.pairs.get(call + (max(earlier),), {}) if earlier else {}
        before = [again for again in ran if again <= c.again] or list(ran)[:1]
        return ran[max(before)] if before else None

    def _same_alone(self, c, alone):
        """What a flip makes of a message may hang on what rings held before (README): do this one
        and the one that stands for it come out the same when each has a boot of its own?"""
        campaign, call, area, way, step = self._flip(c)
        both = [alone(f"{campaign}:{call[0]}:{call[1]}:{s}:{area:x}.{way}") for s in (c.step, step)]
        return None not in both and (both[0].outcome,
                                     both[0].verdict) == (both[1].outcome, both[1].verdict)

    def compare(self, cases, alone):
        """(how many cases have one that stands for them, names of those that came out otherwise)

        alone: runs the case of that name in a boot of its own."""
        compared, other = 0, []
        for c in cases:
            like = self._like(c) if c.activated and c.campaign in ("pair", "hostile", *FLIPS) \
                else None
            compared += like is not None
            if like is None or like == (c.outcome, c.verdict):
                continue
            if c.campaign in FLIPS and self._same_alone(c, alone):
                self.by_history += 1
            else:
                other.append(c.name)
        return compared, other


def percent(part, whole):
    return f"{100 * part / max(whole, 1):.2f} %"


class Tally:
    """Everything that the report says, case by case."""

    def __init__(self, classes):
        self.rows = collections.OrderedDict()
        # cases with altered messages, and whether the checksum told
        self.checksum = collections.Counter()
        self.notable, self.failures, self.count, self.costs, self.addresses = [], 0, 0, [], set()
        self.came_back = 0  # flips that ended in a trap or a hang
        self.too_late = collections.Counter()  # those of them that had done damage before it
        self.classes = classes

    def add(self, c):
        row = self.rows.setdefault(c.kind, collections.Counter())
        self.count += 1
        row["injected"] += 1
        row["activated"] += c.activated
        row["manifested"] += c.activated and c.outcome != "masked"
        row[c.outcome] += c.outcome != "not activated"
        # seen by no trap and no tick; or only after the damage
        if c.campaign in FLIPS and c.outcome in SILENT:
            row["late" if c.restarts else "silent"] += 1
        self.classes.add(c)
        if c.verdict and c.verdict[3] and c.campaign in FLIPS:
            unsealed, badge, missed = c.verdict[8] >> 24, c.verdict[8] >> 16 & 0xFF, c.verdict[
                8] & 0xFFFF
            # Each is counted among the altered ones, too. A verdict that contradicts itself was
            # written over (a task that goes on with DF set copies backwards), and tells nothing.
            if unsealed + badge + missed <= c.verdict[3]:
                self.checksum["missed" if missed else "found" if c.verdict[3] > unsealed + badge
                              else "badge" if badge else "unsealed"] += 1
        if c.campaign in FLIPS and c.restarts:
            self.came_back += 1
            self.too_late[c.outcome] += c.outcome in SILENT
        if c.campaign == "kill" and c.cost:
            self.costs.append(c.cost)
        failed = is_failure(c)
        self.failures += failed
        if failed or c.outcome not in HARMLESS | {"not activated"}:
            self.addresses |= {c.eip, c.fault_eip}
            if failed or len(self.notable) < 100000:
                self.notable.append(c)

    def add_unexecuted(self, bits):
        """Bits of text that no instruction of the operation lies on: injected, not activated, not
        run."""
        if bits:
            self.rows.setdefault("flip text", collections.Counter())["injected"] += bits

    def table(self):
        order = plans.CAMPAIGNS + ["flip text", "flip rodata", "flip data", "flip stack",
                                   "flip wakes"]
        rows = sorted(self.rows.items(), key=lambda r: (order + [r[0]]).index(r[0]))
        used = [o for o in OUTCOMES if any(row[o] for _, row in rows)]
        head = ["injected", "activated", "manifested"] + used
        print(f"{'campaign':<12}" + "".join(f"{h:>{max(10, len(h) + 2)}}" for h in head))
        for name, row in rows:
            print(f"{name:<12}" + "".join(f"{row[h]:>{max(10, len(h) + 2)}}" for h in head))
        return {name: {k: n for k, n in row.items() if n} for name, row in rows}

    def details(self, where, limit):
        """One line for each case that was neither masked nor recovered: those that break a promise
        first."""
        for c in sorted(self.notable, key=lambda c: not is_failure(c))[:limit]:
            print(f"{c.outcome:<14}{c.name:<34}{where.get(c.eip, '')}"
                  + (f"; died at {where.get(c.fault_eip)}" if c.restarts else "")
                  + (f" | {c.said}" if c.said else ""))
        if len(self.notable) > limit:
            print(f"... and {len(self.notable) - limit} more: the CSV has all")


def about(engine):
    """What the figures must be read with."""
    return environment() if engine == "qemu" else {**environment(), "engine": "Bochs",
                                                   "cpu": machine.BOCHS_CPU}


def write_csv(name, reader, machine_is):
    known = {}
    with open(name, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "class", "outcome", "activated", "eip", "function", "restarts",
                         "fault_eip",
                         "cost", "status", "commit", "engine", "cpu"])
        wanted = {c.eip for c in reader}
        known = places(wanted)
        for c in reader:
            writer.writerow([c.name, c.kind, c.outcome, int(c.activated), f"{c.eip:#x}",
                             known.get(c.eip, ""),
                             c.restarts, f"{c.fault_eip:#x}", c.cost, c.verdict[4] if c.verdict
                             else "",
                             machine_is["commit"], machine_is["engine"], machine_is["cpu"]])


def report(reader, json_name=None, csv_name=None, samples=None, limit=40, tasks=16, engine="qemu",
           alone=None):
    """Prints it all, and returns it as JSON has it; "failures" is how many promises were broken.
    samples: a reader of cases to compare; alone: runs one of them by its name."""
    tally = Tally(Classes(reader.survey, samples or ()))
    for c in reader:
        tally.add(c)
    tally.add_unexecuted(reader.unexecuted)
    compared, other = tally.classes.compare(samples or (), alone)
    tally.failures += len(other) + tally.checksum["missed"]
    where = places(tally.addresses)
    tally.details(where, limit)
    rows = tally.table()
    silent = {}
    for name, row in rows.items():
        if name.split()[0] in FLIPS:
            wrong, late, active = (row.get(what, 0) for what in ("silent", "late", "activated"))
            silent[name] = {"silent": wrong, "late": late, "altered": row.get("silent change", 0),
                            "activated": active}
            print(
                f"{name}: {wrong} of {active} activated went wrong silently, "
                f"{percent(wrong, active)}; {late} did damage "
                  "before a trap or a hang")
    if tally.came_back:
        late = ", ".join(f"{count} {came}" for came, count in tally.too_late.items() if count)
        print(f"after flips the router died or hung, and came back, in {tally.came_back} cases; in "
              f"{sum(tally.too_late.values())} of these it had done damage first: {late or 'none'}")
    told = tally.checksum
    if told:
        print(
            f"altered payload in {told['found'] + told['missed']} cases: the checksum found "
            f"{told['found']}, "
              f"missed {told['missed']}; beside these {told['badge']} with only a wrong badge, "
              f"which the router "
              f"writes, and {told['unsealed']} with a wrong result or stray mail, which has no "
              f"checksum")
    pairs, hostiles = tally.classes.points()
    for what, ran, points in (("second kills", rows.get("pair", {}).get("activated", 0), pairs),
                              ("hostile words", rows.get("hostile", {}).get("activated", 0),
                               hostiles)):
        if points:
            print(
                f"{what}: {ran} cases stand for all {points} points, {points / max(ran, 1):.1f} "
                f"each")
    flips = {which: tally.classes.flips_of(which) for which in ("registers", "memory")}
    for which, of in flips.items():
        if of["ran"]:
            print(
                "{}: {ran} cases stand for {stand for} points; {wiped out} more, of these "
                "operations, are wiped "
                  "out before anything reads them".format(which, **of))
    if compared:
        print(f"compared at other points: {compared}, of which {len(other)} came out otherwise "
              + " ".join(other[:5]) +
              (f"({tally.classes.by_history} more did, but not when run alone: what rings "
                                       "held before makes the difference)"
                                       if tally.classes.by_history else ""))
    if reader.beside:
        print(
            f"flips of text that the operation does not execute: {reader.beside} run all the "
            f"same, something "
              f"happened in {reader.wrong_survey}")
    restart = {"median": median(tally.costs), "max": max(tally.costs, default=0),
               "kills": len(tally.costs)}
    print(
        f"restart: median {restart['median']} instructions from the fault to the caller's next "
        f"call, "
          f"most {restart['max']}, of {restart['kills']} kills")
    print(f"faults: {tally.count} cases, {tally.failures} broke a promise")
    summary = {"campaigns": rows, "silent": silent, "checksum": dict(told), "restart": restart,
               "points": {"pairs": pairs, "hostile": hostiles, **flips},
               "stand for": dict(tally.classes.stand_for),
               "came back": tally.came_back, "late": dict(tally.too_late),
               "beside": {"ran": reader.beside, "did something": reader.wrong_survey},
               "compared": {"cases": compared, "otherwise": other,
                            "by history": tally.classes.by_history},
               "cases": tally.count, "failures": tally.failures}
    if json_name:
        with open(json_name, "w") as file:
            json.dump({**about(engine), "icount": "shift=0", "slots": tasks, **summary,
                       "notable": [{**c._asdict(), "where": where.get(c.eip, "")}
                                   for c in sorted(tally.notable,
                                                   key=lambda c: not is_failure(c))[:1000]]},
                      file, indent=2)
    if csv_name:
        write_csv(csv_name, reader, about(engine))
    return summary
