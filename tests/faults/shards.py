# SPDX-License-Identifier: BSD-2-Clause
"""Shards: a plan is dealt to many, GNU parallel runs them on all cores and machines, and each is a
boot.

A shard is a text of plan lines (plan.h) that alice works off in one boot; nano's injector writes a
line for each case on the debug port, and they end up in SHARD.out. If a case stops the machine,
that is written there too, and the rest is worked off in another boot.
"""

import collections
import os
import random
import re
import subprocess
import sys
import tempfile
import time

import boot_set
import ending
import machine
import own
import plans
import report
import results

FOLDER = "tests/faults"
TASKS = os.environ.get("TASKS", "16")  # slots
IDLERS = int(os.environ.get("IDLERS", "0"))  # further tasks
DONE = "all of it"
# What each task of the campaigns says of its start: INJECT_START_* in <ringpost/inject.h>.
START = re.compile(r"^start: out fffffffe fffffffe fffffffe, in fffffffe fffffffe, "
                   r"generation fff0, tick 7fffff[3-9a-f][0-9a-f]$")
ROLES = 4  # tasks
NOT_THERE = "the tasks did not start where indices, generations and ticks come round"
SILENCE = 60  # seconds without a case: nothing happens any more


def boot_modules(plan):
    modules = boot_set.boot_set(FOLDER, f"tasks={TASKS}", [f"plan={plan}"])
    if IDLERS:  # a crowd that does nothing but be restarted with
        manifest = os.path.join(os.path.dirname(plan), "manifest.txt")
        with open(manifest, "w") as file:
            file.write(open(f"{FOLDER}/manifest.txt").read())
            for n in range(IDLERS):
                file.write(f"task dave{n} module=faults priority=9 start=yes\n")
        modules = modules.replaced("manifest", manifest)
    return modules


def boot(plan, engine):
    if engine == "bochs":
        return machine.Bochs(boot_modules(plan), mem=64)
    # No more memory than needed: nano's check looks at every frame.
    return machine.Qemu(boot_modules(plan), icount=True, mem=64 if IDLERS else 24)


def watch(guest, out):
    """Copy what the injector says to `out` until the guest ends or is silent. Returns its whole
    debug text."""
    at, last = 0, time.monotonic()
    while True:
        ended = guest.wait_end(0.3)
        text = guest.debug()
        end = text.rfind("\n") + 1
        if end > at:
            last = time.monotonic()
            out.write("".join(f"{line}\n" for line in text[at:end].split("\n")
                              if line.startswith(("case ", "code ", "uses ", "escaped"))))
            out.flush()
            at = end
        if ended or time.monotonic() - last > SILENCE:
            return text


def alone(line):
    """A line of the plan in a boot of its own: (its activated cases, what the debug port said, did
    the machine end)"""
    with tempfile.TemporaryDirectory() as folder:
        plan, out = os.path.join(folder, "plan"), os.path.join(folder, "out")
        with open(plan, "w") as file:
            file.write(line + "\n")
        with boot(plan, "qemu") as guest:
            ended = guest.wait_end(60)
            text = guest.debug()
        with open(out, "w") as file:
            file.write("\n".join(m.group(0) for m in report.CASE.finditer(text)) + "\n")
        return [c for c in report.Reader([out]) if c.activated], text, ended


def started_there(text):
    """Did all tasks start where everything comes round? Else kills find nothing of that kind."""
    starts = re.findall(r"^start: .*", text, re.M)[:ROLES + IDLERS]
    return len(starts) == ROLES + IDLERS and all(map(START.match, starts))


def resume(lines, text):
    """The plan after the case that ended the machine, and that case's name; None: no line was
    begun."""
    begun = re.findall(r"^line (\d+): \w+ \w+ \w$", text, re.M)
    if not begun:
        return None, None
    number = int(begun[-1])  # plan lines are counted from 1
    line = lines[number - 1]
    cases = list(report.CASE.finditer(text, text.rfind(f"line {number}: ")))
    if not cases:  # the first case of the line: nobody knows how to go on
        return lines[number:], ":".join(line.split()[:3]) + ":first"
    f = cases[-1].group(1).split(",")
    kept = [w for w in line.split() if not w.startswith("from-")]
    kept += [f"from-step={f[3]}", f"from-area={int(f[4], 16)}", f"from-bit={int(f[5], 16)}",
             f"from-again={f[6]}"]
    return [" ".join(kept)] + lines[number:], "after " + report.case_name(f)


def last_words(text):
    """Of the machine, on the debug port."""
    return ([t for t in text.split("\n") if t and not t.startswith(("case ", "line "))] or [""])[-1]


def shard(plan, out_name, engine):
    """Works off one plan. The module's name is its file's, so it is called `plan` in a folder of
    its own."""
    lines = [line.strip() for line in open(plan) if line.strip()]
    with open(out_name, "w") as out, tempfile.TemporaryDirectory() as folder:
        while lines:
            module = os.path.join(folder, "plan")
            with open(module, "w") as file:
                file.write("\n".join(lines) + "\n")
            with boot(module, engine) as guest:
                text = watch(guest, out)
                if "\nline 1: " in text and not started_there(text):
                    print(f"{plan}: {NOT_THERE}", file=sys.stderr)
                    return 1
                if guest.process.poll() is not None and "power off, exit code 0" in text:
                    break
                rest, name = resume(lines, text)
                why = "stopped" if guest.process.poll() is not None else "silent"
                out.write(f"{why} {name or plan}: {last_words(text)}\n")
                if rest is None:
                    return 1
                lines = rest
        out.write(DONE + "\n")
    return 0


def progress(names, jobs, start, what):
    """A line on standard error: shards, cases, time left."""
    texts = [open(n + ".out").read() for n in names if os.path.exists(n + ".out")]
    done, cases = sum(t.endswith(DONE + "\n")
                      for t in texts), sum(t.count("\ncase ") for t in texts)
    spent = time.monotonic() - start
    # Those that are under way count half.
    part = (done + min(jobs, len(names) - done) / 2) / len(names)
    left = f"about {spent * (1 - part) / part / 60:.0f} min left" if done \
        else "time left not known yet"
    print(
        f"faults: {what}: {done} of {len(names)} shards, {cases} cases, {spent / 60:.1f} min, "
        f"{left}",
          file=sys.stderr, flush=True)


def finished(name):
    """Is there all of this shard's output?"""
    return os.path.exists(name + ".out") and open(name + ".out").read().endswith(DONE + "\n")


def unfinished(outs):
    """Of a campaign whose output files these are, the shards that are missing or cut off: of all
    that lie in the same folders, too."""
    given = {os.path.abspath(out) for out in outs}
    names = {out.removesuffix(".out") for out in given}
    for folder in {os.path.dirname(out) for out in given}:
        names |= {os.path.join(folder, name) for name in os.listdir(folder)
                  if re.fullmatch(r"shard\d+", name)}
    ended = {name for name in names if name + ".out" in given and finished(name)}
    cut = {out for out in given if not out.endswith(".out") and
           not open(out).read().endswith(DONE + "\n")}
    return sorted(names - ended - (given - cut)), len(names)


def deal(lines, seed, jobs, engine, folder):
    """Lines to shards: enough of them that all cores end at about the same time. Their file names.

    RESUME=1 keeps the output of those that were worked off before, if they had the same lines and
    ran the same nano and router."""
    random.Random(seed).shuffle(lines)
    count = min(len(lines), jobs * 24 if len(lines) > 200 and engine != "bochs" else jobs * 4)
    names = [os.path.join(folder, f"shard{i:03}") for i in range(count)]
    texts = ["\n".join(lines[i::count]) + "\n" for i in range(count)]
    said = f"{results.digest('nano')} {results.digest('router')} {TASKS} {IDLERS} {engine}\n"
    kept = {}
    if os.environ.get("RESUME", "0") not in ("", "0") and text_of(f"{folder}/built") == said:
        kept = {name: open(name + ".out").read() for name, text in zip(names, texts)
                if text_of(name) == text and finished(name)}
        print(f"faults: {folder}: {len(kept)} of {count} shards are kept", file=sys.stderr)
    subprocess.run(["rm", "-rf", folder])
    os.makedirs(folder)
    for name, text in [(f"{folder}/built", said), *zip(names, texts),
                       *((name + ".out", text) for name, text in kept.items())]:
        with open(name, "w") as file:
            file.write(text)
    return names


def text_of(name):
    return open(name).read() if os.path.exists(name) else None


def work(what, lines, seed, jobs, engine="qemu", sshlogin=None):
    """Runs the lines by GNU parallel. Returns the shards' output files, and the names of those that
    failed."""
    if not lines:
        return [], []
    names = deal(list(lines), seed, jobs, engine, os.path.join(own.own("faults"), what))
    elsewhere = ["--sshlogin", sshlogin, "--workdir", ".", "--env", "B", "--transferfile", "{}",
                 "--return",
                 "{}.out", "--cleanup"] if sshlogin else []
    start = shown = time.monotonic()
    # It gives each job a process group, and passes a signal on: time to close its machine.
    with ending.group(["parallel", "--will-cite", "--termseq", "TERM,5000,KILL,25", "-j",
                       str(jobs), "--line-buffer", *elsewhere, sys.executable,
                       f"{FOLDER}/faults.py", "shard", "{}", "{}.out", engine],
                      stdin=subprocess.PIPE, text=True) as running:
        running.stdin.write("".join(n + "\n" for n in names if not finished(n)))
        running.stdin.close()
        while running.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - shown > (10 if sys.stderr.isatty() else 60):
                shown = time.monotonic()
                progress(names, jobs, start, what)
    outs = [n + ".out" for n in names if os.path.exists(n + ".out")]
    return outs, [n for n in names if n + ".out" not in outs or DONE + "\n" not in open(n + ".out")]


def read_survey(outs):
    """(operation, state) -> plans.Call"""
    steps, code, path, used = {}, {}, collections.defaultdict(dict), collections.defaultdict(dict)
    for out in outs:
        text = open(out).read()
        for case, bitmap in re.findall(r"^case (\S+) r [^\n]*\ncode (\w+)$", text, re.M):
            f = case.split(",")
            code[plans.OPERATIONS[int(f[1])], chr(int(f[2]))] = plans.executed_bytes(bitmap)
        for case, count in re.findall(rf"^case {plans.CAMPAIGNS.index('count')},(\S+) r 0,(\d+),",
                                      text, re.M):
            f = case.split(",")
            steps[plans.OPERATIONS[int(f[0])], chr(int(f[1]))] = int(count)
        for operation, state, step, eip in re.findall(
                rf"^case {plans.CAMPAIGNS.index('tick')},(\d+),(\d+),(\d+),\S+ r 1,\d+,(\w+),",
                text, re.M):
            path[plans.OPERATIONS[int(operation)], chr(int(state))][int(step)] = int(eip, 16)
        for operation, state, word, points in re.findall(
                rf"^case {plans.CAMPAIGNS.index('uses')},(\d+),(\d+),\d+,(\w+),[^\n]*\n((?:uses "
                rf"[\d ]*\n)*)", text, re.M):
            used[plans.OPERATIONS[int(operation)], chr(int(state))][int(word, 16)] = \
                {int(point) for point in points.split() if point != "uses"}
    return {call: plans.Call(steps[call], code[call],
                             [eip for _, eip in sorted(path[call].items())], used[call])
            for call in code if call in steps}


def survey(seed, jobs, engine, sshlogin, chosen=None, paths=False):
    """What is known of each operation before flips are planned, and the shards that failed."""
    outs, missing = work("survey", plans.survey_lines(chosen, paths), seed, jobs, engine, sshlogin)
    found = read_survey(outs)
    if paths:  # or flips of that word would be left out, and nobody told
        missing += [f"uses {o} {s}" for (o, s), call in found.items()
                    if len(call.used) != plans.written_words()]
    return found, missing
