# SPDX-License-Identifier: BSD-2-Clause
"""Is each row's control really one? A row that nothing can make fail proves nothing.

A row with no control of its own must have gone THROUGH in some configuration, with a fence down; a
control that names another row, or a set of fences, must name one that was run, and passed.
"""

import re


def check(rows, results, configs, complete=True):
    """Lines of what is not so, for all rows. A run that is not complete is asked only for what it
    could show."""
    problems = []
    outcome = {}
    for r in results:
        outcome.setdefault(r.row["full"], []).append(r)
    for row in rows:
        mine = outcome.get(row["full"], [])
        if not row["control"] and not any(r.expected.outcome == "THROUGH" and r.state == "pass"
                                          for r in mine) \
                and any(r.state != "skip" for r in mine) \
                and (complete or any(r.expected.outcome == "THROUGH" for r in mine)):
            problems.append(f"{row['full']}: no control, and it went through nowhere")
        for name in re.findall(r"\brows? ([A-F]\d\d(?:\.\w+)?)", row["control"]):
            named = [r for full, some in outcome.items() if full == name or
                     full.startswith((name + ".", name + "_")) or
                     ("." in name and full.startswith(name)) for r in some]
            if not any(r.state == "pass" for r in named):
                problems.append(f"{row['full']}: its control is row {name}, which did not pass")
        for fences in re.findall(r"\bfences=([a-z+]+)", row["control"]):
            if complete and fences not in [c.fences for c in configs]:
                problems.append(f"{row['full']}: its control is fences={fences}, which is not run")
    return problems
