# SPDX-License-Identifier: BSD-2-Clause
"""Where QEMU and Bochs differ, as a table (differences.txt): each difference with its reason, and
no other.

    differences.py FILE.json      print the lines that the table needs for the results of a run

Compared are the two engines with all fences up, the modern CPU models with each other and the old
ones. An emulator that behaves differently after an upgrade shows here, in one line.
"""

import json
import os
import sys

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "differences.txt")
PAIRS = {"new": ("max", "corei7_icelake_u"), "old": ("core2duo", "core2_penryn_t9600")}


def seen_by_pair(results):
    """{(row, pair): (seen on QEMU, seen on Bochs)} of results as attacks.json has them."""
    seen = {(r["row"], r["engine"], r["model"].split(",")[0]): r["seen"] for r in results
            if r["fences"] == "user+page+segment" and r["state"] != "skip"}
    return {(row, pair): (seen[row, "qemu", q], seen[row, "bochs", b])
            for pair, (q, b) in PAIRS.items()
            for row in dict.fromkeys(r["row"] for r in results)
            if (row, "qemu", q) in seen and (row, "bochs", b) in seen}


def read_table(rows=None, path=TABLE):
    """{(row, pair): (on QEMU, on Bochs, reason)}; a line that cannot be read, or names none of
    `rows`, ends the run."""
    table, reason = {}, ""
    for number, line in enumerate(open(path), 1):
        line = line.strip()
        if line.startswith("="):
            reason = line[1:].strip()
        elif line and not line.startswith("#"):
            words = line.split()
            if len(words) != 4 or words[1] not in (*PAIRS, "both") or not reason:
                raise SystemExit(
                    f"{path}:{number}: a line is ROW new|old|both QEMU BOCHS, below a '= reason'")
            if rows and words[0] not in (row["full"] for row in rows):
                raise SystemExit(f"{path}:{number}: there is no row {words[0]}")
            for pair in PAIRS if words[1] == "both" else [words[1]]:
                if (words[0], pair) in table:
                    raise SystemExit(f"{path}:{number}: {words[0]} is there twice")
                table[words[0], pair] = words[2], words[3], reason
    return table


def check(results, table):
    """Lines of what is not as the table says."""
    problems = []
    for (row, pair), (qemu, bochs) in seen_by_pair(results).items():
        expected = table.get((row, pair))
        if expected is None and qemu != bochs:
            problems.append(
                f"{row}, {pair} models: QEMU {qemu}, Bochs {bochs}: a difference that "
                f"differences.txt does not know")
        elif expected and (qemu, bochs) != expected[:2]:
            problems.append(
                f"{row}, {pair} models: QEMU {qemu}, Bochs {bochs}; differences.txt has "
                f"{expected[0]} and {expected[1]}")
    return problems


def main():
    pairs = seen_by_pair(json.load(open(sys.argv[1]))["results"])
    for row in dict.fromkeys(row for row, _ in pairs):
        new, old = (pairs.get((row, pair)) for pair in PAIRS)
        both = new == old
        for pair, seen in (("both" if both else "new", new), ("old", None if both else old)):
            if seen and seen[0] != seen[1]:
                print(f"{row:<24}{pair:<6}{seen[0]:<10}{seen[1]}")


if __name__ == "__main__":
    main()
