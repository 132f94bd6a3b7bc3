# SPDX-License-Identifier: BSD-2-Clause
"""What `make app`, `make guest-test` and `make host-test` lay down builds and passes at once."""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

from boot_set import BUILD
from tap import Tap

LAID = (("app", "novel", "apps/novel/main.c"),
        ("guest-test", "novel", "tests/guest/novel/main.c"),
        ("host-test", "novel/one", "tests/host/novel/test_one.c"))


def templates(out, tree, make):
    """A server, its client and a driver, as they were laid down, on a machine."""
    out.result("SERVER=y" in make("app", "NAME=asks", "TEMPLATE=client")[1] and
               "comes first" in make("app", "NAME=asks", "TEMPLATE=client", "SERVER=nobody")[1] and
               "is wanted" in make("app", "NAME=asks", "TEMPLATE=clown")[1],
               "make app TEMPLATE=: what is missing is told")
    for arguments in (("NAME=sums", "TEMPLATE=server"),
                      ("NAME=asks", "TEMPLATE=client", "SERVER=sums"),
                      ("NAME=line", "TEMPLATE=driver")):
        good, said = make("app", *arguments)
        out.result(good, f"make app {' '.join(arguments)}", said)
    sources = [f"apps/{name}" for name in ("sums/main.c", "sums/sums.h", "asks/main.c",
                                           "line/main.c")]
    form = subprocess.run(["clang-format", "--dry-run", "--Werror", *sources], cwd=tree,
                          stderr=subprocess.PIPE, text=True)
    out.result(form.returncode == 0, "all of them have the right format", form.stderr)
    good, said = make("all")
    out.result(good, "and build", said[-2000:])
    written = os.path.join(tree, "com2.txt")
    done = subprocess.run(
        [sys.executable, "tests/harness/run_guest.py", "apps", "--script",
         "run asks 20 22; kill sums; run asks; spawn sums; run asks 4 4; run line one two; off"],
        cwd=tree, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200,
        env={**os.environ, "TIMEOUT": "20", "QEMU_ARGS": f"-chardev file,id=com2,path={written} "
                               "-device isa-serial,index=1,chardev=com2"})
    said = done.stdout + done.stderr
    out.result("asks: the sum is 42" in said and "asks: the sum is 8" in said,
               "the client gets its answer, also from a server that was started again", said)
    out.result("asks: sums: there is nothing of that name" in said or "sum is 2" in said,
               "and is told when there is no server", said)
    out.result("line: written; it interrupts" in said and
               open(written, "rb").read() == b"one two\n", "the driver writes to its device", said)


def main():
    out = Tap()
    with tempfile.TemporaryDirectory() as folder:
        tree = os.path.join(folder, "tree")
        # copy2 keeps times, so that what is built there already is not built again.
        shutil.copytree(".", tree, symlinks=True, copy_function=shutil.copy2,
                        ignore=shutil.ignore_patterns(".git", "build-*", "hostile", "tap"))

        def make(*arguments):
            environment = {name: value for name, value in os.environ.items()
                           if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "B")}
            done = subprocess.run(["make", *arguments], cwd=tree, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  env=environment)
            return done.returncode == 0, done.stdout

        for target, name, source in LAID:
            good, said = make(target, f"NAME={name}")
            out.result(good and os.path.exists(os.path.join(tree, source)), f"make {target}", said)
            out.result(not make(target, f"NAME={name}")[0], f"make {target}: not twice")
            form = subprocess.run(["clang-format", "--dry-run", "--Werror", source], cwd=tree,
                                  stderr=subprocess.PIPE, text=True)
            out.result(form.returncode == 0, f"{source} has the right format", form.stderr)
        good, said = make("all", f"{BUILD}/guest/novel/main.elf", f"{BUILD}/host/novel/test_one")
        out.result(good, "all of it builds", said[-2000:])
        templates(out, tree, make)
        for name, text in (("main.c", '#include <post.h>\nint more(void);\n'
                            'int main(void) { return more(); }\n'),
                           ("deep/more.c", "int more(void);\nint more(void) { return 0; }\n")):
            place = os.path.join(tree, "apps/novel", name)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w") as file:
                file.write(text)
        good, said = make("all")
        out.result(good, "a source in a folder of an application's is built", said[-2000:])
        for what, text, words in (
                ("<stdio.h>", '#include <stdio.h>\nint main(void) { return puts("x"); }\n',
                 "there is no <stdio.h>: print by post_printf"),
                ("<math.h>", "#include <math.h>\nint main(void) { return 0; }\n",
                 "tasks have no floating point"),
                ("%f", '#include <post.h>\nint main(void) { return post_printf("%f", 1.5); }\n',
                 "tasks have no floating point")):
            with open(os.path.join(tree, "apps/novel/main.c"), "w") as file:
                file.write(text)
            good, said = make("all")
            out.result(not good and words in said, f"{what} is told when it is compiled", said)
        with open(os.path.join(tree, "apps/novel/deep/fast.S"), "w") as file:
            file.write("nop\n")
        good, said = make("all")
        out.result(not good and "apps/novel/deep/fast.S: a program is made of C" in said,
                   "a source that would not be built is told", said)
        os.unlink(os.path.join(tree, "apps/novel/deep/fast.S"))
        for _, _, source in LAID[1:]:
            done = subprocess.run([sys.executable, "tests/harness/run_tests.py", "--one", source],
                                  cwd=tree, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
            out.result(done.returncode == 0 and "not ok" not in done.stdout, f"{source} passes",
                       done.stdout)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
