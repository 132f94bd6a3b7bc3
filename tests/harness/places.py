# SPDX-License-Identifier: BSD-2-Clause
"""Where in the sources a fault was: what the guest cannot know, because it has no symbols.

The guest says `hello: wrote to 0x00000010: ...; #PF at 0x0040002a` (include/ringpost/fault.def),
and nano says `nano: the router died at c0000ac0 (...)`. The ELF files have functions and lines.
"""

import os
import re
import subprocess

from boot_set import words_of

ADDR2LINE = os.environ.get("CROSS_COMPILE", "i686-linux-gnu-") + "addr2line"
FAULT = re.compile(r"^(?:\[\d+\] )?(\S+): .*; (?:(?:#\w+|NMI) )?at (0x[0-9a-f]{8})$")
ROUTER = re.compile(r"^(?:router|monitor): .*; (?:(?:#\w+|NMI) )?at (0x[0-9a-f]{8}), for ")
NANO = re.compile(r"^nano: the router (?:died|hangs) at ([0-9a-f]{8}) ")


class Places:
    """The programs of a boot set, and their lines."""

    def __init__(self, boot):
        modules = dict(boot.modules)
        self.files = {"router": modules.get("router"), "pager": modules.get("pager")}
        if os.path.exists(modules.get("manifest", "")):
            for _, words in words_of(modules["manifest"]):
                module = next((w[7:] for w in words if w.startswith("module=")), None)
                if len(words) > 1 and module in modules:
                    self.files[words[1]] = modules[module]

    def place(self, task, address):
        """`main (apps/hello/main.c:12)`, or "" if nothing is known of the address."""
        file = self.files.get(task)
        if not file:
            return ""
        made = subprocess.run([ADDR2LINE, "-fe", file, address], capture_output=True, text=True)
        name, _, line = made.stdout.strip().partition("\n")
        if made.returncode or name == "??":
            return ""
        line = re.sub(r" \(discriminator \d+\)", "", line)
        return f"{name} ({os.path.relpath(line) if line[:1] == '/' else line})"

    def of(self, line):
        """What to say below a line that tells of a fault, or ""."""
        for pattern in (ROUTER, NANO):
            match = pattern.match(line)
            if match:
                return self.place("router", match.group(1))
        fault = FAULT.match(line)
        return self.place(*fault.groups()) if fault else ""


def dead(line):
    """The task that died by a fault, as the line tells, or None."""
    fault = FAULT.match(line)
    return fault.group(1) if fault else None
