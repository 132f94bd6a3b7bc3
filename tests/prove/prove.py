# SPDX-License-Identifier: BSD-2-Clause
"""`make prove`: the router's decision code under Frama-C's Eva, with all that tasks write as
unknowns.

    prove.py [--json FILE] [--only REGEX]

Eva computes, for each statement of router/*.c, all values that any run from world.c's start can
bring there, and gives an alarm for each operation that might go wrong on one of them: an access out
of bounds or through a wrong pointer, a word used that was never read properly, a signed overflow.
A proof passes with no alarm, all assertions of world.c valid, and no precondition open. The last
two runs must *fail*: each has an error seeded that Eva has to see. ASSUMED is what the proofs rest
on. The complete run writes RESULTS.md.
"""

import argparse
import concurrent.futures
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import results  # noqa: E402

RESULTS = "tests/prove/RESULTS.md"
FOLDER = os.path.join("build", "prove")
WORLD = "tests/prove/world.c"
GUEST_ONLY = {"router/offsets.c"}
DEADLINE = 3600  # seconds, beyond anything but a machine that does nothing else

ASSUMED = """\
two tasks, of which one may be registrar and the other pager; either may be dead, and either calls
rings of 4 lines; a longer ring is the same code with another mask
nano's words are right: the task directory (slots, ids, masks), the nameplate, whom an upcall names
all mailboxes are mapped, those of dead tasks too (that none of these is touched is not shown)
recovery: in.self, by which a mailbox is in use, is right; all else of the in headers is anything
a closed lane holds the receiver of an earlier route (and is shown to), where at boot it has a NULL
links of the queues for room hold slots (and are shown to); at a restart they may hold anything, and
no queue has anybody in it afterwards (shown)
the fast path loads the receiver's inbox head once (not volatile, so that it is one instruction)
the compiler keeps the order of stores at commit_barrier(), and copy_line() copies one line
an operation ends (the loops' bounds are the tests' business)"""

# Each function of the list is analysed with its outcomes kept apart: "there is none" is 0.
SPLIT = ("mailbox_find", "mailbox_in_use", "ledger_slot", "ledger_find", "route_find", "find_fixed",
         "forward_prepare", "move_answer", "obey", "take", "deliver", "deliver_plain", "lane_open",
         "is_under_way")
# Small helpers, put in their callers' place: what they find out is known there.
INLINE = ("slot_of", "is_slot", "next_slot", "box_of", "entry_of", "lane_of", "waiting_of",
          "row_of", "is_row", "read_index", "index_plus", "index_minus", "index_distance",
          "index_place", "post_caller", "post_line_of", "drain", "tell")
# How many states a function may keep apart, where four are not enough.
STATES = {"send": 200, "send_by": 200, "reply": 200, "route_find": 200, "find_fixed": 100,
          "ledger_find": 100, "mailbox_find": 100, "outbox_deliver": 100, "take": 100,
          "deliver_slowly": 100, "deliver_plain": 100, "world_make": 500,
          "prove_recover": 500, "recover": 100, "set_right": 100, "finish": 100,
          "is_under_way": 100, "forget": 100, "find": 100}
OPTIONS = ["-machdep", "gcc_x86_32", "-c11", "-inline-calls", ",".join(INLINE),
           "-eva", "-eva-use-spec", "copy_line,copy_payload,read_once", "-eva-plevel", "20000",
           "-eva-slevel", "4", "-eva-slevel-function",
           ",".join(f"{f}:{n}" for f, n in STATES.items()),
           "-eva-split-return-function", ",".join(f"{f}:0" for f in SPLIT),
           "-eva-domains", "equality",
           "-eva-ilevel", "130", "-eva-auto-loop-unroll", "64", "-eva-partition-value", "alive",
           "-eva-no-show-progress", "-eva-msg-key=-initial-state,-final-states"]

# name, start in world.c, the caller's slot, lines in a ring; a seeded error: file, old, new
PROOFS = [
    ("recovery, from mailboxes with anything in them", "prove_recover", 1, 4, None),
    ("an upcall that names a task", "prove_upcall", 1, 4, None),
    ("a call of the registrar or any task", "prove_call", 1, 4, None),
    ("a call of the pager or any task", "prove_call", 2, 4, None),
    ("seeded: no index mask", "prove_recover", 1, 4,
     ("router/inbox.c", "    uint32_t place = index_place(index, entry_of(to)->in_mask);\n",
      "    uint32_t place = NUMBER_OF(index);\n")),
    ("seeded: a hostile word by a plain load", "prove_wait", 1, 4,
     ("router/drain.h", "in->signals == read_once(&out->seen)",
      "in->signals == out->seen")),
]


def covered():
    """Every file of the router must be in the world, or a proof of it proves less than it says."""
    included = set(re.findall(r'#include "(router/\w+\.c)"', open(WORLD).read()))
    missing = {f for f in glob.glob("router/*.c")} - included - GUEST_ONLY
    if missing:
        sys.exit(f"{WORLD} does not include {', '.join(sorted(missing))}")


def prove(proof):
    """Run Eva; a row of the report."""
    name, start, caller, ring, seeded = proof
    include, began = "-I.", time.time()
    if seeded:
        file, old, new = seeded
        folder = os.path.join(FOLDER, re.sub(r"\W+", "-", name))
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree("router", os.path.join(folder, "router"))
        text = open(file).read()
        if text.count(old) != 1:
            return {"name": name, "good": False, "seconds": 0,
                    "alarms": [f"the seeded error does not apply to {file}"]}
        with open(os.path.join(folder, file), "w") as changed:
            changed.write(text.replace(old, new))
        include = f"-iquote {folder} -I."  # before the -I. that Frama-C puts first
    # The host's way through router.h; opaque() is an empty asm, which Eva would not understand.
    defines = f"-U__i386__ '-D__asm__(...)=' -DCALLER={caller} -DRING={ring} -Iinclude {include}"
    said = subprocess.run(["frama-c", *OPTIONS, f"-cpp-extra-args={defines}", "-main", start,
                           WORLD],
                          capture_output=True, text=True, timeout=DEADLINE).stdout
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, re.sub(r"\W+", "-", name) + ".log"), "w") as log:
        log.write(said)
    alarms = [" ".join(a.split())
              for a in re.findall(r"\[eva:alarm\] (.*?Warning:\n?.*?)(?=\n\[|\n  -|\Z)", said,
                                  re.S)]
    count = re.search(r"(\d+) alarms? generated", said)
    if "ensures-false" in said or not count:
        alarms.append("Eva did not finish, or a contract is wrong: " + said.strip().split("\n")[-1])
    alarms += [f"left open: {' '.join(line.split())}" for line in
               re.findall(
                   r"^\s+(?:Assertions|Preconditions)\s+\d+ valid\s+(?=\S)(?!0 unknown\s+0 "
                   r"invalid).*$", said, re.M)]
    alarmed = bool(alarms) or int(count.group(1)) > 0
    if seeded:  # it must be seen where it is
        alarmed = any(os.path.join(folder, file) in a for a in alarms)
    reached = re.search(r"(\d+) statements reached \(out of (\d+)\)", said)
    return {"name": name, "good": alarmed == bool(seeded) and bool(count),
            "seconds": round(time.time() - began),
            "alarms": alarms, "statements": reached and [int(n) for n in reached.groups()]}


def show(row):
    reached = row.get("statements")
    text = f"{'ok' if row['good'] else 'NOT OK':<7}{row['name']}: {len(row['alarms'])} alarms" + \
        (f", {reached[0]} of {reached[1]} statements reached" if reached
         else "") + f", {row['seconds']} s"
    return "\n".join([text, *(f"         {a}" for a in row["alarms"][:20])])


def prove_all(proofs, jobs):
    """Rows as they are ready."""
    covered()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        yield from (f.result()
                    for f in concurrent.futures.as_completed(
                        [pool.submit(prove, p) for p in proofs]))


def write(rows, bad, only, seconds):
    """RESULTS.md, of all proofs."""
    missing = f"ONLY={only}" if only else None
    path = results.place(RESULTS, missing, bad)
    if not path:
        return
    proofs = [row for row in rows if not row["name"].startswith("seeded: ")]
    figures = [("proofs", len(proofs)), ("alarms", sum(len(row["alarms"]) for row in proofs)),
               ("seeded errors found", len(rows) - len(proofs)),
               ("minutes", round(seconds / 60, 1))]
    lines = [(row["name"], len(row["alarms"]), *(row["statements"] or ("", ""))) for row in rows]
    results.write(path, "What Frama-C's Eva says of the router's decisions",
                  results.head("make prove", "Frama-C " + results.said("frama-c", "-version"),
                               incomplete=missing, texts=False),
                  [results.table(["figure", "value"], figures),
                   results.table(["proof", "alarms", "statements reached", "of"], sorted(lines))])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--only", metavar="REGEX", default="")
    arguments = parser.parse_args()
    print("assumed:\n" + "\n".join(f"  - {line}" for line in ASSUMED.split("\n")), flush=True)
    rows, began = [], time.time()
    for row in prove_all([p for p in PROOFS if re.search(arguments.only, p[0])], os.cpu_count() or
                         1):
        rows.append(row)
        print(show(row), flush=True)
    bad = sum(not row["good"] for row in rows)
    write(rows, bad, arguments.only, time.time() - began)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"assumed": ASSUMED.split("\n"), "proofs": rows}, file, indent=2)
    print(f"{len(rows) - bad} passed, {bad} failed")
    sys.exit(0 if rows and not bad else 1)


if __name__ == "__main__":
    main()
