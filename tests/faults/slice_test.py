"""The fault campaigns' slice for continuous integration: a sample of each campaign, in TAP.

It builds the injection build, because only faults.py needs it; each campaign is one result: no
message lost, doubled or reordered where that is promised, no escape, nano never stopped. The last
result is a test of the test: a recovery that does not finish deliveries must be caught.
"""

import collections
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ["B"] = "build-inject"
sys.path[:0] = [HERE, os.path.dirname(HERE)]

CLEAN = {k: v for k, v in os.environ.items() if k not in ("B", "MAKEFLAGS", "MAKELEVEL")}

import faults  # noqa: E402
import tap  # noqa: E402


def build(*goals):
    return subprocess.run(["make", "INJECT=1", *goals], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          env=CLEAN).returncode == 0


def without_finish():
    """A router whose recovery leaves unfinished deliveries as they are, in place of the real one."""
    folder = "build-inject/mutant"
    subprocess.run(["rm", "-rf", folder])
    os.makedirs(folder)
    for name in sorted(os.listdir("build-inject")):
        if name not in ("mutant", "faults", "tap"):
            os.symlink(os.path.abspath(f"build-inject/{name}"), f"{folder}/{name}")
    os.remove(f"{folder}/router")
    os.remove(f"{folder}/router.elf")
    source = open("router/recover.c").read()
    wrong = source.replace("            finish(slot);", "            (void)finish;")
    with open(f"{folder}/recover.c", "w") as file:
        file.write(wrong)
    # The commands are make's own, with another source and another result.
    said = subprocess.run(["make", "-n", "INJECT=1", "-W", "router/recover.c", "build-inject/router.elf"],
                          capture_output=True, text=True, env=CLEAN).stdout
    commands = [line[line.index(faults.CROSS + "gcc"):] for line in said.split("\n")
                if faults.CROSS + "gcc" in line]
    done = wrong != source and commands and all(
        subprocess.run(c.replace("-c router/recover.c", f"-Irouter -c {folder}/recover.c")
                       .replace("build-inject/router/recover.c.o", f"{folder}/recover.o")
                       .replace("-o build-inject/router.elf", f"-o {folder}/router.elf"), shell=True).returncode == 0
        for c in commands)
    return folder if done else None


def main():
    out = tap.Tap()
    if not out.result(build("all", "build-inject/guest/faults/faults.elf"), "the injection build"):
        return out.end()
    cases, missing = faults.work("slice", 1, os.cpu_count() or 1, "")
    out.result(not missing, "every shard was worked off", " ".join(missing))
    groups = collections.defaultdict(list)
    for case in cases:
        groups[case["campaign"]].append(case)
    for campaign, group in groups.items():
        bad = [c for c in group if faults.is_failure(c)]
        active = sum(c["activated"] for c in group)
        out.result(not bad and active > 0, f"{campaign}: {active} faults, nothing lost, nobody harmed",
                   "\n".join(f"{c['outcome']}: make fault CASE={c['name']}" for c in bad[:10]))
    if shutil.which("bochs"):
        cases, missing = faults.work("bochs", 1, os.cpu_count() or 1, "", "bochs")
        active = sum(c["activated"] for c in cases)
        out.result(not missing and active and not any(map(faults.is_failure, cases)),
                   f"kill and tick on Bochs: {active} faults, nothing lost", " ".join(missing))
    else:
        out.skip("kill and tick on Bochs", "Bochs is not installed")
    mutant = without_finish()
    if out.result(mutant, "a recovery that does not finish deliveries can be built"):
        os.environ["B"] = faults.boot_set.BUILD = mutant
        cases, _ = faults.work("slice", 1, 1, "^kill one e")
        found = [c for c in cases if c["outcome"] == "doubled"]
        out.result(found, "and is caught: messages come twice")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
