# SPDX-License-Identifier: BSD-2-Clause
"""`make bench`: boots tests/bench/small, for the paths of small messages, tests/bench/crowd, for
those among many tasks, and tests/bench/frames, for large messages, and prints what they cost, in
guest instructions.

QEMU counts instructions (-icount shift=0: one tick of the time-stamp counter is one guest
instruction), so the figures are of paths, not of cycles, and repeat to a fraction of a percent. The
guest prints `bench: NAME VALUE UNIT`; a figure beyond its limit here makes the run fail, and so
do a row that is missing and a crossover of inline and frames that is not where libpost has it.
Beside some rows stands what other systems need (PEERS.md).

The figures are written to RESULTS.md. With `--check` (make bench CHECK=1) they are compared with it
instead: more than 2 % off, either way, or a row that is new or missing, makes the run fail.

`boot` is measured from outside, on the ordinary system: QEMU counts, in its record mode, from
nano's first instruction to where the console is asked for keys, which is when the prompt is there.
So is `oneway-pages` (pages.py).
"""

import argparse
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))

import pages
import results
from boot_set import boot_set
from guest_test import last_lines
from machine import Qemu
from run_guest import free_port
from run_tests import environment

TIMEOUT = int(os.environ.get("TIMEOUT", "60")) * 5
LIMITS = {
    "oneway-64": 190,
    "oneway-64-copied": 228,
    "stream-64": 97,
    "stream-64-copied": 135,
    "switch-short": 156,
    "call-reply-64": 550,
    "call-reply-64-inplace": 480,
    "post-1": 135,
    "post-ring0-entries": 0,
    "notify": 300,
    "pager-call": 1500,
    "restart": 8000,
    "give-frames-4096": 5200,
    "give-fresh-4096": 12700,
    "grant-100MiB": 5300,
    "grant-100MiB-tables": 50,
    "grant-frame": 60,
    "oneway-pages": 36,
}
# What post_frames.h decides by POST_GIVE_INLINE: one message is cheaper than a page, two are not.
ORDER = ("give-inline-2024", "give-frames-4096", "give-inline-6072")
# What is measured; a row that is missing makes the run fail.
ROWS = """
    oneway-64 oneway-64-checked oneway-64-copied stream-64 stream-64-checked stream-64-copied
    call-reply-64 call-reply-64-inplace call-reply-8 notify notify-flushed
    post-1 post-ring0-entries switch-short switch-plain pager-call irq-to-task restart
    oneway-busy-median oneway-busy-p99 oneway-busy-max post-8 post-14 post-16 post-56
    restart-61-tasks
    give-inline-256 give-inline-1024 give-inline-2024 give-inline-4048 give-inline-6072
    give-frames-4096 give-frames-65536 give-fresh-4096 grant-frame
    100MiB-16-byte-messages 100MiB-64-byte-messages 100MiB-inline-2KiB 100MiB-copies-by-2MiB
    100MiB-frames grant-100MiB grant-100MiB-tables 100MiB-tables
    oneway-pages oneway-pages-touched oneway-pages-tables boot
""".split()
RESULTS = "tests/bench/RESULTS.md"
PEERS = os.path.join(HERE, "PEERS.md")
TOLERANCE = 0.02  # between RESULTS.md and a run with --check
# A tick falls into the longest one-way, and where it does any change moves.
LOOSE = {"oneway-busy-max": 0.25}
SMALL = "tests/bench/small"
FEW = "tasks=16"  # slots in the directory: a restart walks over all of them
# (folder, nano's command line, MiB, if not as usual)
BOOTS = ((SMALL, FEW, None), ("tests/bench/crowd", "", None), ("tests/bench/frames", "", 512))
SECOND_UART = ("-serial", "null")  # whose interrupt line irq-to-task raises


def boot_instructions():
    """From nano's first instruction to the prompt; None if it does not get there."""
    port, boot = free_port(), boot_set("apps")
    commands = ("hbreak *boot_start", "continue", "monitor info replay", "delete",
                "ringpost break console serve_read", "continue", "monitor info replay")
    with Qemu(boot, icount=True, record=True,
              extra=["-S", "-gdb", f"tcp:127.0.0.1:{port}"]) as machine:
        gdb = ["gdb", "-q", "-batch", "-nx", "-x", "gdb/ringpost.py",
               "-ex", f"target remote 127.0.0.1:{port}"]
        for command in commands:
            gdb += ["-ex", command]
        try:
            said = subprocess.run(gdb, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=60).stdout
        except subprocess.TimeoutExpired:
            return None
        counts = [int(n) for n in re.findall(r"instruction count = (\d+)", said)]
        return counts[1] - counts[0] if len(counts) == 2 and "ringpost> " in machine.serial \
            else None


def measure(folder, append="", mem=None):
    """Boot it; [(name, value, unit)], and whether it ended well."""
    with Qemu(boot_set(folder, append), mem=mem, icount=True, extra=SECOND_UART) as machine:
        ended = machine.wait_end(TIMEOUT)
        good = ended and machine.exit_code() == 0
        if not good:
            print(
                f"bench: {folder} did not end well: {'ended' if ended else 'still running'}, exit "
                f"code {machine.exit_code()}\n{last_lines(machine.serial)}\n"
                f"{machine.registers() if not ended else ''}\n{last_lines(machine.debug())}\n"
                f"{machine.errors()}", file=sys.stderr)
        return re.findall(r"^bench: (\S+) ([\d.]+) (.*)$", machine.serial, re.M), good


def from_outside():
    """What no guest can measure: [(name, value, unit)]; a row is missing if that fails."""
    rows = []
    try:
        rows += pages.of_one_way(SMALL, FEW)
    except (OSError, ValueError) as error:
        print(f"bench: oneway-pages: {error}", file=sys.stderr)
    boot = boot_instructions()
    return rows + ([("boot", boot, "instructions")] if boot is not None else [])


def show(rows, beside):
    """Prints them, with limits and peers; [{name, value, unit}]."""
    for name, value, unit in rows:
        limit = f"  (limit {LIMITS[name]})" if name in LIMITS else ""
        print(f"bench: {name} {value} {unit}{limit}", flush=True)
        for peer in beside.get(name, ()):
            print(f"           {peer}")
    return [{"name": name, "value": float(value), "unit": unit} for name, value, unit in rows]


def figures_now():
    """([{name, value, unit}], whether all boots ended well); printed as they come."""
    figures, all_good, beside = [], True, peers()
    for boot in BOOTS:
        rows, good = measure(*boot)
        all_good &= good
        figures += show(rows, beside)
    return figures + show(from_outside(), beside), all_good


def peers():
    """{row: what other systems need for the like}, from PEERS.md."""
    found = {}
    for line in open(PEERS):
        cells = [cell.strip() for cell in line.strip("|\n ").split("|")]
        if len(cells) == 6 and cells[5] and cells[5] != "beside" and not cells[5].startswith("-"):
            _, system, version, what, value, rows = cells
            for row in rows.split(", "):
                found.setdefault(row, []).append(
                    f"{value}: {system} ({version}), {what}; measured elsewhere")
    return found


def changes(old, new):
    """What differs by more than 2 % (LOOSE: by more), in words. old: {name: value} of RESULTS.md;
    new: [{name, value}]."""
    said, now = [], {f["name"]: f["value"] for f in new}
    for name in [*old, *(n for n in now if n not in old)]:
        if name not in now:
            said.append(f"{name}: not measured any more")
        elif name not in old:
            said.append(f"{name}: new, {now[name]:,.1f}")
        elif abs(now[name] - old[name]) > old[name] * LOOSE.get(name, TOLERANCE):
            by = f"{(now[name] / old[name] - 1) * 100:+.1f} %" if old[name] else "from nothing"
            said.append(f"{name} {old[name]:,.1f} -> {now[name]:,.1f}: {by}")
    return said


def kept():
    """{name: value} of RESULTS.md."""
    rows = re.findall(r"^\| (\S+) \| ([\d.,]+) \|", open(RESULTS).read(), re.M) \
        if os.path.exists(RESULTS) else []
    return {name: float(value.replace(",", "")) for name, value in rows}


def write(figures, failed):
    other = results.unusual()
    path = results.place(RESULTS, other, failed)
    if path:
        rows = [[f["name"], f["value"], f["unit"], LIMITS.get(f["name"], "")] for f in figures]
        results.write(path, "What paths cost, in guest instructions",
                      results.head("make bench", results.engine_qemu() + " TCG, -icount shift=0",
                                   os.environ.get("CPU", "max"), other),
                      [results.table(["name", "value", "unit", "limit"], rows)])


def missing(figures):
    measured = {f["name"] for f in figures}
    return [name for name in ROWS if name not in measured]


def wrong(figures):
    """What is beyond its limit, or in another order than libpost has it."""
    value = {f["name"]: f["value"] for f in figures}
    said = [f"{name} {value[name]} is beyond the limit, {limit}" for name, limit in LIMITS.items()
            if value[name] > limit]
    crossing = [value[name] for name in ORDER]
    if crossing != sorted(crossing):
        said.append(f"{' < '.join(ORDER)} is not so: POST_GIVE_INLINE wants another value")
    return said


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--check", action="store_true",
                        help="compare with RESULTS.md, and do not write it")
    arguments = parser.parse_args()
    figures, all_good = figures_now()
    gaps = missing(figures)
    if not all_good or gaps:
        print(f"bench: missing: {' '.join(gaps) or 'nothing'}", file=sys.stderr)
        return 1
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({**environment(), "icount": "shift=0", "bench": figures}, file, indent=2)
    said = wrong(figures)
    if arguments.check:
        said += [f"{change}; make bench writes the new figures"
                 for change in changes(kept(), figures)]
    else:
        write(figures, bool(said))
    for line in said:
        print(f"bench: {line}")
    if arguments.check and not said:
        print(f"bench: {len(figures)} figures as in {RESULTS}")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
