#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make guest-test NAME=x`: lays down tests/guest/x/, a test that boots, tells one result, passes.

name=$1
case $name in
'' | *[!a-z0-9-]* | [!a-z]*)
    echo "usage: make guest-test NAME=x   (small letters, digits and '-', a letter first)" >&2
    exit 1
    ;;
esac
if [ -e "tests/guest/$name" ]; then
    echo "make guest-test: there is a test '$name' already" >&2
    exit 1
fi

mkdir "tests/guest/$name"
cat >"tests/guest/$name/main.c" <<END
/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this test shows, and why that matters. Ring 3; started by the manifest beside it.
 */
#include "tap.h"

static void a_task_knows_its_id(void) { tap_ok(post_self() != 0, "a task knows its id"); }

int main(void)
{
    a_task_knows_its_id();
    tap_end();
}
END
cat >"tests/guest/$name/manifest.txt" <<END
# Each task of the test has its own source in this folder, and a line here.
task registrar module=registrar priority=28 modules=policy start=yes
task console module=console priority=24 ports=0x3f8-0x3ff irq=4 start=yes
task main module=main priority=10 start=yes
END
cat >"tests/guest/$name/policy.txt" <<END
# Who may post to whom. With badge 1 the pager lets main end the machine.
allow main to console
allow main to pager badge=1
END
echo "tests/guest/$name/ is there: main.c (see tests/guest/tap.h), manifest.txt, policy.txt."
echo "Next: make test TESTS=tests/guest/$name/main.c"
