/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame table: types, runs, ranges, the edges of the table.
 * Sources: nano/frame.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "nano/frame.h"

static int reset(void **state)
{
    (void)state;
    frame_set(0, FRAMES_MAX, FRAME_RESERVED);
    return 0;
}

static void beyond_the_table_is_reserved(void **state)
{
    (void)state;
    frame_set(FRAMES_MAX - 1, 5, FRAME_FREE);
    assert_int_equal(frame_type(FRAMES_MAX - 1), FRAME_FREE);
    assert_int_equal(frame_type(FRAMES_MAX), FRAME_RESERVED);
    assert_int_equal(frame_type(UINT32_MAX), FRAME_RESERVED);
}

static void a_run_is_the_lowest_that_is_long_enough(void **state)
{
    (void)state;
    frame_set(10, 3, FRAME_FREE);
    frame_set(20, 8, FRAME_FREE);
    assert_int_equal(frame_run(4, FRAME_TABLE), 20);
    assert_int_equal(frame_type(23), FRAME_TABLE);
    assert_int_equal(frame_type(24), FRAME_FREE);
    assert_int_equal(frame_run(3, FRAME_NANO), 10);
    assert_int_equal(frame_run(5, FRAME_NANO), 0);
    assert_int_equal(frame_run(4, FRAME_NANO), 24);
    assert_int_equal(frame_run(1, FRAME_NANO), 0);
}

static void ranges_are_walked_in_order(void **state)
{
    uint32_t count;

    (void)state;
    frame_set(5, 2, FRAME_FREE);
    frame_set(FRAMES_MAX - 4, 4, FRAME_FREE);
    assert_int_equal(frame_free_range(0, &count), 5);
    assert_int_equal(count, 2);
    assert_int_equal(frame_free_range(7, &count), FRAMES_MAX - 4);
    assert_int_equal(count, 4);
    frame_free_range(FRAMES_MAX, &count);
    assert_int_equal(count, 0);
}

static void every_frame_is_counted_once(void **state)
{
    uint32_t sum = 0;

    (void)state;
    frame_set(100, 50, FRAME_FREE);
    frame_set(120, 10, FRAME_MAPPED);
    assert_int_equal(frame_count(FRAME_FREE), 40);
    for (int type = 0; type < FRAME_TYPES; type++)
        sum += frame_count(type);
    assert_int_equal(sum, FRAMES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(beyond_the_table_is_reserved, reset),
        cmocka_unit_test_setup(a_run_is_the_lowest_that_is_long_enough, reset),
        cmocka_unit_test_setup(ranges_are_walked_in_order, reset),
        cmocka_unit_test_setup(every_frame_is_counted_once, reset),
    };
    return cmocka_run_group_tests_name("frame table", tests, NULL, NULL);
}
