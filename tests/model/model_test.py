# SPDX-License-Identifier: BSD-2-Clause
"""The models' slice for continuous integration: small searches, and a few of the mistakes.

`make model` makes all of them, with longer messages and more tasks; see run.py.
"""

import sys

import run

sys.exit(run.main(["--quick"]))
