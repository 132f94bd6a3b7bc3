# SPDX-License-Identifier: BSD-2-Clause
"""`make size` tells what it is there for: each of its judgements meets a planted fault, and its
absence."""

import glob
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import circles
import images
import lengths
import size
import stack
from boot_set import BUILD
from tap import Tap

TOP = "int b(void); int top(void) { return b(); }\n"
BELOW = "int b(void) { return 1; }\n"
FLAGS = ["-m32", "-g", "-O1", "-ffreestanding", "-fno-pic", "-no-pie", "-fcf-protection=none",
         "-nostdlib", "-static",
         "-Wl,-e,0", "-Wl,--build-id=none", "-fno-asynchronous-unwind-tables",
         "-fcallgraph-info=su"]


def built(folder, **texts):
    """Build each text as NAME.c; ({NAME: object}, the image of all)."""
    objects = {}
    for name, text in texts.items():
        source, objects[name] = (os.path.join(folder, name + ending) for ending in (".c", ".o"))
        with open(source, "w") as file:
            file.write(text)
        subprocess.run([images.CC, *FLAGS, "-c", source, "-o", objects[name]], check=True)
    image = os.path.join(folder, "image.elf")
    subprocess.run([images.CC, *FLAGS, *objects.values(), "-o", image], check=True)
    return objects, image


def circles_of(**texts):
    with tempfile.TemporaryDirectory() as folder:
        objects, _ = built(folder, **texts)
        graph = circles.arrows({name: images.symbols(file) for name, file in objects.items()})
        return [line for circle in circles.circles(graph) for line in circles.told(graph, circle)]


def hidden(**texts):
    with tempfile.TemporaryDirectory() as folder:
        objects, image = built(folder, **texts)
        return " ".join(size.hidden_ways(objects, images.Debug(image)))


def function(lines):
    return "static int f(int a,\n             int b)\n{\n" + "    a++;\n" * (lines - 4) + "}\n"


def test_circles(out):
    out.result(circles_of(top=TOP, below=BELOW) == [], "files that only look down: no circle")
    back = circles_of(top=TOP + "int d = 1;\n",
                      below="extern int d; int c(void);\nint b(void) { return d; }\n")
    out.result(back[1:] == ["  below -> top: d", "  top -> below: b"],
               "a variable that is used from below closes a circle", "\n".join(back))
    third = circles_of(a="int b(void); int a(void) { return b(); }\n",
                       b="int c(void); int b(void) { return c(); }\n",
                       c="int a(void); int c(void) { return a(); }\n",
                       d="int a(void); int d(void) { return a(); }\n")
    out.result(third[:1] == ["a circle of 3: a b c"],
               "a circle of three, and not who looks into it", "\n".join(third))


def test_hidden_ways(out):
    out.result(hidden(top=TOP, below=BELOW) == "", "plain symbols hide nothing")
    out.result("b is weak" in hidden(top=TOP, below="__attribute__((weak)) " + BELOW),
               "a weak function is told")
    out.result("b is weak" in hidden(top="__attribute__((weak)) " + TOP), "a weak need is told")
    out.result("variable later leads" in hidden(top=TOP + "int (*later)(void);\n", below=BELOW),
               "a pointer to a function, set later, is told")
    table = "struct ops { int a; int (*call)(void); };\n"
    out.result("variable now leads" in hidden(top=TOP + table +
                                              "static struct ops *now; void set(struct ops *s);\n"
                                              "void set(struct ops *s) { now = s; }\n"
                                              "int use(void); int use(void) "
                                              "{ return now->call(); }\n", below=BELOW),
               "a pointer to a table of functions is told")
    out.result("holds the address of b" in hidden(top=TOP + "unsigned word = (unsigned)b;\n",
                                                  below=BELOW) or
               "holds the address of b" in hidden(below=BELOW + "unsigned word = (unsigned)b;\n"),
               "a function's address in a plain word is told")
    out.result(hidden(top=TOP + table + "extern const struct ops constant;\n"
                      "const struct ops constant = {1, b};\n",
                      below=BELOW) == "", "a constant table is none")


def test_lengths(out):
    def told(text, name="nano/x.c"):
        return " ".join(lengths.too_long({name: text}, 50, 300))

    out.result(told(function(50)) == "", "a function of 50 lines")
    out.result("nano/x.c:1: f is 51 lines long" in told(function(51)),
               "a function of 51 lines is told")
    out.result("nano/x.c:3: f is 51" in told("#if 1\n\n" + function(51) + "#endif\n"),
               "its place, below an #if")
    out.result(told("/* */\n" * 300) == "" and "301 lines" in told("/* */\n" * 301),
               "a file of 301 lines is told")
    out.result("301 lines" in told("#\n" * 301, "gdb/x.py"), "of Python, too")
    found = {name for folder in ("nano", "router", "include/*", "tests/audit")
             for path in glob.glob(f"{folder}/*.[ch]")
             for name, _, _ in lengths.functions(open(path).read())}
    compiled = {entry["name"] for ring in ("nano", "router")
                for entry in images.Debug(f"{BUILD}/{ring}.elf").entries.values()
                if entry["tag"] == "subprogram" and "name" in entry and "prototyped" in entry
                and ("inline" in entry or "low_pc" in entry)}
    out.result(len(compiled) > 100 and not compiled - found,
               "it finds each function of nano and router that the "
               "compiler saw", " ".join(sorted(compiled - found)))


def test_stack(out):
    graph = 'node: { title: "a" label: "a\\n16 bytes (static)" }\n' \
            'node: { title: "b" label: "b\\n8 bytes (static)" }\n' \
            'edge: { sourcename: "a" targetname: "b" label: "x" }\n'
    out.result(stack.deepest([graph], 20) == (16 + 8 + 2 * 4 + 20, ["a", "b"]),
               "the deepest chain of a stack")
    try:
        stack.deepest([graph + 'edge: { sourcename: "b" targetname: "a" label: "x" }\n'], 20)
        out.result(False, "a recursion is told")
    except SystemExit as end:
        out.result("recursion" in str(end), "a recursion is told")


def test_limits(out):
    report = size.Report()
    report.row("what fits", 10, 10, "bytes")
    report.row("what does not", 11, 10, "bytes")
    out.result(report.failures == ["what does not: 11 of 10 bytes"],
               "one more than the limit is too much")
    nano, router = images.constants("limits.h", "NANO_TEXT_MAX", "ROUTER_TEXT_MAX",
                                    flags=("-Ilinker",))
    out.result((nano, router) == (20480, 15360), "the limits of text, as README has them")


def main():
    out = Tap()
    for test in (test_circles, test_hidden_ways, test_lengths, test_stack, test_limits):
        test(out)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
