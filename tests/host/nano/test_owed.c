/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What nano owes the router: recovery before all else, and nothing is forgotten because something
 * else was accepted.
 * Sources: nano/owed.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include "nano/owed.h"
#include "nano/queue.h"

#define TASKS 4

static struct nano_page page;
struct nano_page *nano_page = &page;
uint32_t task_base, tasks_made = TASKS;

uint32_t queue_highest(void) { return 9; }

/* Task structures are found by 32-bit addresses. */
static int lay_out(void **state)
{
    void *at = mmap((void *)0x10000000, TASKS << TASK_SHIFT, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    (void)state;
    task_base = (uint32_t)(uintptr_t)at;
    for (unsigned i = 0; i < TASKS; i++)
        *task_at((slot_t)i) = (struct task){.slot = (slot_t)i, .id = TASK_ID(i, 1)};
    return at == MAP_FAILED;
}

/* The next upcall is this one; the router accepts it. */
static void assert_next(enum upcall event, uint32_t argument)
{
    uint32_t got;

    assert_true(owed());
    assert_int_equal(owed_first(&got), event);
    assert_int_equal(got, argument);
    if (event == UPCALL_GONE) /* upcall_accept() */
        task_at(slot_of((task_id_t)got))->life = LIFE_TOLD;
    owed_accepted(event, got);
}

static void recovery_goes_first(void **state)
{
    (void)state;
    owe_event();
    owe_irq(3);
    owe_recover((task_id_t)TASK_ID(2, 1));
    assert_int_equal(page.attention, ATTENTION_ALL);
    assert_next(UPCALL_RECOVER, TASK_ID(2, 1));
    assert_next(UPCALL_IRQ, 3);
    assert_next(UPCALL_EVENT, 0);
    assert_false(owed());
}

static void each_line_is_told(void **state)
{
    (void)state;
    owe_irq(15);
    owe_irq(0);
    owe_irq(7);
    assert_next(UPCALL_IRQ, 0);
    assert_next(UPCALL_IRQ, 7);
    assert_next(UPCALL_IRQ, 15);
    assert_false(owed());
}

static void each_of_the_dead_is_told(void **state)
{
    (void)state;
    for (unsigned i = 1; i < TASKS; i++) {
        task_at((slot_t)i)->life = LIFE_RETIRED;
        owe_gone();
    }
    for (unsigned i = 1; i < TASKS; i++)
        assert_next(UPCALL_GONE, TASK_ID(i, 1));
    assert_false(owed());
}

/* The short ways of the gatehouse are open only if nothing is owed and the task has no ports. */
static void attention_is_for_what_is_owed(void **state)
{
    struct task plain = {0}, driver = {.has_ports = true};

    (void)state;
    attention_settle(&plain);
    assert_int_equal(page.attention, 9);
    attention_settle(&driver);
    assert_int_equal(page.attention, ATTENTION_ALL);
    owe_event();
    attention_settle(&plain);
    assert_int_equal(page.attention, ATTENTION_ALL);
    assert_next(UPCALL_EVENT, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovery_goes_first),
        cmocka_unit_test(each_line_is_told),
        cmocka_unit_test(each_of_the_dead_is_told),
        cmocka_unit_test(attention_is_for_what_is_owed),
    };
    return cmocka_run_group_tests(tests, lay_out, NULL);
}
