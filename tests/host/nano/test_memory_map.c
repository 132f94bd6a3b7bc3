/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot loader's memory map: what of it becomes free frames, and maps that are none.
 * Sources: nano/frame.c nano/memory_map.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "nano/frame.h"
#include "nano/memory_map.h"
#include "nano/print.h"

#define RAM      1
#define RESERVED 2
#define ACPI     3
#define GIB      0x40000000ull

static jmp_buf stopped;
static char said[200];

void nano_stop(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(said, sizeof said, format, arguments);
    va_end(arguments);
    longjmp(stopped, 1);
}

/* The map as it is made: entries of 24 bytes, as QEMU and GRUB have them. */
static uint8_t map[4096];
static uint32_t bytes;

static void entry(uint64_t base, uint64_t length, uint32_t type)
{
    uint32_t size = 20;

    memcpy(map + bytes, &size, 4);
    memcpy(map + bytes + 4, &base, 8);
    memcpy(map + bytes + 12, &length, 8);
    memcpy(map + bytes + 20, &type, 4);
    bytes += 24;
}

static void entry_size(uint32_t at, uint32_t size) { memcpy(map + at * 24, &size, 4); }

/* Reads an exact copy on the heap: the sanitizer sees a byte too far. False: it was refused. */
static bool reads(void)
{
    uint8_t *copy = malloc(bytes);
    bool good = true;

    memcpy(copy, map, bytes);
    if (setjmp(stopped))
        good = false;
    else
        memory_map_read(copy, bytes);
    free(copy);
    return good;
}

static int reset(void **state)
{
    (void)state;
    frame_set(0, FRAMES_MAX, FRAME_RESERVED);
    bytes = 0;
    said[0] = 0;
    return 0;
}

/* The free frames are these, and no others. */
static void free_are(uint32_t first, uint32_t count)
{
    uint32_t length;

    assert_int_equal(frame_count(FRAME_FREE), count);
    if (count) {
        assert_int_equal(frame_free_range(0, &length), first);
        assert_int_equal(length, count);
    }
}

static void parts_of_a_frame_are_none(void **state)
{
    (void)state;
    entry(0x1001, 0x3FFF, RAM); /* its first is from 0x2000 on */
    assert_true(reads());
    free_are(2, 3);
    reset(state);
    entry(0x1000, 0x2FFF, RAM);
    assert_true(reads());
    free_are(1, 2);
    reset(state);
    entry(0x1001, 0x1000, RAM);
    assert_true(reads());
    free_are(0, 0);
}

/* Firmware lists RAM that is reserved too; the order says nothing. */
static void what_is_reserved_is_not_used(void **state)
{
    for (int later = 0; later < 2; later++) {
        uint32_t length;

        reset(state);
        if (later)
            entry(0x100000, 0x100000, RAM);
        entry(0x10F800, 0x1000, RESERVED); /* half of two frames */
        entry(0x1F0000, 0x20000, ACPI);    /* and beyond the end */
        if (!later)
            entry(0x100000, 0x100000, RAM);
        assert_true(reads());
        assert_int_equal(frame_count(FRAME_FREE), 0x100 - 2 - 0x10);
        assert_int_equal(frame_free_range(0, &length), 0x100);
        assert_int_equal(length, 0xF);
        assert_int_equal(frame_free_range(0x10F, &length), 0x111);
        assert_int_equal(length, 0xDF);
    }
}

static void three_gib_are_used(void **state)
{
    (void)state;
    entry(0x100000, 4 * GIB - 0x100000, RAM);
    entry(4 * GIB, 8 * GIB, RAM);
    assert_true(reads());
    free_are(0x100, FRAMES_MAX - 0x100);
}

static void numbers_that_wrap_free_nothing(void **state)
{
    (void)state;
    entry(UINT64_MAX - 0x7FF, 0x400, RAM);    /* its first frame would be 0 */
    entry(UINT64_MAX - 0x7FF, 0x100000, RAM); /* so would its end */
    entry(5 * GIB, UINT64_MAX, RAM);
    entry(0x1000, 0, RAM);
    assert_true(reads());
    free_are(0, 0);
    reset(state);
    entry(0x100000, 0x100000, RAM);
    entry(0x180000, UINT64_MAX, RESERVED); /* to the end of all */
    assert_true(reads());
    free_are(0x100, 0x80);
}

static void an_entry_may_be_larger(void **state)
{
    (void)state;
    entry(0x100000, 0x1000, RAM);
    entry_size(0, 24);
    memset(map + bytes, 0xFF, 4);
    bytes += 4;
    entry(0x101000, 0x1000, RAM);
    assert_true(reads());
    free_are(0x100, 2);
}

static void a_map_that_is_none_is_refused(void **state)
{
    static const uint32_t sizes[] = {0,          3,          19,         21,        44,
                                     0x7FFFFFFF, 0xFFFFFFFC, 0xFFFFFFE8, 0xFFFFFFFF};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        reset(state);
        entry(0x100000, 0x1000, RAM);
        entry(0x200000, 0x1000, RAM);
        entry_size(1, sizes[i]);
        assert_false(reads());
        assert_string_equal(said, "the boot loader's memory map is no map from its byte 24 on");
    }
    reset(state);
    entry(0x100000, 0x1000, RAM);
    bytes -= 4; /* cut short */
    assert_false(reads());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(parts_of_a_frame_are_none, reset),
        cmocka_unit_test_setup(what_is_reserved_is_not_used, reset),
        cmocka_unit_test_setup(three_gib_are_used, reset),
        cmocka_unit_test_setup(numbers_that_wrap_free_nothing, reset),
        cmocka_unit_test_setup(an_entry_may_be_larger, reset),
        cmocka_unit_test_setup(a_map_that_is_none_is_refused, reset),
    };
    return cmocka_run_group_tests_name("memory map", tests, NULL, NULL);
}
