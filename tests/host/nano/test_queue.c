/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who runs next, and when a wait ends: queues by priority, deadlines by a clock that comes round on
 * the way.
 * Sources: nano/queue.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <ringpost/status.h>
#include "nano/queue.h"

#define TASKS 5

static struct task tasks[TASKS];
static struct task_entry entries[TASKS];
struct task_entry *task_entries = entries;

/* All are parked, and have these priorities; nobody is queued. */
static void park_all(const char priorities[TASKS])
{
    while (queue_take())
        ;
    for (unsigned i = 0; i < TASKS; i++) {
        deadline_disarm(&tasks[i]);
        tasks[i] = (struct task){
            .slot = (slot_t)i, .life = LIFE_STARTED, .priority = (uint8_t)priorities[i]};
        entries[i].state = READY_FREE;
    }
}

/* They run in this order, and nobody else does. */
static void assert_order(const char *numbers)
{
    for (; *numbers; numbers++) {
        unsigned i = *numbers - '0';

        assert_int_equal(queue_highest(), tasks[i].priority);
        assert_ptr_equal(queue_take(), &tasks[i]);
        assert_int_equal(entries[i].state, READY_STOPPED);
    }
    assert_null(queue_take());
    assert_int_equal(queue_highest(), 0);
}

static void wake(unsigned i, bool first) { task_wake(&tasks[i], STATUS_OK, first); }

static void the_most_important_runs_first_and_equals_in_turn(void **state)
{
    (void)state;
    park_all("\x05\x1f\x05\x01\x05");
    for (unsigned i = 0; i < TASKS; i++)
        wake(i, false);
    assert_order("10243");
    park_all("\x05\x05\x05\x05\x05");
    wake(0, false);
    wake(1, true);
    wake(2, false);
    wake(3, true);
    assert_order("3102");
}

/* Wherever it stood, those before and behind it stay, and who comes later comes last. */
static void who_is_taken_out_leaves_no_gap(void **state)
{
    (void)state;
    static const char *const rest[] = {"1234", "0234", "0134"};

    for (unsigned gone = 0; gone < 3; gone++) {
        park_all("\x05\x05\x05\x05\x05");
        for (unsigned i = 0; i < 3; i++)
            wake(i, false);
        queue_remove(&tasks[gone]);
        wake(3, false);
        wake(4, false);
        assert_order(rest[gone]);
    }
}

static void only_who_is_parked_is_woken(void **state)
{
    (void)state;
    park_all("\x05\x05\x05\x05\x05");
    entries[0].state = READY_STOPPED;
    entries[1].state = READY_SPECIAL;
    wake(2, false);
    for (unsigned i = 0; i < 3; i++)
        task_wake(&tasks[i], STATUS_RESTARTED, false);
    assert_int_equal(tasks[2].result, STATUS_OK);
    assert_int_equal(tasks[1].result, STATUS_RESTARTED);
    assert_order("21");
}

static void deadlines_pass_in_their_order_and_not_before(void **state)
{
    (void)state;
    static const uint32_t at[TASKS] = {3, 0xFFFFFFFE, 0xFFFFFFF0, 5, 0};

    park_all("\x05\x05\x05\x05\x05");
    for (unsigned i = 0; i < TASKS; i++)
        deadline_arm(&tasks[i], at[i]);
    deadlines_pass(0xFFFFFFEF);
    assert_order("");
    deadlines_pass(0xFFFFFFF0);
    assert_int_equal(tasks[2].result, STATUS_TIMEOUT);
    assert_order("2");
    deadlines_pass(2);
    assert_order("14");
    deadlines_pass(4);
    deadlines_pass(5);
    assert_order("03");
    deadlines_pass(100);
    assert_order("");
}

static void who_is_woken_before_has_no_deadline_any_more(void **state)
{
    (void)state;
    park_all("\x05\x05\x05\x05\x05");
    for (unsigned i = 0; i < 3; i++)
        deadline_arm(&tasks[i], 10 + i);
    wake(1, false);
    assert_order("1");
    entries[1].state = READY_FREE; /* it waits again, for ever */
    deadlines_pass(20);
    assert_order("02");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_important_runs_first_and_equals_in_turn),
        cmocka_unit_test(who_is_taken_out_leaves_no_gap),
        cmocka_unit_test(only_who_is_parked_is_woken),
        cmocka_unit_test(deadlines_pass_in_their_order_and_not_before),
        cmocka_unit_test(who_is_woken_before_has_no_deadline_any_more),
    };
    alarm(20); /* a list that leads back to itself has no end */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
