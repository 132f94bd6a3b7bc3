# SPDX-License-Identifier: BSD-2-Clause
"""The programs of apps/README.md are what a newcomer types: all of them are built and run.

A block below `<!-- file: PATH -->` is that file; one below `<!-- main: PATH -->` is its main.
The lines of manifest and policy that the text names are put where it says.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from tap import Tap

CHAPTER = "apps/README.md"
MARK = re.compile(r"^<!-- (file|main): (\S+) -->\n\n((?:    .*\n|\n)+)", re.M)
# Said by the text; the policy's come first, because the first line that fits decides.
POLICY = ("allow asker to adder", "allow lender to borrower rights=call,lend",
          "allow greeter to console", "allow ping1 to pong1", "allow dreamer to sleeper")
MANIFEST = ("task ping1 module=pingpong priority=8",
            "task pong1 module=pingpong priority=8 start=yes")
SINGLE = ("adder", "asker", "lender", "borrower", "greeter", "dreamer", "sleeper")
SCRIPT = ('spawn adder; run asker; spawn borrower; run lender; run ping1; '
          'spawn sleeper; run dreamer; run greeter; expect "who are you?"; type "Ada\\n"; expect '
          '"4 keys"; off')
SAYS = ("asker: done, 42", "lender: done, 42", "ping1: done", "greeter: 4 keys",
        "dreamer: nap 1: done, 30 ms", "sleeper: nobody waits for 2000 ms any more")


def program(kind, block):
    code = re.sub(r"^    ", "", block, flags=re.M).strip("\n")
    if kind == "file":
        return code + "\n"
    end = "" if code.startswith("for (;;)") else "return 0;\n"
    return f"#include <post.h>\n\nint main(void)\n{{\n{code}\n{end}}}\n"


def prepare(tree, text):
    for kind, path, block in MARK.findall(text):
        os.makedirs(os.path.join(tree, os.path.dirname(path)))
        with open(os.path.join(tree, path), "w") as file:
            file.write(program(kind, block))
    with open(os.path.join(tree, "apps/manifest.txt"), "a") as file:
        file.writelines(line + "\n" for line in MANIFEST)
        file.writelines(f"task {name} module={name} priority=8\n" for name in SINGLE)
    policy = os.path.join(tree, "apps/policy.txt")
    rest = open(policy).read()
    with open(policy, "w") as file:
        file.writelines(line + "\n" for line in POLICY)
        file.write(rest)


def main():
    out = Tap()
    text = open(CHAPTER).read()
    for line in POLICY + MANIFEST:
        out.result(line in text, f"the chapter says: {line}")
    with tempfile.TemporaryDirectory() as folder:
        tree = os.path.join(folder, "tree")
        shutil.copytree(".", tree, symlinks=True, copy_function=shutil.copy2,
                        ignore=shutil.ignore_patterns(".git", "build-*", "hostile", "tap"))
        prepare(tree, text)
        clean = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}
        made = subprocess.run(["make", "all"], cwd=tree, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean)
        out.result(made.returncode == 0, "its programs build", made.stdout[-2000:])
        done = subprocess.run(
            [sys.executable, "tests/harness/run_guest.py", "apps", "--script", SCRIPT], cwd=tree,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, env=clean)
        for words in SAYS:
            out.result(words in done.stdout, f"and say: {words}", done.stdout + done.stderr)
        out.result(done.returncode == 0, "no command fails", str(done.returncode))
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
