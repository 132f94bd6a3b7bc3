/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a task is stopped because the router keeps dying on its behalf, and when nano stops: the
 * rule of eight ticks in a row, by a clock of the test's own that comes round on the way.
 * Sources: nano/culprit.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "nano/culprit.h"
#include "nano/life.h"
#include "nano/print.h"
#include "nano/tick.h"

#define PAGER  0x10001u
#define KILLER 0x10002u
#define OTHER  0x10003u

static struct nano_page page = {.pager = PAGER};
struct nano_page *nano_page = &page;
static struct task killer = {.id = KILLER}, other = {.id = OTHER};

static uint32_t now = (uint32_t)-40;
static const struct task *stopped;
static const char *stop_words; /* of nano_stop */
static jmp_buf stop;

uint32_t tick_now(void) { return now; }
void print(const char *format, ...) { (void)format; }

struct task *task_running_id(task_id_t id)
{
    return id == KILLER ? &killer : id == OTHER ? &other : NULL;
}

void task_fault(struct task *t, uint32_t vector, uint32_t error, uint32_t address, uint32_t eip,
                uint32_t esp)
{
    assert_int_equal(vector, FAULT_KILLER);
    assert_int_equal(eip, 0xC0000123);
    assert_true(error == 0 && address == 0 && esp == 0);
    assert_null(stopped);
    stopped = t;
}

void nano_stop(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    va_arg(arguments, unsigned);
    va_arg(arguments, unsigned);
    stop_words = va_arg(arguments, const char *);
    va_end(arguments);
    longjmp(stop, 1);
}

static int quiet(void **state)
{
    (void)state;
    now += 100;
    stopped = NULL;
    stop_words = NULL;
    return 0;
}

/* A death that took `inside` ticks, and a recovery that took `recovery`, `gap` ticks on. */
static void death(task_id_t id, uint32_t gap, uint32_t inside, uint32_t recovery)
{
    now += gap + inside;
    if (setjmp(stop) == 0)
        culprit_judge(id, now - inside, 0xC0000123);
    now += recovery;
    culprit_recovered();
}

static void eight_ticks_with_a_death_each_stop_a_task(void **state)
{
    (void)state;
    for (unsigned i = 1; i < 8; i++) {
        death(KILLER, i > 1, 0, 0);
        for (unsigned again = 0; again < 50; again++)
            death(KILLER, 0, 0, 0);
        assert_null(stopped);
    }
    death(KILLER, 1, 0, 0);
    assert_ptr_equal(stopped, &killer);
    assert_null(stop_words);
}

static void a_tick_without_a_death_begins_anew(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        death(KILLER, i % 7 ? 1 : 2, 0, 0);
    assert_null(stopped);
    for (unsigned i = 0; i < 100; i++) /* in calls of many, but far apart */
        death(i % 2 ? KILLER : OTHER, 2, 0, 0);
    assert_null(stopped);
    assert_null(stop_words);
}

static void time_inside_and_in_recovery_is_no_pause(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 7; i++)
        death(KILLER, 1, 20, 0);
    assert_null(stopped);
    death(KILLER, 1, 20, 0);
    assert_ptr_equal(stopped, &killer);
    quiet(NULL);
    for (unsigned i = 0; i < 8; i++)
        death(KILLER, 0, 3, 30);
    assert_ptr_equal(stopped, &killer);
}

/* Recoveries for which nobody died (RESTART_ROUTER) do not join deaths that are far apart. */
static void other_restarts_do_not_count(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        death(KILLER, 1, 0, 0);
        for (unsigned n = 0; n < 10; n++) {
            now++;
            culprit_recovered();
        }
    }
    assert_null(stopped);
}

static void upcalls_blame_nobody(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++)
        death(i % 3 ? ID_NOBODY : KILLER, 1, 0, 0);
    assert_ptr_equal(stopped, &killer);
}

static void who_cannot_be_stopped_stops_nano(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++)
        death(i == 5 ? OTHER : KILLER, 1, 0, 0);
    assert_string_equal(stop_words, "several tasks");
    quiet(NULL);
    for (unsigned i = 0; i < 8; i++)
        death(PAGER, 1, 0, 0);
    assert_string_equal(stop_words, "the pager");
    quiet(NULL);
    for (unsigned i = 0; i < 8; i++)
        death(ID_NOBODY, 1, 0, 0);
    assert_string_equal(stop_words, "nobody");
    assert_null(stopped);
}

/* Who was one of several in an old row is alone in the next; who has ended is not stopped. */
static void each_row_is_judged_by_itself(void **state)
{
    (void)state;
    death(OTHER, 1, 0, 0);
    quiet(NULL);
    for (unsigned i = 0; i < 8; i++)
        death(KILLER, 1, 0, 0);
    assert_ptr_equal(stopped, &killer);
    quiet(NULL);
    for (unsigned i = 0; i < 8; i++)
        death(OTHER + 0x10000, 1, 0, 0);
    assert_null(stopped);
    assert_null(stop_words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(eight_ticks_with_a_death_each_stop_a_task, quiet),
        cmocka_unit_test_setup(a_tick_without_a_death_begins_anew, quiet),
        cmocka_unit_test_setup(time_inside_and_in_recovery_is_no_pause, quiet),
        cmocka_unit_test_setup(other_restarts_do_not_count, quiet),
        cmocka_unit_test_setup(upcalls_blame_nobody, quiet),
        cmocka_unit_test_setup(who_cannot_be_stopped_stops_nano, quiet),
        cmocka_unit_test_setup(each_row_is_judged_by_itself, quiet),
    };

    return cmocka_run_group_tests_name("culprit", tests, NULL, NULL);
}
