# SPDX-License-Identifier: BSD-2-Clause
"""A complete campaign's outcome, in its section of RESULTS.md. All counts are report.py's."""

import os

import report
import results

RESULTS = "tests/faults/RESULTS.md"
BUDGET = 1000000  # of flips, in `make faults-flips`
COMMANDS = {"usual": "make faults", "flips": "make faults-flips", "full": "make faults-full",
            "bochs": "make faults-bochs",
            "slice": "the slice for continuous integration"}


def incomplete(arguments):
    """Why these arguments are not the complete command, or None."""
    less = [("the slice", arguments.set == "slice"), (f"ONLY={arguments.only}", arguments.only),
            (f"SEED={arguments.seed}", arguments.seed != 1),
            (f"BUDGET={arguments.budget}", arguments.set == "flips" and arguments.budget != BUDGET),
            ("more tasks", "TASKS" in os.environ or "IDLERS" in os.environ)]
    return ", ".join(words for words, so in less if so) or results.unusual("build-inject")


def campaigns(summary):
    """The table that the report prints, and what each row stands for."""
    rows = summary["campaigns"]
    used = [o for o in report.OUTCOMES if any(row.get(o) for row in rows.values())]
    stand = {"pair": summary["points"]["pairs"], "hostile": summary["points"]["hostile"],
             **summary["stand for"]}
    flips = any(row.get("silent") or row.get("late") for row in rows.values())
    columns = ["campaign", "injected", "activated", "stands for", "manifested", *used]
    columns += ["silent", "silent %", "late"] if flips else []
    lines = []
    for name, row in rows.items():
        line = [name, *(row.get(c, 0) for c in ("injected", "activated")), stand.get(name) or
                row.get("activated", 0),
                *(row.get(c, 0) for c in ("manifested", *used))]
        share = round(100 * row.get("silent", 0) / max(row.get("activated", 0), 1), 1)
        lines.append(line + ([row.get("silent", 0), share, row.get("late", 0)] if flips else []))
    return results.table(columns, lines)


def figures(summary, minutes):
    restart, told, points, compared = (summary[name]
                                       for name in ("restart", "checksum", "points", "compared"))
    lines = [("cases", summary["cases"]), ("broke a promise", summary["failures"])]
    if restart["kills"]:
        lines += [("restart median", restart["median"]), ("restart most", restart["max"]),
                  ("restart kills", restart["kills"])]
    if summary["came back"]:
        lines += [("traps and hangs after flips", summary["came back"]),
                  ("late", sum(summary["late"].values()))]
        lines += [(f"late {came}", count) for came, count in summary["late"].items() if count]
    if told:
        lines += [("altered payload", told.get("found", 0) + told.get("missed", 0)),
                  ("altered payload found", told.get("found", 0)),
                  ("altered payload missed", told.get("missed", 0)),
                  ("only the badge altered", told.get("badge", 0)),
                  ("a wrong result or stray mail", told.get("unsealed", 0))]
    for which in ("registers", "memory"):
        if points[which]["ran"]:
            lines += [(f"{which} {what}", points[which][what])
                      for what in ("ran", "stand for", "wiped out")]
    if compared["cases"]:
        lines += [("compared", compared["cases"]),
                  ("compared otherwise", len(compared["otherwise"])),
                  ("compared same only alone", compared["by history"])]
    if summary["beside"]["ran"]:
        lines += [("beside the executed text", summary["beside"]["ran"]),
                  ("beside the executed text did something", summary["beside"]["did something"])]
    return results.table(["figure", "value"], [*lines, ("minutes", round(minutes, 1))])


def write(summary, arguments, minutes, failures):
    """Writes the campaign's section, if it was the complete command and nothing failed."""
    missing = incomplete(arguments)
    path = results.place(RESULTS, missing, failures)
    if not path:
        return
    command = COMMANDS[arguments.set] + (f" PART={arguments.part}" if arguments.part else "")
    on_bochs = arguments.set == "bochs"
    heads = results.head(command, results.engine_bochs() if on_bochs else results.engine_qemu() +
                         " TCG, -icount shift=0",
                         report.machine.BOCHS_CPU if on_bochs else os.environ.get("CPU", "max"),
                         missing)
    section = arguments.set + (f"-{arguments.part}" if arguments.part else "")
    results.write(path, "What came of faults in the router", heads,
                  [campaigns(summary), figures(summary, minutes)], section)
