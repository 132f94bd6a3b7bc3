"""The map of authority as a test, on QEMU: what each ring can reach, and that the audit sees each rule broken."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from authority import Survey, check
from engine import Config
from tap import Tap


def main():
    out = Tap()
    for good, name, detail in check(Survey(Config("qemu", "max"))):
        out.result(good, name, detail)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
