# SPDX-License-Identifier: BSD-2-Clause
"""The sample outputs in README and the chapters are what the commands above them say today, numbers
apart; and the comparison tells a line that is missing, one that is too many, and another order."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "harness")]
import transcript  # noqa: E402
from tap import Tap  # noqa: E402

SERIAL = ["Ringpost. help lists the commands.", "ringpost> ps", "id       name    ticks",
          "00010001 pager      7",
          "00010005 shell     12", "ringpost> ping echo",
          "echo: 44 bytes came back, check 55faa93e, 0 ms", "ringpost> off"]
DEBUG = ["nano: memory: 126476 KiB free", "nano: audit: 0 violations"]

# the sample, and the line of it that must be told as one that did not come
CASES = [
    (["$ make run", "...", "nano: audit: 0 violations", "ringpost> ps", "id     name  ticks",
      "00010001 pager   99"], None),
    (["ringpost> ps", "...", "echo: 44 bytes came back, check 123abc99, 5 ms", "ringpost> off"],
     None),
    (["ringpost> ps", "00010005 shell  3"], "00010005 shell  3"),
    (["ringpost> ps", "id name ticks", "00010001 pager 1", "00010005 shell 2", "00010006 sink 3"],
     "00010006 sink 3"),
    (["ringpost> ping echo", "...", "ringpost> ps"], "ringpost> ps"),
    (["nano: audit: all is well", "ringpost> ps"], "nano: audit: all is well"),
    (["nano: audit: 0 violations", "nano: memory: 1 KiB free"], "nano: memory: 1 KiB free"),
]
CHAPTER = """# A chapter
<!-- run INJECT=1: ps; off -->

    ringpost> ps
    id name

Text.
<!-- run: off -->
```
ringpost> off
```
"""


def main():
    out = Tap()
    for sample, missing in CASES:
        said = transcript.compare(sample, SERIAL, DEBUG)
        out.result(said[1] == missing, f"{sample[-1]!r}: {'told' if missing else 'right'}",
                   str(said))
    now = transcript.compare(["...", "00010005 shell 1"], SERIAL, DEBUG)[0]
    out.result(now == ["...", SERIAL[4]], "a line that came is put in the sample's place", str(now))
    first, second = transcript.samples_of("a.md", CHAPTER)
    out.result((first.options, first.script,
                first.lines) == (["INJECT=1"], "ps; off", ["ringpost> ps", "id name"])
               and (second.options, second.lines) == ([], ["ringpost> off"]),
               "blocks are found, indented and fenced")
    for path in transcript.chapters():
        for name, wrong in transcript.check_file(path):
            out.result(not wrong, f"{name}: the sample is what a run says", wrong or "")
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
