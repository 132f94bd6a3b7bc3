# SPDX-License-Identifier: BSD-2-Clause
"""`make authority`: for ring 3, ring 1, the pager and nano, every range that each may read, write
or run.

    authority.py [--svg FILE] [--quick]      --quick: QEMU only

Twice: as page tables and segments say (walked inside the machine by survey_nano.c), and, for
reading and writing, as probed from inside that ring, page by page, all 4 GiB. A difference is a
failure. Prints the map as text, draws it, and ends with `N passed, N failed`.
"""

import argparse
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness"), os.path.join(HERE, "..", "lint")]
from engine import BUILD, HERE, HOSTILE, BootSet, Bochs, Config, Qemu
from picture import draw
from images import constants

RINGS = (("task", 3, "task"), ("router", 1, "task"), ("pager", 3, "pager"), ("nano", 0, "nano"))
TITLES = {"task": "a task, ring 3", "router": "the router, ring 1, in that task's view",
          "pager": "the pager, ring 3",
          "nano": "nano, ring 0, in a view of its own"}
W, U, X = 2, 4, 8  # survey_nano.c: of a page in tables
CONFIGS = (Config("qemu", "max"), Config("qemu", "core2duo,+nx"),
           Config("bochs", "corei7_icelake_u"),
           Config("bochs", "core2_penryn_t9600"))
PLACES = (("nothing", "0"), ("program", "PROGRAM_BASE"), ("own mailbox", "OWN_BASE"),
          ("landing zone", "LANDING_BASE"),
          ("router", "ROUTER_BASE"), ("router's stack", "ROUTER_STACK - PAGE_SIZE"),
          ("task directory", "DIRECTORY_PAGE"),
          ("wake list", "WAKE_LIST"), ("trace ring", "TRACE_RING"), ("route cache", "ROUTE_CACHE"),
          ("mailbox window", "WINDOW"), ("gatehouse", "GATEHOUSE"), ("nano", "NANO_BASE"))
TOP = 1 << 32


class Survey:
    def __init__(self, config):
        modules = [("router", f"{HOSTILE}/router.elf"), ("pager", f"{HOSTILE}/pager.elf"),
                   ("manifest", f"{HERE}/survey_manifest.txt"),
                   ("policy", f"{HERE}/survey_policy.txt"),
                   ("registrar", f"{BUILD}/registrar.elf"), ("console", f"{BUILD}/console.elf"),
                   ("surveyor", f"{HOSTILE}/surveyor.elf")]
        self.config = config
        boot = BootSet(f"{HOSTILE}/nano.elf", modules, f"fences={config.fences}")
        with (Qemu if config.engine == "qemu" else Bochs)(boot, cpu=config.model) as machine:
            self.ended = machine.wait_end(300 if config.engine == "qemu" else 900)
            text = machine.serial + "\n" + machine.debug()
            self.conditions = config.conditions(text)
        self.ranges, self.limits = {}, {0: TOP, 1: TOP, 3: TOP}
        for who, what, first, last, rights in re.findall(
            r"survey: (\w+) (tables|probed) (\w+) (\w+) (\w+)", text):
            self.ranges.setdefault((who, what),
                                   []).append((int(first, 16), int(last, 16) + 1, int(rights, 16)))
        for ring, limit in re.findall(r"survey: segment ring(\d) data (\w+)", text):
            self.limits[int(ring)] = int(limit, 16) + 1
        self.broken = [(int(n), what) for n, what in re.findall(r"survey: broken (\d+) (.*)", text)]
        self.complete = self.ended and "survey: end" in text

    def allowed(self, ring, is_, conditions):
        """'r', 'rw', 'rx', ... of a page with these bits, in that ring."""
        user = bool(is_ & U)
        reads = user if ring == 3 else not (user and "smap" in conditions)
        runs = user if ring == 3 else not (user and "smep" in conditions)
        return ("r" if reads else "") + ("w" if reads and is_ & W
                                         else "") + ("x" if runs and is_ & X else "")

    def by_tables(self, who, ring, view, segments, conditions=None):
        """[(first, end, rights)] by the tables; with `segments`, cut off at the segment's end."""
        end_of_all = self.limits[ring] if segments else TOP
        runs = []
        for first, end, is_ in self.ranges.get((view, "tables"), []):
            rights = self.allowed(ring, is_, self.conditions if conditions is None else conditions)
            end = min(end, end_of_all)
            if rights and first < end:
                if runs and runs[-1][1] == first and runs[-1][2] == rights:
                    runs[-1] = (runs[-1][0], end, rights)
                else:
                    runs.append((first, end, rights))
        return runs

    def probed(self, who):
        return [(first, end, "rw" if rights & 2 else "r")
                for first, end, rights in self.ranges.get((who, "probed"), [])]


def difference(expected, probed):
    """Ranges where reading or writing is not as expected."""
    found = []
    for right in "rw":
        one = [(a, b) for a, b, rights in expected if right in rights]
        two = [(a, b) for a, b, rights in probed if right in rights]
        edges = sorted({e for run in one + two for e in run})
        for a, b in zip(edges, edges[1:]):
            there, seen = any(x <= a < y for x, y in one), any(x <= a < y for x, y in two)
            if there != seen:
                found.append(
                    f"{a:08x}-{b - 1:08x}: {'may' if there else 'may not'} be "
                    f"{'read' if right == 'r' else 'written'} by "
                             f"tables and segments, {'could' if seen else 'could not'} be")
    return found


def text_map(survey, out=print):
    for who, ring, view in RINGS:
        out(f"\n{TITLES[who]}")
        for first, end, rights in survey.by_tables(who, ring, view, True):
            name = [n for n, at in places() if at <= first][-1]
            size = end - first
            out(f"  {first:08x}-{end - 1:08x}  {rights:<4}{size // 1024:>9} KiB  {name}")


_places = []


def places():
    if not _places:
        _places.extend(zip([n for n, _ in PLACES],
                           [v & 0xFFFFFFFF for v in constants("ringpost/layout.h",
                                                              *[v for _, v in PLACES])]))
    return _places


def picture(survey):
    """What is committed as authority.svg."""
    return draw(survey, RINGS, TITLES, places())


def check(survey):
    """[(good, name, detail)] of one machine."""
    if not survey.complete:
        return [(False, f"{survey.config.name}: the survey did not come to its end", "")]
    results = []
    for who, ring, view in RINGS:
        expected = survey.by_tables(who, ring, view, "limit" in survey.conditions or ring == 0)
        found = difference(expected, survey.probed(who))
        pages = sum(b - a for a, b, _ in survey.probed(who)) >> 12
        results.append((not found and bool(expected) and bool(survey.probed(who)),
                        f"{survey.config.name}: {TITLES[who]}: 1048576 pages probed, {pages} can "
                        f"be read, as tables"
                        f"{' and segments' if 'limit' in survey.conditions else ''} say",
                        "\n".join(found[:12])))
    results += [(bool(n) != (what == "nothing"), f"{survey.config.name}: the audit sees {what}",
                 f"it counts {n} violations")
                for n, what in survey.broken]
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--svg")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    configs = [c for c in CONFIGS if c.engine == "qemu" or not arguments.quick]
    lanes = [[c for c in configs if c.engine == e] for e in ("qemu", "bochs")]
    with ThreadPoolExecutor(2) as pool:
        surveys = [s for done in pool.map(lambda lane: [Survey(c) for c in lane], lanes)
                   for s in done]
    best = next((s for s in reversed(surveys) if s.complete), None)
    if best:
        text_map(best)
        print()
        if arguments.svg:
            with open(arguments.svg, "w") as file:
                file.write(picture(best))
            print(f"drawn: {arguments.svg}")
    results = [r for s in surveys for r in check(s)]
    for good, name, detail in results:
        print(f"{'ok  ' if good else 'FAIL'} {name}" +
              (f"\n     {detail}" if detail and not good else ""))
    failed = sum(not good for good, _, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
