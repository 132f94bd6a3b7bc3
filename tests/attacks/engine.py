# SPDX-License-Identifier: BSD-2-Clause
"""Boots one configuration of the attack suite and brings back what the judge wrote down."""

import os
import re
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from boot_set import BUILD, BootSet
from machine import Bochs, Qemu

HERE = os.path.dirname(os.path.abspath(__file__))
HOSTILE = os.path.join(BUILD, "hostile")
ALL_FENCES = "user+page+segment"


class Config:
    """An engine, a CPU model, the fences that are up."""

    def __init__(self, engine, model, fences=ALL_FENCES):
        self.engine, self.model, self.fences = engine, model, fences
        self.name = f"{engine}/{model.split(',')[0]}/{'all' if fences == ALL_FENCES else fences}"
        self.full = fences == ALL_FENCES

    def conditions(self, debug):
        """What expectations may ask for, from what nano found that this engine enforces."""
        enforced = dict(re.findall(r"(\w+)=(yes|no)",
                                   (re.search(r"nano: enforced: (.*)", debug) or [""])[0]))
        on = {name for name in ("smep", "smap", "umip") if enforced.get(name) == "yes"}
        on |= {fence for fence in ("user", "page") if fence in self.fences}
        on.add("tcg" if self.engine == "qemu" else "bochs")
        if enforced.get("limit") == "yes" and "segment" in self.fences:
            on.add("limit")
        return on


def modules(rows_file):
    names = (("router", f"{HOSTILE}/router.elf"), ("pager", f"{HOSTILE}/pager.elf"),
             ("manifest", f"{HERE}/manifest.txt"), ("policy", f"{HERE}/policy.txt"),
             ("registrar", f"{BUILD}/registrar.elf"), ("console", f"{BUILD}/console.elf"),
             ("echo", f"{BUILD}/echo.elf"), ("judge", f"{HOSTILE}/judge.elf"),
             ("attacker", f"{HOSTILE}/attacker.elf"), ("bystander", f"{HOSTILE}/bystander.elf"),
             ("mover", f"{HOSTILE}/mover.elf"), ("peer", f"{HOSTILE}/peer.elf"),
             ("rows", rows_file))
    return list(names)


class Boot:
    """What one boot said: facts by row name, the debug port, whether it ended by itself."""

    def __init__(self, config, mask, nano=f"{HOSTILE}/baited.elf", timeout=600, silence=120):
        begin = time.monotonic()
        with tempfile.NamedTemporaryFile("w", suffix="-rows") as rows:
            rows.write(mask)
            rows.flush()
            boot = BootSet(nano, modules(rows.name), f"fences={config.fences}")
            make = Qemu if config.engine == "qemu" else Bochs
            with make(boot, cpu=config.model) as machine:
                self.ended = machine.wait_end(timeout, silence)
                self.registers = "" if self.ended else machine.registers()
                self.serial, self.debug, self.errors = machine.serial, machine.debug(
                    ), machine.errors()
        self.seconds = time.monotonic() - begin
        self.conditions = config.conditions(self.debug)
        self.facts, self.last, self.own = {}, {}, {}
        self.baseline = None
        for line in self.serial.split("\n"):
            words = line.replace(":", "").split()
            if line.startswith("@ ") and len(words) == 23:
                facts = dict(
                    zip(("end", "detail", "error", "address", "eip", "restarts", "vector", "rerror",
                                  "raddress", "reip", "culprit", "ping",
                                  "changed", "late", "gap", "check", "audit", "text", "tables",
                                  "now", "attacker"),
                                 self._numbers(words)))
                if self.baseline is None:
                    self.baseline = facts
                else:
                    self.facts[words[1]] = {**facts, "base": self.baseline}
            elif line.startswith("@last ") and len(words) == 5:
                self.last[words[1]] = (int(words[2]), int(words[4]), int(words[3], 16))

    @staticmethod
    def _numbers(words):
        decimal = {2, 7, 8, 13, 14, 15, 16, 17, 18, 21}
        return [int(w, 10 if i in decimal else 16) for i, w in enumerate(words) if i >= 2]
