/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invariant checker on machines of all sizes, up to the last frame that is used: what it writes
 * stays in its own array (the sanitizer judges).
 * Sources: nano/frame.c tests/audit/check.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <cmocka.h>
#include "nano/frame.h"
#include "nano/print.h"
#include "nano/task.h"
#include "tests/audit/check.h"

#define TASKS 0x10000000u /* where nobody is */

uint32_t task_base = TASKS, tasks_made = 1;

void print(const char *format, ...) { (void)format; }

static void every_size_is_checked(void **state)
{
    static const uint32_t ends[] = {1, 7, 8, 9, 0x8000, FRAMES_MAX - 1, FRAMES_MAX};

    (void)state;
    assert_ptr_equal(mmap((void *)(uintptr_t)TASKS, 4096, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
                     (void *)(uintptr_t)TASKS);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        frame_set(0, FRAMES_MAX, FRAME_RESERVED);
        frame_set(0, ends[i], FRAME_FREE);
        assert_int_equal(check_invariants(), 0);
        frame_set(ends[i] - 1, 1, FRAME_MAPPED);
        assert_int_equal(check_invariants(), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_size_is_checked)};

    return cmocka_run_group_tests_name("invariant check", tests, NULL, NULL);
}
