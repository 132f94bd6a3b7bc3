#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks the models of the router's protocol with Spin, and that each seeded mistake is found.

    run.py [--quick] [--jobs N] [NAME...]      NAME: part of the name of a check or mistake

A check passes if its search is complete and finds nothing. A mistake, a macro BUG_... that
makes the model wrong in one place, passes if the search finds it: a model that does not notice
a mistake says nothing about the protocol. The result is TAP, a table with the states explored and
the seconds of CPU time that it took to build and run each, and a line `N passed, N failed`. What
each run left stays in build/model/NAME/: `spin -p -g -t -DMACRO ... call.pml`, with the macros that
the table names, shows there what led to an error. The complete run writes RESULTS.md.
"""

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
import results  # noqa: E402
import tap  # noqa: E402

RESULTS = os.path.join(HERE, "RESULTS.md")
FOLDER = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "model")
MEMORY = 7000       # MiB, for all searches that run at once
DEPTH = 3000000     # of the search's stack: more than any of these needs
LIMIT = 1500        # seconds for one search; only a machine that is very busy needs them

# How to search: what to compile pan with, how to run it, and what it must say it looked for.
SAFETY = (["-DSAFETY"], [], "assertion violations\t+")
MORTAL = (["-DSAFETY"], ["-E"], "assertion violations\t+")      # the dead may end anywhere
ENDS = (["-DNP"], ["-l"], "non-progress cycles \t+")            # and every run ends
LIVE = ([], ["-a"], "acceptance   cycles \t+")                  # an LTL formula

# (in the quick slice?, model, what is checked, how, macros). The longest come first.
CHECKS = [
    (0, "call", "calls one at a time, mail, a death", MORTAL, "CALLS=2 OUT=1 MAILS=1"),
    (0, "call", "calls: every run ends, 1 kill", ENDS, "CALLS=2 MAILS=0 KILLS=1"),
    (0, "call", "two calls at once, mail, nobody dies", MORTAL, "CALLS=2 MAILS=1 IMMORTAL"),
    (0, "deliver", "1 sender, 2 receivers, 4 messages", SAFETY, "SENDERS=1 RECEIVERS=2 MESSAGES=4"),
    (0, "call", "two calls at once, a death", MORTAL, "CALLS=2 MAILS=0"),
    (0, "wake", "4 tasks, 3 places in the wake list", SAFETY, "TASKS=4"),
    (0, "deliver", "every run ends, 2 kills", ENDS, "SENDERS=1 RECEIVERS=2 MESSAGES=3 KILLS=2"),
    (0, "deliver", "every run ends, 1 kill", ENDS, "MESSAGES=2 KILLS=1"),
    (0, "deliver", "2 senders, 1 receiver, 3 plain messages", SAFETY, "MESSAGES=3 PLAIN_ONLY"),
    (0, "deliver", "2 senders, 1 receiver, 2 messages", SAFETY, "MESSAGES=2"),
    (0, "record", "a filter that does not show, no thief", SAFETY, "BITS=2 NO_THIEF INTERPOSE"),
    (0, "record", "calls, answers, forwards, no thief", SAFETY, "BITS=2 NO_THIEF"),
    (0, "record", "a mailbox set aside, one server", SAFETY, "BITS=2 NO_THIEF FENCE_DEAF ASIDE"),
    (0, "record", "voids of any length, calls, a thief", SAFETY, "BITS=2 BANK_DEAF FENCE_DEAF"),
    (0, "record", "a pager's answer delivers another's entry", SAFETY,
     "BITS=2 RING=1 NO_VICTIM BANK_DEAF FENCE_DEAF MOVES"),
    (1, "record", "indices of 3 bits, one server", SAFETY, "BITS=3 NO_THIEF FENCE_DEAF"),
    (1, "record", "a death and a new task in its slot", SAFETY, "BITS=2 NO_THIEF FENCE_DEAF DEATH"),
    (0, "deliver", "a message as long as the inbox", SAFETY, "IN=2 MESSAGES=2"),
    (1, "call", "one call, mail, a death", MORTAL, "CALLS=1 MAILS=1"),
    (1, "deliver", "1 sender, 2 receivers, 3 messages", SAFETY, "SENDERS=1 RECEIVERS=2 MESSAGES=3"),
    (1, "deliver", "2 senders, 2 receivers, 1 message", SAFETY, "RECEIVERS=2 MESSAGES=1"),
    (1, "wake", "3 tasks, 3 places in the wake list", SAFETY, "TASKS=3"),
    (0, "wake", "who is parked is woken, low priority", LIVE, "TASKS=3 LIVE=2"),
    (0, "wake", "who is parked is woken, high priority", LIVE, "TASKS=3 LIVE=3"),
]

# (in the quick slice?, model, what the mistake is, how it is looked for, macros).
MISTAKES = [
    (1, "record", "recovery believes an origin in the inbox", SAFETY,
     "BUG_OLD_ORIGINS BITS=3 BANK_DEAF FENCE_DEAF"),
    (0, "record", "the same, and the call goes to another", SAFETY,
     "BUG_OLD_ORIGINS OLD_SKIPS BITS=3 BANK_DEAF FENCE_DEAF"),
    (1, "record", "next is stored before tail and dest", SAFETY,
     "BUG_NEXT_FIRST BITS=2 FENCE_DEAF"),
    (0, "record", "next is stored before dest", SAFETY, "BUG_NEXT_MIDDLE BITS=2 FENCE_DEAF"),
    (0, "record", "recovery does not put a record to rest", SAFETY,
     "BUG_NO_CLEAR BITS=2 BANK_DEAF FENCE_DEAF"),
    (1, "record", "recovery does not compare the tail", SAFETY,
     "BUG_TAIL_NOT_COMPARED BITS=2 NO_THIEF FENCE_DEAF"),
    (0, "record", "a call goes in a run of plain lines", SAFETY,
     "BUG_RUN_WITH_CALL BITS=2 BANK_DEAF FENCE_DEAF"),
    (0, "record", "a call is open before its commit", SAFETY,
     "BUG_OPEN_EARLY BITS=2 NO_THIEF FENCE_DEAF"),
    (0, "record", "a death notice has no record", SAFETY,
     "BUG_NOTICE_NO_RECORD BITS=2 NO_THIEF FENCE_DEAF DEATH"),
    (0, "record", "a void entry: next before the head", SAFETY,
     "BUG_PASS_NEXT_FIRST BITS=2 NO_THIEF FENCE_DEAF"),
    (0, "record", "a void entry moves the head alone", SAFETY,
     "BUG_PASS_NO_NEXT BITS=2 NO_THIEF FENCE_DEAF"),
    (0, "record", "the last answer is remembered by its entry", SAFETY,
     "BUG_MOVED_INDEX BITS=2 NO_VICTIM BANK_DEAF FENCE_DEAF MOVES"),
    (0, "record", "a mailbox goes before recovery", SAFETY,
     "BUG_DEATH_BEFORE_RECOVERY BITS=2 NO_THIEF FENCE_DEAF DEATH"),
    (1, "deliver", "the head before the tail", SAFETY, "BUG_HEAD_FIRST MESSAGES=2"),
    (0, "deliver", "the tail before the lines", SAFETY, "BUG_TAIL_FIRST MESSAGES=2"),
    (0, "deliver", "record.next is one too small for two lines", SAFETY, "BUG_NEXT MESSAGES=2"),
    (1, "deliver", "recovery does not finish the last entry", SAFETY, "BUG_NO_FINISH MESSAGES=2"),
    (0, "deliver", "recovery does not raise HELD", SAFETY, "BUG_NO_HELD_AT_RESTART MESSAGES=2"),
    (0, "deliver", "a restart does not wake who is parked", SAFETY,
     "BUG_NO_WAKE_AT_RESTART MESSAGES=2"),
    (1, "deliver", "recovery takes an old refusal for the head's", SAFETY,
     "BUG_STALE_REFUSAL SENDERS=1"),
    (0, "deliver", "room is told without HELD", SAFETY, "BUG_FORGET_HELD MESSAGES=2"),
    (0, "deliver", "only one waiter is remembered", SAFETY, "BUG_ONE_WAITER MESSAGES=2"),
    (0, "deliver", "who waits for room is overtaken", SAFETY, "BUG_TURN MESSAGES=2"),
    (0, "deliver", "the same room is promised twice", SAFETY, "BUG_PROMISED_TWICE MESSAGES=2"),
    (0, "deliver", "HELD is raised while there is no room", ENDS,
     "BUG_HELD_AT_ONCE MESSAGES=2 KILLS=0"),
    (0, "deliver", "room is counted one too large", SAFETY, "BUG_ROOM MESSAGES=2"),
    (0, "deliver", "a signal is toggled though it is pending", SAFETY, "BUG_TOGGLE MESSAGES=2"),
    (0, "deliver", "a held sender waits after its entry has left", SAFETY,
     "BUG_POST_WAIT MESSAGES=2"),
    (0, "call", "reserved room is not counted", MORTAL, "BUG_NOT_RESERVED CALLS=1"),
    (1, "call", "recovery does not count reserved room", MORTAL, "BUG_NO_RECOUNT CALLS=1"),
    (0, "call", "the slot is closed after the head has advanced", MORTAL,
     "BUG_SETTLE_AFTER_HEAD CALLS=1"),
    (0, "call", "the slot is open before the commit", MORTAL, "BUG_OPEN_BEFORE_COMMIT CALLS=1"),
    (1, "call", "recovery finishes without the ledger", MORTAL, "BUG_FINISH_NOT_SETTLED CALLS=1"),
    (0, "call", "recovery does not settle a death notice", MORTAL,
     "BUG_NOTICE_NOT_SETTLED CALLS=1 MAILS=0"),
    (0, "call", "a death is told once, heard or not", MORTAL, "BUG_GONE_ONCE CALLS=1 MAILS=0"),
    (0, "call", "who waits for the dead is not told", MORTAL, "BUG_GONE_DEAF CALLS=1 MAILS=2 IN=2"),
    (0, "call", "a reply is not looked up in the ledger", MORTAL, "BUG_REPLY_UNCHECKED CALLS=1"),
    (0, "call", "a reply is looked up by place, not by slot", MORTAL,
     "BUG_SLOT_NOT_COMPARED CALLS=2 OUT=1"),
    (0, "call", "who waits for a slot is not told", MORTAL, "BUG_LEDGER_NOT_TOLD CALLS=2 OUT=1"),
    (0, "call", "FORWARD leaves the duty to reply behind", MORTAL,
     "BUG_FORWARD_NOT_ASSIGNED CALLS=1 MAILS=0 IMMORTAL"),
    (0, "wake", "the hand-off forgets the wake list", SAFETY, "BUG_HANDOFF_FORGETS"),
    (0, "wake", "the fast path forgets whom it woke", SAFETY, "BUG_WOKEN_FORGOTTEN"),
    (1, "wake", "ring 1 is preempted between look and park", SAFETY, "BUG_PREEMPTED"),
    (1, "wake", "a full wake list drops", SAFETY, "BUG_FULL_DROPS"),
    (0, "wake", "a full wake list leaves the lanes open", LIVE, "BUG_LANE_OPEN TASKS=3 LIVE=3"),
    (0, "wake", "a wait with nothing to post tells nobody", SAFETY, "BUG_NOTHING_DEAF"),
    (0, "wake", "no place in the wake list for the yield", SAFETY, "BUG_YIELD_PLACE"),
    (0, "wake", "the wake list is read before the caller is parked", SAFETY,
     "BUG_LIST_BEFORE_PARK"),
    (0, "wake", "a yield hands off to any of the list", SAFETY, "BUG_YIELD_HANDOFF"),
    (0, "wake", "the short hand-off ignores attention", SAFETY, "BUG_SHORT_BLIND"),
    (0, "wake", "the short hand-off ignores readiness", SAFETY, "BUG_SHORT_TO_QUEUED"),
    (0, "wake", "the router looks at attention first, not last", SAFETY, "BUG_ATTENTION_EARLY"),
    (0, "wake", "an upcall is not offered again", SAFETY, "BUG_UPCALL_ONCE"),
    (0, "wake", "an upcall runs before recovery", SAFETY, "BUG_RECOVER_LAST"),
    (0, "wake", "a restart does not wake who is parked", SAFETY, "BUG_NO_WAKE_AT_RESTART"),
    (0, "wake", "a tick does not read the wake list", LIVE, "BUG_TICK_DEAF TASKS=3 LIVE=2"),
]


def command(folder, output, *words):
    """Run; (exit status, CPU seconds), what it says in the file `output`."""
    with open(os.path.join(folder, output), "w") as said:
        done = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=said,
                                stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(status)
    return done.returncode, usage.ru_utime + usage.ru_stime


def search(model, how, macros, optimise, memory):
    """(what pan says, CPU seconds that it all took)."""
    compile_with, run_with, _ = how
    folder = os.path.join(FOLDER, "-".join([model, *macros.split()]).replace("=", ""))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    shutil.copy(os.path.join(HERE, model + ".pml"), folder)
    seconds = 0
    for step in (["spin", *["-D" + macro for macro in macros.split()], "-a", model + ".pml"],
                 [os.environ.get("HOST_CC", "gcc"), optimise, "-w", "-DNOREDUCE",
                  f"-DMEMLIM={memory}", *compile_with, "-o", "pan", "pan.c"],
                 ["timeout", str(LIMIT), "./pan", f"-m{DEPTH}", *run_with]):
        status, used = command(folder, "out", *step)
        seconds += used
        if status != 0 and step[0] != "timeout":
            break
    with open(os.path.join(folder, "out")) as said:
        return said.read(), seconds


def judge(said, how, wrong):
    """(states or None, what was found, or why it is not good, or nothing)."""
    errors = re.search(r"errors: (\d+)", said)
    states = re.search(r"([\d.e+]+) states, stored", said)
    found = re.search(r"^pan:\d+: (.*)", said, re.M)
    if not errors or not states or how[2] not in said:
        return None, "the search did not run to its end:\n" + said[-2000:]
    states = int(float(states.group(1)))
    if wrong:
        shown = found and re.search("assertion violated|cycle", found.group(1))
        return (states, found.group(1)) if shown else (None, "the mistake was not found")
    if int(errors.group(1)) or found:
        return None, found.group(1) if found else "errors"
    for sign in ("max search depth too small", "Search not completed", "MEMLIM", "out of memory",
                 "hash factor", "BITSTATE"):
        if sign in said:
            return None, f"the search is not complete: {sign}"
    return states, ""


def main(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="the slice for CI")
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 4))
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args(words)
    out = tap.Tap()
    if not shutil.which("spin"):
        out.skip("models", "spin is not installed (Debian package: spin)")
        return out.end()

    # Only what runs long is worth more of the compiler's time.
    runs = [(quick, model, what, how, macros, "-O0" if quick else "-O2")
            for quick, model, what, how, macros in CHECKS]
    runs += [(quick, model, "found: " + what, how, macros, "-O0")
             for quick, model, what, how, macros in MISTAKES]
    runs = [run[1:] for run in runs if run[0] or not arguments.quick]
    if arguments.names:
        runs = [run for run in runs if any(part in " ".join((run[0], run[1], run[3]))
                                           for part in arguments.names)]
    if not runs:
        parser.error("nothing has such a name")

    start, rows = time.monotonic(), {}
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        started = {pool.submit(search, model, how, macros, optimise, MEMORY // arguments.jobs):
                   (model, what, how, macros) for model, what, how, macros, optimise in runs}
        for one in concurrent.futures.as_completed(started):
            model, what, how, macros = started[one]
            said, seconds = one.result()
            states, found = judge(said, how, what.startswith("found: "))
            out.result(states is not None, f"{model}: {what}", f"{macros}: {found}")
            rows[model, what] = (states, seconds, macros)
    status = out.end()

    print(f"\n{'model':8}{'check':56}{'states':>12}{'seconds':>9}  macros")
    for model, what, _, macros, _ in runs:
        states, seconds, _ = rows[model, what]
        states = "FAILED" if states is None else f"{states:,}"
        print(f"{model:8}{what:56}{states:>12}{seconds:9.1f}  {macros}")
    print(
        f"\n{sum(row[1] for row in rows.values()):.0f} s of CPU time, {arguments.jobs} searches "
        f"at a "
          f"time, {time.monotonic() - start:.0f} s in all")
    print(f"{out.count - out.failed} passed, {out.failed} failed")
    if not arguments.quick:
        write([(run[0], run[1], rows[run[0], run[1]][0]) for run in runs], out.failed,
              time.monotonic() - start, arguments.names)
    return status


def write(rows, failed, seconds, names):
    """RESULTS.md. rows: (model, what, states)."""
    missing = f"only {' '.join(names)}" if names else None
    path = results.place(RESULTS, missing, failed)
    if not path:
        return
    checks = [row for row in rows if not row[1].startswith("found: ")]
    figures = [("searches", len(checks)), ("mistakes found", len(rows) - len(checks)),
               ("most states", max((states or 0 for _, _, states in checks), default=0)),
               ("minutes", round(seconds / 60, 1))]
    results.write(path, "What the models' searches found",
                  results.head("make model", incomplete=missing, texts=False),
                  [results.table(["figure", "value"], figures),
                   results.table(["search", "states"],
                                 [(f"{model}: {what}", states) for model, what, states in checks])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
