# SPDX-License-Identifier: BSD-2-Clause
"""Which object needs which, and where that comes round.

An arrow goes from an object to each object that defines a function or a variable it uses. A circle
of arrows means that none of its files can be understood first.
"""


def arrows(needs):
    """{object: {other: [symbols]}} from {object: [(symbol, kind)]} as nm gives it."""
    home = {name: file for file, rows in needs.items() for name, kind in rows if kind.isupper()
            and kind != "U"}
    found = {file: {} for file in needs}
    for file, rows in needs.items():
        for name, kind in rows:
            other = home.get(name)
            if kind in "Uwv" and other and other != file:
                found[file].setdefault(other, []).append(name)
    return found


def reachable(graph, start):
    seen, todo = set(), [start]
    while todo:
        for other in graph[todo.pop()]:
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


def circles(graph):
    """Sets of objects that all reach each other, of two and more."""
    reach = {file: reachable(graph, file) for file in graph}
    found = []
    for file in sorted(graph):
        circle = {file} | {other for other in reach[file] if file in reach[other]}
        if len(circle) > 1 and circle not in found:
            found.append(circle)
    return found


def told(graph, circle):
    """A circle's arrows, for a person: one line each."""
    lines = [f"a circle of {len(circle)}: {' '.join(sorted(circle))}"]
    for file in sorted(circle):
        for other in sorted(circle & graph[file].keys()):
            names = graph[file][other]
            lines.append(
                f"  {file} -> {other}: "
                f"{' '.join(sorted(names)[:6])}{' ...' if len(names) > 6 else ''}")
    return lines
