# SPDX-License-Identifier: BSD-2-Clause
"""`make lint` tells what it is there for: each check meets a planted fault in a small tree, and a
clean one."""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))

from tap import Tap

TYPES = open("include/ringpost/types.h").read()
LICENCE = "SPDX-License-Identifier: BSD-2-Clause"
# check: (file, what is right, what is not, what is said of that)
PLANTED = {
    "format": ("nano/a.c", f"/* {LICENCE} */\nint a;\n", f"/* {LICENCE} */\nint  a;\n",
               "clang-format"),
    "cppcheck": ("nano/a.c", "int a(int n);\nint a(int n) { return n; }\n",
                 "int a(void);\nint a(void)\n{\n    int n[2];\n    return n[2];\n}\n",
                 "out of bounds"),
    "layers": ("router/a.c", '#include "own.h"\n', '#include "task.h"\n',
               "router must not include nano/task.h"),
    "sparse": ("nano/a.c",
               "#include <ringpost/types.h>\nslot_t a(slot_t s);\nslot_t a(slot_t s) "
               "{ return s; }\n",
               "#include <ringpost/types.h>\nslot_t a(task_id_t t);\nslot_t a(task_id_t t) "
               "{ return t; }\n", "restricted slot_t"),
    "python": ("gdb/a.py", "import os\nprint(os.name)\n", "import os\n", "imported but unused"),
    "shell": (".ci/run", "#!/bin/sh\necho \"$1\"\n", "#!/bin/sh\necho $1\n", "SC2086"),
    "spdx": ("linker/a.lds.S", f"/* {LICENCE} */\n", "/* nothing */\n", "no line 'SPDX"),
    "columns": ("Makefile", "#" * 100 + "\n", "#" * 101 + "\n", "Makefile:1: 101 columns"),
}


def lint(check, path, text):
    """(status, output) of the check over a tree that consists of the file, and a few headers."""
    with tempfile.TemporaryDirectory() as tree:
        licence = f"/* {LICENCE} */\n"
        files = {"nano/task.h": licence, "router/own.h": licence, "include/ringpost/types.h": TYPES,
                 path: text}
        for name, content in files.items():
            os.makedirs(os.path.join(tree, os.path.dirname(name)), exist_ok=True)
            with open(os.path.join(tree, name), "w") as file:
                file.write(content)
        shutil.copy(".clang-format", tree)
        done = subprocess.run([os.path.join(HERE, "lint.sh"), check], cwd=tree,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, "PYTHON": sys.executable})
        return done.returncode, done.stdout


def main():
    out = Tap()
    for check, (path, right, wrong, said) in PLANTED.items():
        status, text = lint(check, path, right)
        out.result(status == 0 and text == "lint: clean\n", f"{check}: {path} as it should be",
                   text)
        status, text = lint(check, path, wrong)
        out.result(status != 0 and said in text, f"{check}: {said}", text)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
