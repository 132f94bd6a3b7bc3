/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an upcall begins: as the router, in the idle view, and without the I/O ports of the task that
 * ran last. On a machine that task would have to be a driver, at the moment when something is owed.
 * Sources: nano/upcall.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "nano/culprit.h"
#include "nano/fault_report.h"
#include "nano/gdt.h"
#include "nano/leave.h"
#include "nano/life.h"
#include "nano/load_router.h"
#include "nano/owed.h"
#include "nano/upcall.h"

#define ENTRY 0xFC001234u

uint8_t gate_stack[PAGE_SIZE] __attribute__((aligned(64)));
uint32_t task_base = 0x5000;

static const uint8_t drivers[PORTS / 8];
static const uint8_t *ports;
static struct frame left;
static uint32_t view;
static bool accepted;
static jmp_buf out;

void tss_set_ports(const uint8_t *set) { ports = set; }
uint32_t router_upcall_entry(void) { return ENTRY; }
struct task *task_find(task_id_t id)
{
    (void)id;
    return NULL;
}
void task_told(struct task *t) { (void)t; }
void fault_report_recovered(void) {}
void culprit_recovered(void) {}
void owed_accepted(enum upcall event, uint32_t argument)
{
    accepted = event == UPCALL_RECOVER && argument == 7;
}

enum upcall owed_first(uint32_t *argument)
{
    *argument = 7;
    return UPCALL_RECOVER;
}

_Noreturn void leave(struct frame *f, uint32_t to)
{
    left = *f;
    view = to;
    longjmp(out, 1);
}

static void start(void)
{
    ports = drivers;
    if (setjmp(out) == 0)
        upcall_start();
}

static void it_begins_in_ring_1_and_the_idle_view(void **state)
{
    (void)state;
    start();
    assert_int_equal(left.cs, SEL_ROUTER_CS);
    assert_int_equal(left.ss, SEL_ROUTER_DS);
    assert_int_equal(left.eip, ENTRY);
    assert_int_equal(left.eax, UPCALL_RECOVER);
    assert_int_equal(left.edx, 7);
    assert_int_equal(view, task_view(task_nobody()));
    assert_true(upcall_recovering());
}

static void it_has_no_ports(void **state)
{
    (void)state;
    start();
    assert_null(ports);
}

static void if_the_router_dies_in_it_it_is_still_owed(void **state)
{
    (void)state;
    accepted = false;
    start();
    assert_int_equal(upcall_died(), 1);
    assert_false(upcall_running());
    start();
    assert_int_equal(upcall_died(), 2);
    assert_false(accepted);
    start();
    upcall_accept();
    assert_true(accepted);
    assert_false(upcall_running());
    assert_int_equal(upcall_died(), 0);
    start();
    assert_int_equal(upcall_died(), 1); /* in a row, that is */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_in_ring_1_and_the_idle_view),
        cmocka_unit_test(it_has_no_ports),
        cmocka_unit_test(if_the_router_dies_in_it_it_is_still_owed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
