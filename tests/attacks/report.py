# SPDX-License-Identifier: BSD-2-Clause
"""What came of the attacks: the table as one HTML page that needs nothing else, and RESULTS.md."""

import html
import time

import differences
import results as record

RESULTS = "tests/attacks/RESULTS.md"
RINGS = {"TASK": "task", "PAIR": "two tasks", "ROUTER": "router", "PAGER": "pager",
         "MOVER": "pager, about a move", "TOGETHER": "router and pager",
         "SEED": "nano, seeded", "CAMPAIGN": "injector", "NONE": "real hardware only"}

STYLE = """
body{font:14px/1.45 system-ui,sans-serif;margin:2em;color:#1c2733;background:#fff}
table{border-collapse:collapse}th,td{padding:.25em .6em;border:1px solid #d5dce3;text-align:left;
vertical-align:top}
th{position:sticky;top:0;background:#eef2f6}
td.c{font-family:ui-monospace,monospace;white-space:nowrap}
.pass{background:#e6f4ea}.through{background:#fdecc8}
.fail{background:#f8cfcb;font-weight:bold}.skip{color:#7a8793}
.id{white-space:nowrap;font-weight:600}code{font-size:12px;white-space:pre-wrap}
summary{color:#7a8793;cursor:pointer}.rule{color:#55636f}
input{font:inherit;padding:.3em;width:24em;margin:.6em 0}
"""
SCRIPT = """
const f=document.getElementById('f');f.oninput=()=>{const w=f.value.toLowerCase();
for(const r of document.querySelectorAll('tbody:not(.d) tr'))
r.hidden=!r.textContent.toLowerCase().includes(w)}
"""


def cell(result):
    if result is None:
        return "<td></td>"
    if result.state == "skip":
        return f'<td class="c skip" title="{html.escape(result.why)}">skip</td>'
    kind = "fail" if result.state == "fail" else "through" if result.seen == "THROUGH" else "pass"
    seen = html.escape(result.seen or "?")
    return f'<td class="c {kind}" title="{html.escape(result.line())}">{seen}</td>'


def write_html(path, rows, configs, cells, boots, counts, problems):
    head = "".join(f"<th>{html.escape(c.engine)}<br>{html.escape(c.model.split(',')[0])}<br>"
                   f"{'all fences' if c.full else 'fences=' + html.escape(c.fences)}</th>"
                   for c in configs)
    body = []
    known = {}
    for (row, pair), (qemu, bochs, reason) in differences.read_table().items():
        known.setdefault(reason, {}).setdefault((row, qemu, bochs), []).append(pair)
    table = "".join(f'<tr><td class="rule" colspan="4">{html.escape(reason)}</td></tr>' + "".join(
        f'<tr><td class="id">{row}</td><td>{" and ".join(pairs)}</td><td class="c">{qemu}</td><td '
        f'class="c">{bochs}</td></tr>'
        for (row, qemu, bochs), pairs in lines.items()) for reason, lines in known.items())
    for row in rows:
        deed = ""
        if row["deed"]:
            deed = f'<code>{html.escape(row["deed"])}</code>'
            deed = f"<details><summary>deed</summary>{deed}</details>"
        control = html.escape(row["control"]) or "fences, at the right"
        seen = "".join(cell(cells.get((row["full"], row["ring"], c))) for c in configs)
        body.append(f'<tr><td class="id">{row["full"]}</td>'
                    f'<td>{row["ring"].split("_")[0].lower()}</td><td>{html.escape(row["what"])}'
                    f'<div class="rule">{html.escape(row["rule"])}</div>{deed}</td>'
                    f'<td class="rule">{control}</td>{seen}</tr>')
    seconds = ", ".join(f"{c.name} {b.seconds:.0f} s" for c, b in boots.items())
    trouble = "".join(f'<p class="fail">{html.escape(p)}</p>' for p in problems)
    with open(path, "w") as file:
        file.write(f"""<!DOCTYPE html><html lang="en"><meta charset="utf-8">
<title>Ringpost under attack</title>
<style>{STYLE}</style><h1>Ringpost under attack</h1>
<p>Each row is an attack, each column an engine, a CPU model and the fences that were up. Green:
just what was expected, and nothing else was hurt. Amber: it went through, as expected there (a
fence is down, or nothing else is promised). Red: not as expected. Point at a cell for who, where,
and which fence held.</p>
<p><b>{counts['pass']} passed, {counts['fail']} failed, {counts['skip']} skipped.</b>
{time.strftime('%Y-%m-%d %H:%M')}; {html.escape(seconds)}.</p>
{trouble}<input id="f" placeholder="filter: C01, nano, THROUGH, ...">
<table><thead><tr><th>row</th><th>ring</th>
<th>what, and what must stop it</th><th>control</th>{head}</tr></thead><tbody>
{''.join(body)}</tbody></table>
<h2>Where the engines differ</h2>
<p>With all fences up; new and old are the CPU models. Any other difference is a
failure.</p>
<table><thead><tr><th>row</th><th>models</th><th>QEMU</th><th>Bochs</th></tr></thead><tbody
class="d">{table}</tbody></table>
<script>{SCRIPT}</script></html>
""")


def tallied(name, results):
    """A line of a table: how many results there are, and of what state; of those that passed, what
    went through."""
    states = [sum(r.state == state for r in results) for state in ("pass", "fail", "skip")]
    through = sum(r.state == "pass" and r.seen == "THROUGH" for r in results)
    return [name, len({(r.row["full"], r.row["ring"]) for r in results}), *states, through]


def write_results(rows, configs, results, counts, minutes, incomplete):
    """RESULTS.md: in all, by configuration, and by who attacks."""
    incomplete = incomplete or record.unusual()
    path = record.place(RESULTS, incomplete, counts["fail"])
    if not path:
        return
    columns = ["rows", "passed", "failed", "skipped", "through"]
    total = [("rows", len(rows)), ("passed", counts["pass"]), ("failed", counts["fail"]),
             ("skipped", counts["skip"]),
             ("minutes", round(minutes, 1))]
    by_config = [tallied(c.name.replace("/", " "), [r for r in results if r.config is c])
                 for c in configs]
    by_ring = [tallied(words, [r for r in results if r.row["ring"].split("_")[0] == ring])
               for ring, words in RINGS.items()]
    engines = f"{record.engine_qemu()} TCG"
    engines += f", {record.engine_bochs()}" if any(c.engine == "bochs" for c in configs) else ""
    models = ", ".join(dict.fromkeys(f"{c.model.split(',')[0]} ({c.engine})" for c in configs))
    record.write(path, "What came of the attacks",
                 record.head("make attacks", engines, models, incomplete),
                 [record.table(["figure", "value"], total),
                  record.table(["configuration", *columns], by_config),
                  record.table(["who attacks", *columns], [line for line in by_ring if line[1]]),
                  "A result is a row in a configuration. Through: it passed, because the attack "
                  "goes through there,\n"
                  "as expected (a fence is down, or nothing else is promised)."])
