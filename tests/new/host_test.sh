#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make host-test NAME=FOLDER/x`: lays down tests/host/FOLDER/test_x.c, a unit test that runs on
# this machine, and passes.

name=$1
folder=${name%/*}
unit=${name##*/}
case $name in
'' | *[!a-z0-9_/]* | /* | */ | */*/*)
    echo "usage: make host-test NAME=FOLDER/x   (nano, router, pager, post or a new folder)" >&2
    exit 1
    ;;
*/*) ;;
*)
    echo "make host-test: in which folder? NAME=FOLDER/$name (nano, router, pager, post, ...)" >&2
    exit 1
    ;;
esac
file=tests/host/$folder/test_$unit.c
if [ -e "$file" ]; then
    echo "make host-test: there is a test '$name' already" >&2
    exit 1
fi

mkdir -p "tests/host/$folder"
cat >"$file" <<END
/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this test shows. A line that begins with "Sources: nano/frame.c" links it with that file;
 * what that one needs from others is faked here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void one_and_one_is_two(void **state)
{
    (void)state;
    assert_int_equal(1 + 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_and_one_is_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
END
echo "$file is there. Next: make test TESTS=$file"
