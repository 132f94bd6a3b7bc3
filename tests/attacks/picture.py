# SPDX-License-Identifier: BSD-2-Clause
"""The map of authority as a picture: who may read, write and run what, and which fence holds where
nobody may.

Drawn from a survey's tables and segments (authority.py) and nothing else, by place and not by page,
so that it changes only when somebody's rights do. It is committed beside this file;
authority_test.py compares. A hostile router can switch SMAP off (POPF sets AC), so it counts for
nothing here; SMEP counts.
"""

from html import escape

HONEST = {"limit", "smep"}
COLOURS = {"r": ("#cfe3f5", "#1f5a8f"), "rw": ("#fbd9a8", "#8a4b00"), "rx": ("#c9e8c5", "#22692b"),
           "rwx": ("#e08080", "#600000")}
WORDS = {"r": "read", "rw": "read, write", "rx": "read, run", "rwx": "all"}
LABELS, LEFT, TOP, WIDTH, HEIGHT, GAP = 24, 232, 112, 196, 40, 12
RED, GREY, INK = "#c0392b", "#8593a0", "#1c2733"


def sequence(runs, low, high):
    """The rights that occur between two addresses, each once, in their order; and do they cover all
    of it?"""
    inside = [(max(a, low), min(b, high), rights) for a, b, rights in runs if a < high and b > low]
    covered = sum(b - a for a, b, _ in inside)
    return list(dict.fromkeys(rights for _, _, rights in inside)), covered == high - low


def fences(survey, ring, view, low, high):
    """What keeps this ring out of a place, in words."""
    present = any(a < high and b > low for a, b, _ in survey.ranges.get((view, "tables"), []))
    user = any(a < high and b > low and is_ & 4
               for a, b, is_ in survey.ranges.get((view, "tables"), []))
    found = [] if present else ["page fence"]
    if present and ring == 3 and not user:
        found.append("user bit")
    if survey.limits[ring] <= low:
        found.append("segment fence")
    return found


def text(x, y, words, size=13, colour=INK, anchor="start", weight="400", family=""):
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
        f'font-weight="{weight}"'
            f'{family and chr(32) + family}>{escape(words)}</text>')


def key(x, y, words, fill):
    box = f'<rect x="{x}" y="{y - 13}" width="26" height="18" rx="4" fill="{fill}"' \
        ' stroke="#cdd5dc"/>'
    return box + text(x + 36, y, words, 12.5)


MONO = 'font-family="ui-monospace,SFMono-Regular,Consolas,monospace"'


def chips(x, y, height, rights, pattern=False):
    """Boxes side by side, one for each sort of page."""
    width = (WIDTH - GAP - 4 * (len(rights) - 1)) / len(rights)
    parts = []
    for i, right in enumerate(rights):
        fill, ink = COLOURS[right]
        at = x + i * (width + 4)
        if pattern:
            parts.append(
                f'<rect x="{at:.1f}" y="{y}" width="{width:.1f}" height="{height}" rx="4" '
                f'fill="url(#h)" stroke="#cdd5dc"/>')
        else:
            parts.append(
                f'<rect x="{at:.1f}" y="{y}" width="{width:.1f}" height="{height}" rx="4" '
                f'fill="{fill}"/>'
                         + text(f"{at + width / 2:.1f}", y + height / 2 + 5, right, 14, ink,
                                "middle", "600", MONO))
    return "".join(parts)


def tall(x, whole):
    """One box of one sort of pages; if it is many places high, it is memory as such."""
    if not whole:
        return ""
    y, rights, height = whole
    parts = chips(x, y, height, rights)
    if height > 2 * HEIGHT:
        for line, words in enumerate(("all of memory,", "at its physical address")):
            parts += text(x + (WIDTH - GAP) / 2, y + height / 2 + 30 + 17 * line, words, 12,
                          COLOURS[rights[0]][1], "middle")
    return parts


def column(survey, x, who, ring, view, spans, show_fences):
    """One ring's boxes, from the top of the address space down."""
    may = survey.by_tables(who, ring, view, True, HONEST)
    beyond = survey.by_tables(who, ring, view, False, HONEST)
    parts, whole = [], None
    for i, (name, low, high) in enumerate(reversed(spans)):
        y = TOP + i * HEIGHT + 4
        rights, covers = sequence(may, low, high)
        # one long run: one tall box
        if covers and len(rights) == 1 and whole and whole[1] == rights:
            whole[2] += HEIGHT
            continue
        parts.append(tall(x, whole))
        whole = [y, rights, HEIGHT - 8] if covers and len(rights) == 1 else None
        if rights and not whole:
            parts.append(chips(x, y, HEIGHT - 8, rights))
        elif not rights:
            hidden, _ = sequence(beyond, low, high)
            if hidden:
                parts.append(chips(x, y, HEIGHT - 8, ["r"], True))
            words = fences(survey, ring, view, low, high) if show_fences and \
                low >= min(survey.limits[1], survey.limits[3]) else []
            parts.append(text(x + (WIDTH - GAP) / 2, y + HEIGHT / 2, " + ".join(words) or "–", 11.5,
                              RED if words else "#b7c1cb", "middle"))
    parts.append(tall(x, whole))
    return "".join(parts)


def draw(survey, rings, titles, places):
    """The picture, as SVG text."""
    ends = [at for _, at in places[1:]] + [1 << 32]
    spans = [(name, low, high) for (name, low), high in zip(places, ends)]
    right = LEFT + len(rings) * WIDTH
    bottom = TOP + len(spans) * HEIGHT
    parts = [text(LABELS, 38, "Who may touch what", 21, weight="700"),
             text(LABELS, 60,
                  "By page tables and segments, and probed page by page from inside each ring.", 13,
                  GREY)]
    for i, (name, low, high) in enumerate(reversed(spans)):
        y = TOP + i * HEIGHT
        parts.append(f'<line x1="{LABELS}" x2="{right - GAP}" y1="{y}" y2="{y}" stroke="#e6ebef"/>')
        parts.append(text(LABELS, y + HEIGHT / 2 + 5, name, 13.5))
        parts.append(text(LEFT - 18, y + HEIGHT / 2 + 5, f"{low:08x}", 11, GREY, "end",
                          family=MONO))
    for c, (who, ring, view) in enumerate(rings):
        x = LEFT + c * WIDTH
        head, _, rest = titles[who].partition(", ")
        parts.append(text(x + (WIDTH - GAP) / 2, TOP - 26, head, 15, weight="600", anchor="middle"))
        parts.append(text(x + (WIDTH - GAP) / 2, TOP - 9, rest, 11.5, GREY, "middle"))
        parts.append(column(survey, x, who, ring, view, spans, ring != 0))
        if survey.limits[ring] < 1 << 32:
            y = TOP + (len(spans) - [low
                                     for _, low, _ in spans].index(survey.limits[ring])) * HEIGHT
            parts.append(
                f'<line x1="{x - 4}" x2="{x + WIDTH - GAP + 4}" y1="{y}" y2="{y}" stroke="{RED}" '
                f'stroke-width="2.5"/>')
    y = bottom + 32
    for i, right_name in enumerate(("r", "rw", "rx")):
        parts.append(key(LABELS + i * 136, y, WORDS[right_name], COLOURS[right_name][0])
                     + text(LABELS + i * 136 + 13, y, right_name, 12, COLOURS[right_name][1],
                            "middle", "600", MONO))
    parts.append(key(LABELS + 420, y, "mapped, but beyond its segments", "url(#h)"))
    x = LABELS + 690
    parts.append(
        f'<line x1="{x}" x2="{x + 26}" y1="{y - 4}" y2="{y - 4}" stroke="{RED}" '
        f'stroke-width="2.5"/>'
                 + text(x + 36, y, "its segments end here", 12.5))
    parts.append(text(LABELS, y + 27,
                      "In red: what keeps this ring out; where two are named, each is enough. "
                      "SMAP does not count: ring 1 can switch it off. SMEP does.", 12.5, GREY))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right + 12} {bottom + 76}" '
        f'width="{right + 12}" '
            f'height="{bottom + 76}" font-family="system-ui,-apple-system,Segoe '
            f'UI,Helvetica,Arial,sans-serif">'
            '<title>Ringpost: what each ring may read, write and run</title>'
            '<defs><pattern id="h" width="7" height="7" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)">'
            '<rect width="7" height="7" fill="#fff"/><line x1="0" x2="0" y1="0" y2="7" '
            'stroke="#d5dce3" stroke-width="3"/></pattern></defs>'
            f'<rect width="100%" height="100%" rx="8" fill="#fff"/>{chr(10).join(parts)}</svg>\n')
