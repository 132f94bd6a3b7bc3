# SPDX-License-Identifier: BSD-2-Clause
"""The deepest stack of an image: the longest call chain by the compiler's own records.

-fcallgraph-info=su leaves a graph beside each object, with what each function takes; the longest
way through it is an upper bound. A function that is called through a pointer is not in it, and the
image may have none in writable memory (images.py).
"""

import re
import sys


def deepest(graphs, entry_bytes):
    """(bytes, chain) of the deepest call chain in the texts of the graphs; a recursion ends all."""
    use, calls = {}, {}
    for graph in graphs:
        for name, size in re.findall(r'title: "([^"]+)" label: "[^"]*?(\d+) bytes', graph):
            use[name] = int(size) + 4  # and the return address
        for caller, callee in re.findall(r'sourcename: "([^"]+)" targetname: "([^"]+)"', graph):
            calls.setdefault(caller, set()).add(callee)
    known = {}

    def depth(name, above):
        if name in above:
            sys.exit(f"{' -> '.join([*above, name])} is a recursion: its stack has no bound")
        if name not in known:
            below = [depth(callee, [*above, name]) for callee in calls.get(name, ())]
            size, chain = max(below, default=(0, []))
            known[name] = use.get(name, 0) + size, [name, *chain]
        return known[name]

    size, chain = max(depth(name, []) for name in use)
    return size + entry_bytes, [name.split(":")[-1] for name in chain]
