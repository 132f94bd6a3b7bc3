# SPDX-License-Identifier: BSD-2-Clause
"""`make format`: brings lines of more than 100 columns back, in comments and in Python.

    reflow.py FILE...    changes the files, and says what is left for a person

A comment's paragraph is filled anew from the line that is too wide; tables in comments (lines that
are set in) stay. Of a C file's comments only those change here that clang-format would break badly.
A Python statement is broken inside its outermost bracket, and the result is parsed again: a change
of what it means is an error. """

import ast
import io
import re
import sys
import textwrap
import tokenize

COLUMNS = 100
# What no line is joined with: an indented one, an item, a table's row, a blank one.
NEW_PARAGRAPH = re.compile(r"\s|[-*@|+]|\d+\.|\S.* {3,}\S|$|SPDX|\"\"\"")


def filled(first, rest, text):
    return textwrap.wrap(text, COLUMNS, initial_indent=first, subsequent_indent=rest,
                         break_long_words=False, break_on_hyphens=False)


def fill_lines(lines, prefix):
    """Fill the paragraphs of lines that match `prefix`, where one is too wide."""
    lines, number = list(lines), 0
    while number < len(lines):
        match = re.match(prefix, lines[number])
        if not match or len(lines[number].expandtabs(8)) <= COLUMNS:
            number += 1
            continue
        lead, end = match.group(1), number + 1
        while end < len(lines) and lines[end].startswith(lead) and \
                not NEW_PARAGRAPH.match(lines[end][len(lead):]):
            end += 1
        words = " ".join(line[len(lead):].strip() for line in lines[number:end])
        made = filled(lead, lead, words)
        lines[number:end] = made
        number += len(made)
    return lines


def reflow_c(text):
    def section(match):
        return match.group(1) + "-" * (COLUMNS - len(match.group(1)) - 3) + " */"

    def balanced(match):
        indent, words = match.group(1), match.group(2)
        if len(match.group(0)) <= COLUMNS:
            return match.group(0)
        count = len(filled(indent + "/* ", indent + " * ", words + " */"))
        width = len(words) // count + 8
        made = [""] * (count + 1)
        while len(made) > count:
            width += 1
            made = textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False)
        return "\n".join([f"{indent}/* {made[0]}",
                          *(f"{indent} * {line}" for line in made[1:])]) + " */"

    def above(match):
        if len(match.group(0)) <= COLUMNS:
            return match.group(0)
        indent, code, words = match.group(1), match.group(2).rstrip(), match.group(3)
        return balanced(re.match(r"( *)/\* (.*) \*/$",
                                 f"{indent}/* {words} */")) + f"\n{indent}{code}" \
            if len(f"{indent}/* {words} */") > COLUMNS else f"{indent}/* {words} */\n{indent}{code}"

    text = re.sub(rf"^(/\* -+ .*? )-+ \*/$(?<=.{{{COLUMNS + 1}}})", section, text, flags=re.M)
    text = re.sub(r"^( *)/\* ((?:(?!\*/).)*?) \*/$", balanced, text, flags=re.M)
    return re.sub(r"^( *)((?:#define |\w)(?:(?!/\*).)*?)/\* ((?:(?!\*/).)*?) *\*/$", above, text,
                  flags=re.M)


def break_place(line, tokens):
    """(column, indent, what goes before the break) of the best place to break a line, or None.

    Best is between the arguments of the outermost bracket; then, with a backslash, before a word
    like `if` outside all brackets; then right behind a bracket that ends where the line does.
    """
    depth, opened, targets, places, base = 0, [], set(), [], len(line) - len(line.lstrip())
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        word = token.string if token.type in (tokenize.NAME, tokenize.OP) else ""
        if word and word in "([{":
            depth += 1
            opened.append(token.end[1])
            last = len(line) - matching(tokens, index) <= 2
            places.append((depth + 1, last, token.end[1], base + 4, ""))
        elif word and word in ")]}" and opened:
            depth -= 1
            opened.pop()
        elif word == "in":
            targets.discard(depth)
        elif word in ("for", "if", "and", "or", "else") and index:
            indent, slash = (opened[-1], "") if opened else (base + 4, " \\")
            at = token.end[1] if word in ("and", "or") else token.start[1]
            if opened or word in ("and", "or") or not line.rstrip().endswith(":"):
                places.append((depth + (not opened), True, at, indent, slash))
            if word == "for":
                targets.add(depth)
        elif opened and following and (word == "," and depth not in targets
                                       or word in ("+", "%", "|")
                                       or following.type == token.type == tokenize.STRING):
            places.append((depth, True, token.end[1], opened[-1], ""))
    fitting = [place for place in places if base + 4 < place[2] <= COLUMNS - len(place[4])
               and place[3] < place[2] and place[3] + len(line[place[2]:].strip()) < len(line)]
    if not fitting:
        return None
    best = min(fitting, key=lambda p: (not p[1] or p[3] > 52, p[0], -p[2]))
    return best[2:]


def matching(tokens, index):
    """Where the bracket that opens at tokens[index] is closed; 0: on a later line."""
    depth = 0
    for token in tokens[index:]:
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        if depth == 0:
            return token.end[1]
    return tokens[-1].end[1]


def split_string(line, tokens, inside):
    """A string that goes over the edge inside a bracket, as two."""
    depth = int(inside)
    for token in tokens:
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        match = re.match(r'([fFrRbB]*)(["\'])(?!\2\2)', token.string)
        if token.type == tokenize.STRING and token.end[1] > COLUMNS - 1 and match and depth:
            body_at = token.start[1]
            limit = COLUMNS - 2
            spaces = [m.start() + 1 for m in re.finditer(r" ", line[:limit])
                      if m.start() > body_at + 12 and
                      line[body_at:m.start()].count("{") == line[body_at:m.start()].count("}")]
            if spaces:
                at = spaces[-1]
                return [line[:at] + match.group(2), " " * body_at + match.group(1) +
                        match.group(2) + line[at:]]
    return None


def reflow_python_code(text):
    for _ in range(400):
        lines = text.split("\n")
        rows = {}
        inside = set()
        depth = {}
        level = 0
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
                continue
            if token.start[0] != token.end[0]:
                inside.update(range(token.start[0], token.end[0] + 1))
            depth.setdefault(token.start[0], level)
            if token.type == tokenize.OP:
                level += (token.string in "([{") - (token.string in ")]}")
            rows.setdefault(token.start[0], []).append(token)
        for number, line in enumerate(lines, 1):
            tokens = rows.get(number, [])
            if len(line) <= COLUMNS or number in inside or not tokens or tokens[
                0].type == tokenize.COMMENT:
                continue
            if tokens[-1].type == tokenize.COMMENT:
                comment = tokens[-1]
                indent = " " * (len(line) - len(line.lstrip()))
                if depth[number] == 0 and len(indent + comment.string) <= COLUMNS:
                    lines[number - 1:number] = [indent + comment.string,
                                                line[:comment.start[1]].rstrip()]
                    break
                continue
            if depth[number]:  # a line that goes on in a bracket of an earlier line
                base = len(line) - len(line.lstrip())
                fake = tokenize.TokenInfo(tokenize.OP, "(", (number, base - 1), (number, base),
                                          line)
                place = break_place(line, [fake, *tokens])
                if place and place[1] == base + 4 and place[0] == base:
                    place = None
            else:
                place = break_place(line, tokens)
            made = split_string(line, tokens, depth[number] > 0)
            if place:
                column, indent, slash = place
                made = [line[:column].rstrip() + slash, " " * indent + line[column:].strip()]
            if made and len(made[1]) < len(line):
                lines[number - 1:number] = made
                break
        else:
            return text
        text = "\n".join(lines)
    return text


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and \
        isinstance(node.value.value, str)


def meaning(text):
    """The tree of a Python text; docstrings without their line breaks."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if is_docstring(node):
            node.value.value = " ".join(node.value.value.split())
    return ast.dump(tree)


def reflow_python(text):
    made = reflow_python_code("\n".join(fill_lines(text.split("\n"), r"(\s*# )\S")))
    for node in ast.walk(ast.parse(made)):
        if is_docstring(node):
            lines = made.split("\n")
            first, last = node.lineno - 1, node.end_lineno
            if last == first + 1 and len(lines[first]) > COLUMNS and node.value.value[:-1].strip():
                indent = re.match(r" *", lines[first]).group()
                lines[first:last] = filled(indent, indent, lines[first].strip())
                return reflow_python("\n".join(lines))
            if last > first + 1:
                lines[first:last] = fill_lines(lines[first:last], r"(\s*)[^\s-]")
                if len(lines) == len(made.split("\n")):
                    made = "\n".join(lines)
                else:
                    return reflow_python("\n".join(lines))
    if meaning(made) != meaning(text):
        raise SystemExit("the meaning would change")
    return made


def reflow(path, text):
    if path.endswith((".c", ".h", ".S")):
        return reflow_c(text)
    if path.endswith(".py"):
        return reflow_python(text)
    return "\n".join(fill_lines(text.split("\n"), r"(\s*; )" if path.endswith(".asm")
                                else r"(\s*# )"))


def main():
    for path in sys.argv[1:]:
        with open(path) as file:
            text = file.read()
        made = reflow(path, text)
        if made != text:
            with open(path, "w") as file:
                file.write(made)
        for number, line in enumerate(made.expandtabs(8).split("\n"), 1):
            if len(line) > COLUMNS and not path.endswith((".c", ".h")):
                print(f"{path}:{number}: {len(line)} columns are left for you")


if __name__ == "__main__":
    main()
