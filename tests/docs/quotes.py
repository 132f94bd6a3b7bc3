# SPDX-License-Identifier: BSD-2-Clause
"""Figures in prose: each names the measured figure that it quotes, and is compared with it.

    quotes.py            compares all quotes of the tree; quotes_test.py does, too
    quotes.py --write    types the measured figures in; `make docs` does

In a chapter (*.md) the name follows its number at once, as a comment that a reader does not see:

    A message costs 214<!-- bench:oneway-64 --> instructions, a seal 159<!-- bench:oneway-64-checked
    - bench:oneway-64 -->.

In a comment of a C file it stands in parentheses, with up to eight words between:

    159 instructions (bench:oneway-64-checked - bench:oneway-64)

A name is SOURCE:[SECTION/]ROW[/COLUMN]: the words of a table in the source's file, in lower case
with dashes between. Without COLUMN it is the row's first number. A number is compared as it is
rounded: 214, 213.7, 3,187,115, 3.19 million.
"""

import glob
import os
import re
import sys

SOURCES = {"bench": "tests/bench/RESULTS.md", "peers": "tests/bench/PEERS.md",
           "faults": "tests/faults/RESULTS.md",
           "attacks": "tests/attacks/RESULTS.md", "model": "tests/model/RESULTS.md",
           "mutants": "tests/mutants/RESULTS.md", "prove": "tests/prove/RESULTS.md"}
FOLDERS = ("apps", "gdb", "include", "nano", "pager", "router", "tests")
UNITS = {"": 1, " thousand": 1e3, " million": 1e6, " KiB": 1024, " MiB": 1024 * 1024}

ONE = rf"(?:{'|'.join(SOURCES)}):[^\s<>()]+"
NAMES = rf"({ONE}(?: [-+] {ONE})*)"
NUMBER = r"(?<![\w.,])(\d[\d,]*(?:\.\d+)?)"
IN_PROSE = re.compile(rf"{NUMBER}({'|'.join(UNITS)})<!-- {NAMES} -->")
# A line of a block comment may end anywhere between a number and its name.
GAP = r"(?:\n\s*\*|\s)+"
IN_C = re.compile(rf"{NUMBER}((?:{GAP}[A-Za-z%]+){{0,8}}?{GAP})\({NAMES.replace(' ', GAP)}\)")
# Whatever looks like a name must be part of a quote: a slip in the markup is told, not passed over.
MARK = re.compile(rf"<!-- *(?:{'|'.join(SOURCES)}):|\((?:{'|'.join(SOURCES)}):")


def slug(words):
    return re.sub(r"[\s_]+", "-", re.sub(r"[*`]", "", words).strip().lower())


def figure(cell):
    """The number that a cell is, or None."""
    return float(cell.replace(",", "")) if re.fullmatch(r"-?\d[\d,]*(?:\.\d+)?", cell) else None


def figures_of(text):
    """{name: number} of the tables of a file: [SECTION/]ROW/COLUMN, and [SECTION/]ROW for the row's
    first."""
    known, section, columns = {}, "", None
    for line in text.split("\n"):
        if line.startswith("## "):
            section = slug(line[3:]) + "/"
        if not line.startswith("|"):
            columns = None
            continue
        cells = [c.strip() for c in line.strip("|").split("|")]
        if columns is None:
            columns = [slug(c) for c in cells]
            continue
        row = section + slug(cells[0])
        for column, cell in zip(columns[1:], cells[1:]):
            value = figure(cell)
            if value is not None:
                known.setdefault(row, value)
                known[f"{row}/{column}"] = value
    return known


class Figures:
    """All that can be quoted; a file is read when it is first asked for."""

    def __init__(self, sources=None):
        self.sources, self.read = sources or SOURCES, {}

    def one(self, name):
        """(value, what is wrong)"""
        source, _, rest = name.partition(":")
        path = self.sources[source]
        if source not in self.read:
            self.read[source] = figures_of(open(path).read()) if os.path.exists(path) else None
        known = self.read[source]
        if known is None:
            return None, f"{path} is not there: the complete command writes it"
        if rest not in known:
            like = [k for k in known if rest.split("/")[0] in k][:5]
            return None, f"{path} has no {rest}" + (f"; it has {', '.join(like)}" if like else "")
        return known[rest], None

    def value(self, names):
        """The value of `a`, or of `a - b + c`."""
        words, total = names.split(), 0
        for sign, name in zip(["+", *words[1::2]], words[0::2]):
            value, wrong = self.one(name)
            if wrong:
                return None, wrong
            total += -value if sign == "-" else value
        return total, None


def as_written(value, like, unit=""):
    """The figure, rounded and with separators as the number in the text is."""
    decimals = len(like.split(".")[1]) if "." in like else 0
    return f"{value / UNITS[unit]:,.{decimals}f}"


def quotes_of(path, text):
    """[match, unit, names] for each quote; and the places of marks that belong to none."""
    in_c = not path.endswith(".md")
    found = [(m, "" if in_c else m.group(2), re.sub(GAP, " ", m.group(3)))
             for m in (IN_C if in_c else IN_PROSE).finditer(text)]
    inside = [(m.start(), m.end()) for m, _, _ in found]
    lost = [m.start() for m in MARK.finditer(text)
            if not any(a <= m.start() < b for a, b in inside)]
    return found, lost


def check(path, text, figures):
    """(how many quotes, what is wrong, the text with the right figures)"""
    found, lost = quotes_of(path, text)
    wrong = [(at, "a quote without a number before it, or with a mistake in its mark")
             for at in lost]
    pieces, end = [], 0
    for match, unit, names in found:
        value, why = figures.value(names)
        good = match.group(1) if why else as_written(value, match.group(1), unit)
        if why:
            wrong.append((match.start(), why))
        elif good.replace(",", "") == match.group(1).replace(",", ""):
            good = match.group(1)
        else:
            wrong.append((match.start(),
                          f"{match.group(1)}{unit} is {good}{unit} in {names}; make docs types it "
                          f"in"))
        pieces += [text[end:match.start(1)], good]
        end = match.end(1)
    said = [f"{path}:{text.count(chr(10), 0, at) + 1}: {why}" for at, why in sorted(wrong)]
    return len(found), said, "".join(pieces) + text[end:]


def files():
    """Chapters and C files; not the sources themselves."""
    found = ["README.md"]
    for folder in FOLDERS:
        for end in ("md", "c", "h"):
            found += glob.glob(f"{folder}/**/*.{end}", recursive=True)
    return sorted(set(found) - set(SOURCES.values()))


def check_tree(write=False):
    """(how many quotes, what is wrong), and with `write` puts right what can be."""
    figures, count, wrong = Figures(), 0, []
    for path in files():
        text = open(path).read()
        quotes, said, right = check(path, text, figures)
        if write and right != text:
            with open(path, "w") as file:
                file.write(right)
            print(f"new figures in {path}")
            said = check(path, right, figures)[1]
        count, wrong = count + quotes, wrong + said
    return count, wrong


def main():
    count, wrong = check_tree("--write" in sys.argv[1:])
    print("\n".join([*wrong, f"{count} quotes, {len(wrong)} wrong"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
