# SPDX-License-Identifier: BSD-2-Clause
"""Every figure quoted in README, the chapters and C files is what its source says; and the
comparison finds wrong figures, names that nobody knows, and slips in the mark."""

import contextlib
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
import quotes  # noqa: E402
import results  # noqa: E402
from tap import Tap  # noqa: E402

BENCH = """# Bench

- command: `make bench`

| name | value | unit | limit |
|---|---:|---:|---:|
| oneway-64 | 213.7 | instructions | 240 |
| checked | 372.7 | instructions | |
| bulk | 425,681,674 | instructions | |
"""
FAULTS = """# Faults

## usual

| campaign | cases | recovered |
|---|---:|---:|
| kill | 68,076 | 68,076 |

| figure | value |
|---|---:|
| restart median | 7,841 |

## full, memory

| campaign | cases | stands for |
|---|---:|---:|
| flip stack | 294,432 | 115,142,720 |
"""

# path, text, words of what is wrong ("" if nothing is), the text with the right figures
CASES = [
    ("a.md", "It costs **214<!-- bench:oneway-64 -->** instructions.", "", None),
    ("a.md", "213.7<!-- bench:oneway-64 --> of 240<!-- bench:oneway-64/limit -->", "", None),
    ("a.md",
     "425,681,674<!-- bench:bulk --> or 425681674<!-- bench:bulk -->, 426 million<!-- bench:bulk "
     "-->", "", None),
    ("a.md", "a seal: 159<!-- bench:checked - bench:oneway-64 -->", "", None),
    ("a.md", "68,076<!-- faults:usual/kill/recovered --> 7,841<!-- faults:usual/restart-median -->",
     "", None),
    ("a.md", "115,142,720<!-- faults:full,-memory/flip-stack/stands-for -->", "", None),
    ("a.md", "It costs 213<!-- bench:oneway-64 -->.", "213 is 214",
     "It costs 214<!-- bench:oneway-64 -->."),
    ("a.md", "0 million<!-- bench:bulk -->", "is 426", "426 million<!-- bench:bulk -->"),
    ("a.md", "214<!-- bench:oneway-65 -->", "has no oneway-65", None),
    ("a.md", "214<!-- faults:usual/kill/lost -->", "has no usual/kill/lost", None),
    ("a.md", "214<!-- model:searches -->", "is not there", None),
    ("a.md", "214 <!-- bench:oneway-64 -->", "a mistake in its mark", None),
    ("a.md", "some<!-- bench:oneway-64 -->", "without a number", None),
    ("a.h", " * 159 instructions (bench:checked -\n * bench:oneway-64) in all", "", None),
    ("a.h", " * 214 guest\n * instructions (bench:oneway-64)", "", None),
    ("a.h", " * 215 instructions (bench:oneway-64)", "215 is 214",
     " * 214 instructions (bench:oneway-64)"),
    ("a.c", "/* dear (bench:oneway-64) */", "without a number", None),
]


def fake(folder):
    """Figures from files of the test's own."""
    sources = dict.fromkeys(quotes.SOURCES, "/nonexistent")
    for name, text in (("bench", BENCH), ("faults", FAULTS)):
        sources[name] = os.path.join(folder, name)
        with open(sources[name], "w") as file:
            file.write(text)
    return quotes.Figures(sources)


def sections(folder):
    """Who writes one section keeps the others."""
    path = os.path.join(folder, "RESULTS.md")
    for section, value in (("usual", 1), ("flips", 2), ("usual", 3.25)):
        results.write(path, "T", [("command", f"`make {section}`")],
                      [results.table(["figure", "value"], [["n", value]])], section)
    text = open(path).read()
    known = quotes.figures_of(text)
    return known == {"flips/n": 2, "flips/n/value": 2, "usual/n": 3.2, "usual/n/value": 3.2} and \
        text.count("`make flips`") == 1, text


def writing():
    """When a command writes, and when it does not."""
    had = os.environ.pop("RESULTS", None)
    good = results.place("a", None) == "a" and results.place("a", "ONLY=x") is None \
        and results.place("a", None, failed=True) is None
    os.environ["RESULTS"] = "no"
    good &= results.place("a", None) is None
    os.environ["RESULTS"] = "elsewhere"
    good &= results.place("a", "ONLY=x") == "elsewhere"
    os.environ.pop("RESULTS")
    if had is not None:
        os.environ["RESULTS"] = had
    return good


def main():
    out = Tap()
    with tempfile.TemporaryDirectory() as folder:
        figures = fake(folder)
        for path, text, words, right in CASES:
            count, said, changed = quotes.check(path, text, figures)
            good = (words in said[0] if words and said else not words and not said and count) and \
                changed == (right or text)
            out.result(good, f"{text!r}: {words or 'right'}", "\n".join([*said, changed]))
        with contextlib.redirect_stdout(sys.stderr):
            sections_kept, text = sections(folder)
            guarded = writing()
        out.result(sections_kept, "a section is replaced, and the others are kept", text)
        out.result(guarded,
                   "only the complete command, without failures, writes in the file's place")
    count, wrong = quotes.check_tree()
    out.result(not wrong, f"{count} quotes in the tree are what their sources say",
               "\n".join(wrong))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
