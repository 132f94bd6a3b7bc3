# SPDX-License-Identifier: BSD-2-Clause
"""Runs the tests through prove, and ends with a plain line `N passed, N failed`.

    run_tests.py [--json FILE] [TEST...]     all tests, or those
    run_tests.py --one TEST                  one test, its TAP on standard output

A test is named by its source: tests/guest/X/main.c boots a machine, tests/host/**/test_X.c is
a program for this machine, fuzz_X.c beside it a short fuzzing run from the same seed each time,
X.py is run as it is. prove shows the progress; what it was shown is kept in build/tap/ (own.py),
and counted from there, subtest by subtest.
"""

import argparse
import glob
import json
import os
import platform
import shutil
import subprocess
import sys

import ending
import guest_test
import results
import tap
from boot_set import BUILD
from own import own

TAP_FOLDER = "RINGPOST_TAP_FOLDER"  # in the environment of each test: where its TAP is kept
FUZZ_SECONDS = os.environ.get("TEST_FUZZ_SECONDS", "10")
FUZZ_RUNS = 60000  # at most


def all_tests():
    patterns = ("tests/host/**/test_*.c", "tests/host/**/fuzz_*.c", "tests/guest/*/main.c",
                "tests/attacks/*_test.py", "tests/gdb/*_test.py", "tests/boot/*_test.py",
                "tests/faults/*_test.py", "tests/model/*_test.py", "tests/prove/*_test.py",
                "tests/mutants/*_test.py", "tests/docs/*_test.py", "tests/bench/*_test.py",
                "tests/lint/*_test.py", "tests/new/*_test.py", "tests/harness/ci_test.py")
    return [test for pattern in patterns for test in sorted(glob.glob(pattern, recursive=True))]


def tap_file(test):
    return os.path.join(os.environ[TAP_FOLDER], test.replace("/", "-") + ".tap")


def run_program(command, environment=None, name=None):
    """Run a host program; one that writes no TAP becomes a single result called `name`."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})})
    text = done.stdout.decode("utf-8", "replace")
    if name:
        out = tap.Tap()
        out.result(done.returncode == 0, name, text)
        return out.end()
    print(text, end="")
    return done.returncode


def run_one(test):
    program = os.path.join(BUILD, os.path.splitext(test)[0].split("/", 1)[-1])
    if not test.endswith(".py") and \
        not os.path.exists(program + ".elf" if "/guest/" in test else program):
        raise RuntimeError(f"{program} was not built")
    if test.startswith("tests/guest/"):
        return guest_test.run(os.path.dirname(test))
    if os.path.basename(test).startswith("fuzz_"):
        return run_program([program, f"-runs={FUZZ_RUNS}", f"-max_total_time={FUZZ_SECONDS}",
                            "-seed=1",
                            "-timeout=20", "-verbosity=0", f"-artifact_prefix={program}."],
                           name=f"{FUZZ_SECONDS} s of hostile input, {FUZZ_RUNS} at most")
    if test.startswith("tests/host/"):
        return run_program([program], {"CMOCKA_MESSAGE_OUTPUT": "TAP"})
    return run_program([sys.executable, test])


def one(test):
    """Run one test with its output kept beside."""
    if TAP_FOLDER not in os.environ:
        os.environ[TAP_FOLDER] = own("tap")
    os.makedirs(os.environ[TAP_FOLDER], exist_ok=True)
    reader, writer = os.pipe()
    with open(tap_file(test), "wb") as kept:
        tee = subprocess.Popen(["tee", kept.name], stdin=reader)
    os.dup2(writer, 1)
    os.close(writer)
    os.close(reader)
    try:
        status = run_one(test)
    except Exception as error:  # a broken test is a failed test, with its reason
        print(f"not ok - the test itself is broken: {type(error).__name__}: {error}")
        status = 1
    sys.stdout.flush()
    os.close(1)
    tee.wait()
    with open(tap_file(test) + ".status", "w") as file:
        file.write(str(status))
    return status


def environment():
    """What a figure must be read with: commit, engine, CPU model."""
    return {"commit": results.commit(), "engine": results.engine_qemu(),
            "cpu": os.environ.get("CPU", "max"),
            "host": platform.machine()}


def show_failures(test, text):
    """The failed results of a test with what was said about them, and where the rest is."""
    print(f"--- {test}")
    shown, showing = 0, False
    lines = text.split("\n")
    for number, line in enumerate(lines):
        about = line.startswith("#") and number > 0 and \
            lines[number - 1].startswith(("not ok", "#"))
        failed = line.startswith("not ok")
        showing = failed or (about and showing)
        if showing and shown < 40:
            print(line)
            shown += 1
    print(f"(all of it: {tap_file(test)})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", metavar="TEST")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("tests", nargs="*")
    arguments = parser.parse_args()
    ending.clean_up()
    if arguments.one:
        sys.exit(one(arguments.one))

    tests = arguments.tests or all_tests()
    folder = os.environ[TAP_FOLDER] = own("tap")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with ending.own_tmpdir(), ending.group(
            ["prove", "-j", str(os.cpu_count() or 1), "--exec",
             f"{sys.executable} {__file__} --one", *tests], stdin=subprocess.DEVNULL) as prove:
        prove.wait()
    totals, rows = [0, 0, 0], []
    for test in tests:
        try:
            text = open(tap_file(test), errors="replace").read()
            status = int(open(tap_file(test) + ".status").read())
        except (OSError, ValueError):
            text, status = "", 1
        counts = tap.tally(text, status)
        if counts[1]:
            show_failures(test, text)
        totals = [a + b for a, b in zip(totals, counts)]
        rows.append(dict(zip(("test", "passed", "failed", "skipped"), (test, *counts))))
    passed, failed, skipped = totals
    if prove.returncode != 0 and failed == 0:
        failed = 1
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({**environment(), "passed": passed, "failed": failed, "skipped": skipped,
                       "tests": rows}, file, indent=2)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
