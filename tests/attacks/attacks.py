# SPDX-License-Identifier: BSD-2-Clause
"""`make attacks`: every row of attacks.def, on two engines, with every fence up and with some down.

    attacks.py [--json FILE] [--html FILE] [--quick]     --quick: QEMU only, as in CI
    ROWS=C01,E09.read_nano FENCES=none ENGINE=bochs MODEL=max   in the environment: only those

A row passes in a configuration if just that happened which attacks.def expects there: the
exception, its error code, the ring, the place; nobody else hurt. Prints a table, row by
configuration, then one line for each violation, then `N passed, N failed, N skipped`.
"""

import argparse
import json
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
import controls
import differences
from campaign import campaign
from engine import HOSTILE, Boot, Config
from symbols import Elf

QEMU_MODELS, BOCHS_MODELS = ("max", "core2duo,+nx"), ("corei7_icelake_u", "core2_penryn_t9600")
QEMU = [Config("qemu", model) for model in QEMU_MODELS] + \
       [Config("qemu", "max", fences) for fences in ("user+segment", "page+segment", "none")]
BOCHS = [Config("bochs", model) for model in BOCHS_MODELS] + \
        [Config("bochs", BOCHS_MODELS[0], fences)
         for fences in ("user+page", "user+segment", "page+segment", "user", "none")]
NO_BOOT = Config("qemu", "max", "user+page")  # what TCG cannot show: reported, not run
NO_BOOT_REASON = "TCG checks no segment limit: this fence makes no difference there"

NAMES = {0: "DE", 1: "DB", 2: "NMI", 3: "BP", 4: "OF", 5: "BR", 6: "UD", 7: "NM", 8: "DF", 10: "TS",
         11: "NP", 12: "SS", 13: "GP", 14: "PF", 16: "MF", 17: "AC", 18: "MC", 19: "XM",
         255: "HANG"}
WITH_ERROR = (8, 10, 11, 12, 13, 14, 17)
VERDICTS = {0: "HELD", 1: "THROUGH", 2: "CHANGED", 3: "WRONG", 4: "RESTARTED", 5: "UNSEEN",
            998: "STUCK", 999: "NOT STARTED"}
# Ticks by which a task that watches the clock may be late, or may see none; under QEMU the host's
# load loses ticks, too.
LATE = 4
FENCE = {"limit": "segment fence", "page": "page fence", "user": "user bit"}
HOME = {"TASK": "ring3", "SEED": "ring3", "PAIR": "ring3", "ROUTER": "router", "PAGER": "ring3",
        "MOVER": "ring3", "TOGETHER": "router"}


def region(address):
    for end, name in ((0x400000, "low"), (0xC0000000, "ring3"), (0xF0000000, "router"),
                      (0xF0200000, "gatehouse")):
        if address < end:
            return name
    return "nano"


class Expected:
    """One alternative of an expectation: the outcome, and what makes it hold."""

    def __init__(self, text, conditions):
        for word in re.findall(r"SKIP\(.*\)|\S+", text):
            guard, colon, outcome = word.partition(":") if not word.startswith("SKIP") \
                else ("", "", word)
            if not colon:
                guard, outcome = "", word
            if all(c in conditions for c in guard.split("&") if c):
                break
        self.guard = guard
        self.skip = outcome[5:-1] if outcome.startswith("SKIP(") else None
        self.outcome, _, self.place = outcome.partition("@")
        self.task, self.idle = self.outcome.startswith("task-"), self.outcome.startswith("idle-")
        self.outcome = re.sub("^(task|idle)-", "", self.outcome)

    def fence(self, row):
        names = [FENCE[c] for c in self.guard.split("&") if c in FENCE]
        return names[0] if names else row["rule"]


def exception(vector, error):
    name = NAMES.get(vector, str(vector))
    return f"{name}({error:#x})" if vector in WITH_ERROR else name


def same(outcome, seen):
    """GP(0) and GP(0x0) are the same."""
    return re.sub(r"\((\w+)\)", lambda m: f"({int(m.group(1), 0):#x})", outcome) == seen


class Result:
    """A row in a configuration: what was seen, where, by whom, and why it is a failure if it is
    one."""

    def __init__(self, row, config, expected, boot):
        self.row, self.config, self.expected = row, config, expected
        self.state, self.seen, self.eip, self.why = "pass", "", 0, ""
        if expected.skip:
            self.state, self.why = "skip", expected.skip
        elif config is NO_BOOT:
            self.state, self.why = "skip", NO_BOOT_REASON
        elif row["ring"] == "CAMPAIGN":
            self.seen, why = boot.campaigns[row["full"]]
            if why or self.seen != expected.outcome:
                self.fail(why or f"{self.seen} instead of {expected.outcome}")
        elif row["ring"] == "MOVER_LAST":
            self.judge_mover_last(boot.own[row["full"]])
        elif row["ring"].endswith("_LAST"):
            self.judge_last(boot.own[row["full"]])
        elif row["full"] not in boot.facts:
            self.fail("it was not reached: the run ended before")
        else:
            self.judge(boot.facts[row["full"]], boot)

    def fail(self, why):
        self.state, self.why = "fail", f"{self.why}; {why}" if self.why else why

    def judge(self, f, boot):
        ring, task = self.row["ring"], f["end"] >= 256 and f["end"] < 900
        seen_task = exception(f["end"] - 256, f["error"]) if task \
            else VERDICTS.get(f["end"], f"end {f['end']}")
        if ring in ("ROUTER", "TOGETHER") and f["restarts"]:
            self.seen, self.eip, home = exception(f["vector"], f["rerror"]), f["reip"], "router"
            if self.expected.task:
                self.fail("the router died, not its caller")
            if f["restarts"] != 1:
                self.fail(f"the router was restarted {f['restarts']} times")
            if self.expected.idle:
                if f["culprit"]:
                    self.fail(
                        f"task {f['culprit']:#x} is blamed for what the router did in an upcall")
            elif f["culprit"] != f["attacker"]:
                self.fail(f"task {f['culprit']:#x} is blamed, not {f['attacker']:#x}"
                          if f["culprit"] else "nobody is blamed")
            if f["end"] != (0 if self.expected.idle else 4):
                self.fail(f"its caller did not go on: {seen_task}")
            faulted, address = True, f["raddress"]
        else:
            address = f["address"]
            self.seen, self.eip, home, faulted = seen_task, f["eip"], HOME[ring], task
            if ring in ("ROUTER", "TOGETHER") and task and not self.expected.task:
                self.fail("its caller died, not the router")
            if f["restarts"]:
                self.fail("the router was restarted")
            if self.expected.task:
                home = "ring3"
        if ring == "PAGER" and (f["late"] > LATE or
                                (self.config.engine == "bochs" and f["gap"] > 100 * LATE)):
            self.seen = "LATE"
        if not same(self.expected.outcome, self.seen):
            self.fail(f"{self.seen} instead of {self.expected.outcome}"
                      + (f": a deadline was missed by {f['late']} ticks, {f['gap']} % of a tick "
                         f"passed without one" * (self.seen == "LATE")))
        if f["detail"] and ring in ("PAGER", "TOGETHER"):
            self.fail(
                f"check {f['detail'] >> 16} got status {f['detail'] >> 8 & 255} instead of "
                f"{f['detail'] & 255}")
        if f["detail"] and ring == "MOVER":
            self.fail(f"mover.c, line {f['detail']}")
        if ring in ("TASK", "SEED") and faulted and not re.search(
                rf"^attacker: .*; #{self.seen.split('(')[0]} at {self.eip:#010x}$",
                boot.debug, re.M):
            self.fail("the pager did not report it")
        if faulted and region(self.eip) != (self.expected.place or home):
            self.fail(f"it happened in {region(self.eip)}, at {self.eip:#x}")
        if self.seen.startswith("PF(") and self.row["address"] not in (None, address):
            self.fail(f"the page fault was at {address:#x}, not at {self.row['address']:#x}")
        self.judge_others(f, boot)

    def judge_others(self, f, boot):
        if f["ping"] != 1:
            self.fail("echo does not answer any more")
        if f["check"] != 0:
            self.fail(f"nano's invariants: {f['check']} violations" if f["check"] > 0
                      else "nano's check was not answered")
        if f["changed"]:
            self.fail(f"{f['changed']} words of the bystander's memory have changed"
                      if f["changed"] > 0 else "the bystander does not answer")
        if f["text"] != f["base"]["text"]:
            self.fail("nano's or the router's text, constants or descriptors have changed")
        if f["tables"] != f["base"]["tables"]:
            self.fail("nano's tables or the shared ones have changed")
        if self.config.full and f["audit"]:
            self.fail(f"audit: {f['audit']} violations")
        if not self.config.full and not f["audit"]:
            self.fail("the audit does not see that a fence is down")

    def judge_last(self, boot):
        name = self.row["full"]
        if self.row["ring"] == "PAGER_LAST":
            dead = re.search(
                r"the pager is dead: exception (\d+), error (\w+), address \w+, EIP (\w+)",
                boot.debug)
            self.seen = exception(int(dead.group(1)), int(dead.group(2), 16)) if dead \
                else "it lives"
            self.eip = int(dead.group(3), 16) if dead else 0
            if name not in boot.last or boot.last[name][1] != 1:
                self.fail("echo does not answer any more")
            self.judge_after("pager", boot)
        else:
            self.judge_after("router", boot)
            self.seen = "STOP" if "recovery of the router died 3 times" in boot.debug and \
                boot.ended else "it went on"
        if not same(self.expected.outcome, self.seen):
            self.fail(f"{self.seen} instead of {self.expected.outcome}")

    def judge_mover_last(self, boot):
        end, pings, line = boot.last.get(self.row["full"], (999, 0, 0))
        self.seen = VERDICTS.get(end, f"end {end}")
        if not same(self.expected.outcome, self.seen):
            self.fail(f"{self.seen} instead of {self.expected.outcome}" +
                      (f": mover.c, line {line}" if line else ""))
        if "nano: the pager is dead: exception 13, error 0," not in boot.debug:
            self.fail("the pager lives, or died of something else")
        self.judge_after("pager", boot)
        if pings != 1:
            self.fail("echo does not answer any more")

    def judge_after(self, who, boot):
        """What the mourning nano found when `who` had died, each time."""
        found = re.findall(
            rf"nano: after the {who}: (\d+) violations, audit (\d+), digests (\w+) (\w+)",
            boot.debug)
        if not found or not boot.baseline:
            self.fail(f"nothing was looked at after the {who}'s death")
        for check, audit, text, tables in found:
            if int(check):
                self.fail(f"nano's invariants after the {who}'s death: {check} violations")
            if int(audit):
                self.fail(f"audit after the {who}'s death: {audit} violations")
            if boot.baseline and int(text, 16) != boot.baseline["text"]:
                self.fail(
                    f"nano's or the router's text, constants or descriptors have changed by the "
                    f"{who}'s death")
            if boot.baseline and int(tables, 16) != boot.baseline["tables"]:
                self.fail(f"nano's tables or the shared ones have changed by the {who}'s death")

    def where(self):
        if not self.eip:
            return ""
        place = region(self.eip)
        image = {"router": "router", "nano": "nano", "gatehouse": "nano"}.get(place)
        if image is None:
            image = "pager" if self.row["ring"].startswith("PAGER") else "attacker"
        return f"{self.eip:#010x} {elf(image).where(self.eip)}".strip()

    def line(self):
        who = {"TASK": "ring 3, attacker", "SEED": "ring 3, attacker", "PAIR": "ring 3, two tasks",
               "CAMPAIGN": "the injector", "ROUTER": "ring 1, router for attacker",
               "PAGER": "ring 3, pager",
               "MOVER": "ring 3, pager, about a move",
               "TOGETHER": "ring 1, router for the pager"}
        at = self.where()
        return (f"{self.row['full']} on {self.config.name}: {who[self.row['ring'].split('_')[0]]}"
                f"{', at ' + at if at else ''}: {self.seen or '-'}; {self.row['what']}: "
                f"{self.expected.fence(self.row)}{'; ' + self.why if self.why else ' held'}")


_elves = {}


def elf(image):
    if image not in _elves:
        _elves[image] = Elf(f"{HOSTILE}/{'baited' if image == 'nano' else image}.elf")
    return _elves[image]


def read_rows():
    rows = json.load(open(f"{HOSTILE}/table.json"))
    places = json.load(open(f"{HOSTILE}/places.json"))
    for row in rows:
        row["full"] = f"{row['id']}.{row['name']}"
        row["address"] = places.get(row["full"])
    names = [row["full"] for row in rows if row["ring"] != "NONE"]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise SystemExit(f"attacks.def: two rows are called {', '.join(twice)}")
    return rows


def wanted(row, config):
    """With a fence down only the rows that know of fences: the others have nothing new to show."""
    if row["ring"] in ("NONE", "SEED", "CAMPAIGN", "MOVER", "MOVER_LAST"):
        return config.full
    return config.full or re.search(r"\b(limit|page|user)\b[&:\w]*:", row["expect"])


def choose(rows, configs):
    """What the environment asks for."""
    only = [n for n in os.environ.get("ROWS", "").split(",") if n]
    rows = [r for r in rows if not only or
            any(r["full"] == n or r["id"] == n or r["full"].startswith(n) for n in only)]
    for variable, attribute in (("ENGINE", "engine"), ("FENCES", "fences"), ("MODEL", "model")):
        value = os.environ.get(variable)
        if value:
            if variable == "FENCES" and not any(c.fences == value for c in configs):
                configs = [Config(c.engine, c.model, value) for c in configs if c.full]
            configs = [c for c in configs if getattr(c, attribute).split(",")[0] == value]
    return rows, configs


def boot_own(config, all_rows, row):
    """A row that leaves no pager or no router behind, and needs nano's own check after that.

    Without a pager nobody switches the machine off, so a row in which nano stops comes last.
    """
    names = {row["full"]} | {r["full"] for r in all_rows if r["ring"] == "ROUTER_LAST"}
    mask = "".join("1" if r["full"] in names and r["ring"] != "NONE" else "0" for r in all_rows)
    return Boot(config, mask, nano=f"{HOSTILE}/mourning.elf")


def boot(config, all_rows, rows):
    """The boots and campaigns of a configuration, their facts together."""
    names = {r["full"] for r in rows if wanted(r, config)}

    def mask(is_chosen):
        return "".join("1" if r["full"] in names and is_chosen(r["ring"]) else "0"
                       for r in all_rows)

    done = Boot(config,
                mask(lambda ring: ring not in ("NONE", "SEED", "CAMPAIGN") and
                     not ring.endswith("_LAST")))
    seeds = mask(lambda ring: ring == "SEED")
    if "1" in seeds:
        seeded = Boot(config, seeds, f"{HOSTILE}/nano.elf")
        done.facts.update(seeded.facts)
        done.ended &= seeded.ended
        done.debug += seeded.debug
        done.seconds += seeded.seconds
    begin = time.monotonic()
    done.campaigns = {r["full"]: campaign(config, r["deed"]) for r in rows
                      if r["ring"] == "CAMPAIGN" and r["full"] in names}
    done.seconds += time.monotonic() - begin
    return done


def run(configs, all_rows, rows, quiet=False):
    """Boots each, two at a time, the slowest first; {config: Boot}."""
    order = sorted((c for c in configs if c is not NO_BOOT),
                   key=lambda c: (c.engine != "bochs", not c.full))

    def one(config):
        done = boot(config, all_rows, rows)
        if not quiet:
            print(
                f"  {config.name:<36}{done.seconds:6.1f} s, "
                f"{len(done.facts) + len(done.campaigns)} rows", flush=True)
        return config, done

    def one_own(job):
        return *job, boot_own(job[0], all_rows, job[1])

    jobs = [(c, r) for c in order for r in rows if r["ring"].endswith("_LAST") and wanted(r, c)]
    with ThreadPoolExecutor(2) as pool:
        boots = dict(pool.map(one, order))
        for config, row, done in pool.map(one_own, jobs):
            boots[config].own[row["full"]] = done
    return boots


def judge(configs, boots, rows):
    """[Result] and, for boots that went wrong as a whole, lines of their own."""
    results, problems = [], []
    for config in configs:
        b = boots.get(config)
        if b and not b.ended:
            problems.append(f"{config.name}: the machine still ran after {b.seconds:.0f} s")
        if b and re.search(r"(?i)\bpanic", b.debug):
            problems.append(
                f"{config.name}: nano panicked: {re.search('(?i).*panic.*', b.debug).group(0)}")
        if b and "nano: enforced:" not in b.debug:
            problems.append(
                f"{config.name}: nano did not start: {b.debug[-300:]} {b.errors[-300:]}")
        conditions = b.conditions if b else {"tcg", "user", "page"}
        for row in rows:
            if wanted(row, config) and (b or "limit" in row["expect"]):
                results.append(Result(row, config, Expected(row["expect"], conditions), b))
    return results, problems


def print_table(rows, configs, cells, out=print):
    out("")
    width = max(len(r["full"]) for r in rows) + 2
    for i, config in enumerate(configs):
        out(f"  {chr(97 + i)}  {config.name}")
    out("\n" + " " * width + "ring     " +
        "".join(f"{chr(97 + i):<14}" for i in range(len(configs))))
    for row in rows:
        line = f"{row['full']:<{width}}{row['ring'].split('_')[0].lower():<9}"
        for config in configs:
            r = cells.get((row["full"], row["ring"], config))
            said = "" if r is None else "skip" if r.state == "skip" else \
                r.seen if r.state == "pass" else "!" + (r.seen or "?")
            line += f"{said:<14}"
        out(line.rstrip())
    out("")


def record(r):
    """A result as attacks.json has it."""
    return {"row": r.row["full"], "ring": r.row["ring"], "what": r.row["what"],
            "rule": r.row["rule"],
            "control": r.row["control"], "engine": r.config.engine, "model": r.config.model,
            "fences": r.config.fences,
            "state": r.state, "seen": r.seen, "expected": r.expected.outcome, "at": r.where(),
            "why": r.why}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json")
    parser.add_argument("--html")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    all_rows = read_rows()
    rows, configs = choose(all_rows, QEMU + [NO_BOOT] + ([] if arguments.quick else BOCHS))
    if not rows or not configs:
        raise SystemExit("no row or no configuration of that name")
    complete = configs == QEMU + [NO_BOOT] + BOCHS and rows == all_rows
    begin = time.monotonic()
    boots = run(configs, all_rows, rows)
    results, problems = judge(configs, boots, rows)
    records = [record(r) for r in results]
    problems += differences.check(records, differences.read_table(all_rows))
    if complete:
        problems += controls.check(rows, results, configs)
    cells = {(r.row["full"], r.row["ring"], r.config): r for r in results}
    print_table(rows, configs, cells)
    for r in results:
        if r.state == "fail":
            print("FAIL " + r.line())
    for problem in problems:
        print("FAIL " + problem)
    counts = {s: sum(r.state == s for r in results) for s in ("pass", "fail", "skip")}
    counts["fail"] += len(problems)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"passed": counts["pass"], "failed": counts["fail"],
                       "skipped": counts["skip"], "problems": problems,
                       "results": records}, file, indent=1)
    from report import write_html, write_results
    write_results(rows, configs, results, counts, (time.monotonic() - begin) / 60,
                  None if complete else "only some of the attacks")
    if arguments.html:
        write_html(arguments.html, rows, configs, cells, boots, counts, problems)
        print(f"the same as a page: {arguments.html}")
    print(f"{counts['pass']} passed, {counts['fail']} failed, {counts['skip']} skipped")
    sys.exit(1 if counts["fail"] else 0)


if __name__ == "__main__":
    main()
