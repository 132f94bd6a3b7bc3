# SPDX-License-Identifier: BSD-2-Clause
"""`make size`: what the tree measures, against the limits of linker/limits.h.

Of nano and router as released: bytes of text; no circle of files (circles.py), and nothing that
could hide one, that is, no weak symbol and no pointer to a function in writable memory; no source
from outside; the depth of the router's stack. Of a task: its memory beyond its program. Of the
product's sources: how long a function and a file are (lengths.py). Lines of code are printed, and
not judged.
"""

import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))

import circles
import images
import lengths
import stack
from boot_set import BUILD

PRODUCT = ("nano", "router", "pager", "apps", "gdb", "include", "linker")
PRODUCT_ENDINGS = (".c", ".h", ".asm", ".def", ".py", ".S")
SHARED = "include/ringpost/"  # sources that an image may have beside its own
ROUTER_ENTRY_BYTES = 4 * 4 + 4  # the call gate's frame, and call_entry's call
TASK_TABLES = 2  # a page table for the program, one for the stack


class Report:
    def __init__(self):
        self.failures = []

    def row(self, what, value, limit, unit):
        note = ""
        if value > limit:
            note = "  TOO MUCH"
            self.failures.append(f"{what}: {value} of {limit} {unit}")
        print(f"{what:<34}{value:>8}  of {limit:>6} {unit}{note}")

    def told(self, what, lines):
        print(f"{what:<34}{len(lines):>8}  of      0")
        self.failures += [f"{what}: {line}" for line in lines]


def product_files():
    """{path: text} of the files that make the product."""
    paths = [path for folder in PRODUCT for path in glob.glob(f"{folder}/**", recursive=True)
             if path.endswith(PRODUCT_ENDINGS)]
    files = {}
    for path in paths:
        with open(path) as file:
            files[path] = file.read()
    return files


def hidden_ways(objects, debug):
    """What could call round the symbols that circles are found by."""
    lines = [f"{file}: {name} is weak" for file, path in objects.items()
             for name, kind in images.symbols(path) if kind in "WwVv"]
    lines += [f"{debug.image}: the variable {name} leads to a function"
              for name in debug.function_variables()]
    return lines + [f"{file}: {section} holds the address of {function}"
                    for file, path in objects.items()
                    for section, function in images.pointers_in_data(path)]


def judge_image(report, ring, text_limit):
    image = f"{BUILD}/{ring}.elf"
    executable, constant, writable = images.sizes(image)
    report.row(f"{ring}: text", executable, text_limit, "bytes")
    print(f"{ring + ': constants, data':<34}{constant:>8} + {writable} bytes")

    debug = images.Debug(image)
    units = debug.units()
    objects = {unit: f"{BUILD}/{unit}.o" for unit in units if unit.startswith(f"{ring}/")}
    report.told(f"{ring}: sources from outside",
                [unit for unit in units if unit not in objects and not unit.startswith(SHARED)])
    graph = circles.arrows({unit.split("/", 1)[1]: images.symbols(path)
                            for unit, path in objects.items()})
    found = [line for circle in circles.circles(graph) for line in circles.told(graph, circle)]
    print(f"{ring + ': circles of files':<34}{len(circles.circles(graph)):>8}  of      0")
    report.failures += [f"{ring}: {line}" for line in found]
    report.told(f"{ring}: ways that hide a circle", hidden_ways(objects, debug))


def judge_memory(report, task_limit):
    end, start, page, parts = images.constants(
        "ringpost/layout.h", "ROUTER_END - PAGE_SIZE", "ROUTER_STACK", "PAGE_SIZE", "PART_COUNT",
        flags=("-Iinclude", "-include", "ringpost/mailbox.h", "-include", "ringpost/pager_gate.h"))
    report.row("router: stack, mapped", end - start, page, "bytes")
    graphs = [open(f"{BUILD}/{unit[:-2]}.c.ci").read()
              for unit in images.Debug(f"{BUILD}/router.elf").units()
              if unit.endswith(".c")]
    need, chain = stack.deepest(graphs, ROUTER_ENTRY_BYTES)
    report.row("router: stack, deepest use", need, page, "bytes")
    print("    " + " > ".join(chain))
    report.row("a task beyond its program", (parts + TASK_TABLES + 1) * page, task_limit, "bytes")


def main():
    nano_text, router_text, task_memory, function_lines, file_lines = images.constants(
        "limits.h", "NANO_TEXT_MAX", "ROUTER_TEXT_MAX", "TASK_MEMORY_MAX", "FUNCTION_LINES_MAX",
        "FILE_LINES_MAX",
        flags=("-Ilinker",))
    report, files = Report(), product_files()
    for folder in PRODUCT:
        count = sum(lengths.code_lines(path, text) for path, text in files.items()
                    if path.startswith(folder + "/"))
        print(f"{folder + ': lines of code':<34}{count:>8}")
    judge_image(report, "nano", nano_text)
    judge_image(report, "router", router_text)
    judge_memory(report, task_memory)
    report.told("functions and files too long", lengths.too_long(files, function_lines, file_lines))
    print("\n".join(["size: clean"] if not report.failures else ["", *report.failures]))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
