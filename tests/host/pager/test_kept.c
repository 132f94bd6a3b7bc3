/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What outlives a task: its pages (KEEP) and its modules; and the registrar, which stays until the
 * next one is there.
 */
// Sources: apps/libpost/fault.c
// Sources: tests/host/pager/fake.c tests/host/pager/fake_pages.c tests/host/pager/tasks_world.c
// Sources: $(filter-out pager/main.c pager/gate.c,$(wildcard pager/*.c))
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "tasks_world.h"
#include "../../../pager/kept.h"

#define PAGES 600 /* more than a page table holds */

/* The store is the pager's for good; here it goes back, so that the frames can be counted. */
static int forget_store(void **state)
{
    for (uint32_t slot = 2; slot < FAKE_SLOTS; slot++)
        if (tasks[slot].stage == TASK_LIVE)
            end_begin(&tasks[slot], 0, false);
    nobody_is_ending();
    memory_clear(task_pager(), &(uint32_t){0x21000000}, 0x3F000000, UINT32_MAX);
    return count_after(state);
}

static uint32_t keep(uint32_t id, uint32_t *kept)
{
    struct line reply;

    assert_int_equal(request(id, TAG_KEEP, 0, 0, PAGES, 0, NULL, &reply), STATUS_OK);
    assert_int_equal(reply.w[4], FAKE_PAGER);
    *kept = reply.w[3];
    return reply.w[2];
}

static void touch(uint32_t id, uint32_t page)
{
    fake_fault(id, 14, 6, page, TEXT);
    fault_events();
    assert_true(fake_resumed(id));
}

static uint32_t next_of(const char *name)
{
    nobody_is_ending();
    assert_non_null(task_by_name(name));
    return task_by_name(name)->id;
}

/* With no frame left in the machine, the pages of a task that ends are kept all the same. */
static void needs_no_memory(uint32_t id, uint32_t at)
{
    static uint32_t taken[FAKE_FRAMES];
    uint32_t kept, n = 0;

    touch(id, at + 7 * PAGE_SIZE);
    memset((uint8_t *)fake_bytes(fake_page(id, at + 7 * PAGE_SIZE).frame), 99, PAGE_SIZE);
    while (frames_free())
        taken[n++] = frames_take();
    end_begin(task_by_id(id), 0, true);
    while (n)
        frames_give(taken[--n]);
    id = next_of("keeper");
    at = keep(id, &kept);
    assert_int_equal(fake_bytes(fake_page(id, at + 7 * PAGE_SIZE).frame)[5], 99);
}

static void pages_move_to_the_next_task_of_the_name(void **state)
{
    static const uint32_t touched[] = {0, 1, 2, 300, 510, 511, 512, 513, 599};
    enum { COUNT = sizeof touched / sizeof *touched };
    uint32_t id = launch("keeper"), frame[COUNT], kept, at, pages;
    struct line reply;

    (void)state;
    at = keep(id, &kept);
    assert_int_equal(kept, 0);
    for (unsigned i = 0; i < COUNT; i++) {
        touch(id, at + touched[i] * PAGE_SIZE);
        frame[i] = fake_page(id, at + touched[i] * PAGE_SIZE).frame;
        memset((uint8_t *)fake_bytes(frame[i]), (int)i + 1, PAGE_SIZE);
    }
    for (int life = 0; life < 3; life++) {
        fake_now += RESTART_CALM;
        pages = task_by_id(id)->pages;
        touch(id, PROGRAM_END - 8); /* a page that is not kept */
        assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, id), STATUS_OK);
        id = next_of("keeper");
        at = keep(id, &kept);
        assert_int_equal(kept, 600);
        assert_int_equal(keep(id, &kept), at); /* asked again, it is the same */
        for (unsigned i = 0; i < COUNT; i++) {
            struct fake_page p = fake_page(id, at + touched[i] * PAGE_SIZE);

            assert_int_equal(p.frame, frame[i]); /* moved, not copied */
            assert_int_equal(p.rights, MAP_W);
            assert_int_equal(fake_bytes(p.frame)[77], i + 1);
        }
        assert_int_equal(fake_page(id, at + 3 * PAGE_SIZE).frame, 0);
        assert_int_equal(task_by_id(id)->pages, pages);
    }
    /* Another number of pages is another table. */
    assert_int_equal(request(id, TAG_KEEP, 0, 0, PAGES - 1, 0, NULL, &reply), STATUS_NO_ROOM);
    needs_no_memory(id, at);
}

static void only_who_comes_back_may_keep(void **state)
{
    uint32_t id = launch("one");

    (void)state;
    assert_int_equal(simple(id, TAG_KEEP, 0, 0, 1), STATUS_DENIED);
    assert_int_equal(simple(FAKE_PAGER, TAG_KEEP, 0, 0, 1), STATUS_DENIED);
    id = launch("three");
    assert_int_equal(simple(id, TAG_KEEP, 0, 0, 0), STATUS_NO_ROOM);
    assert_int_equal(simple(id, TAG_KEEP, 0, 0, KEEP_MOST + 1), STATUS_NO_ROOM);
}

static void each_registrar_gets_the_policy(void **state)
{
    uint32_t pages = (DATA_LEN + PAGE_SIZE - 1) / PAGE_SIZE;
    struct line reply;

    (void)state;
    for (int life = 0; life < 3; life++) {
        uint32_t id = launch("registrar");

        assert_int_equal(request(id, TAG_MODULE, 0, 0, 0, 0, "data", &reply), STATUS_OK);
        assert_int_equal(reply.w[3], DATA_LEN);
        check_page(id, reply.w[2], 0, (const uint8_t *)(uintptr_t)DATA, 0, PAGE_SIZE);
        check_page(id, reply.w[2] + (pages - 1) * PAGE_SIZE, 0, (const uint8_t *)(uintptr_t)DATA, 0,
                   DATA_LEN % PAGE_SIZE);
        end_begin(task_by_id(id), 0, false);
        nobody_is_ending();
    }
}

/* restart= is changed for these, as if the manifest said so. */
static struct program *registrar_with(enum restart restart)
{
    struct program *p = (struct program *)manifest_find(&manifest, "registrar");

    p->restart = restart;
    return p;
}

static void the_next_registrar_comes_before_the_old_one_goes(void **state)
{
    uint32_t id = launch("registrar"), next, one = launch("one"), two;
    struct program *p = registrar_with(RESTART_ALWAYS);

    (void)state;
    sent_count = 0;
    assert_int_equal(simple(one, TAG_KILL, BADGE_CONTROL, 0, id), STATUS_OK);
    assert_int_equal(fake_registrar(), id); /* what comes now waits in its mailbox */
    two = launch("two");
    sent_count = 0;
    while (!task_by_name("registrar"))
        assert_true(end_step());
    next = task_by_name("registrar")->id;
    assert_int_equal(fake_registrar(), next);
    assert_int_equal(tasks[TASK_SLOT(id)].id, id);
    for (unsigned i = 0; i < 2; i++) /* it has not heard of these two */
        assert_true(sent[i].w[1] == two || sent[i].w[1] == next);
    assert_int_equal(sent[2].w[1], FAKE_PAGER);
    assert_int_equal(last_sent(HANDLE_REGISTRAR, TAG_TASK_ALL)->tag, TAG_TASK_ALL);
    nobody_is_ending();
    assert_int_equal(fake_registrar(), next);
    assert_int_equal(tasks[TASK_SLOT(id)].id, 0);
    p->restart = RESTART_NEVER;
}

static void a_registrar_that_dies_often_is_waited_for(void **state)
{
    uint32_t id = launch("registrar"), before;
    struct program *p = registrar_with(RESTART_ALWAYS);

    (void)state;
    for (int i = 0; task_by_name("registrar"); i++) {
        assert_true(i <= RESTART_QUICK);
        id = task_by_name("registrar")->id;
        fake_fault(id, 6, 0, 0, TEXT);
        fault_events();
        nobody_is_ending();
    }
    assert_null(task_by_name("registrar"));
    assert_int_equal(fake_registrar(), id);
    before = restart_next();
    assert_int_not_equal(before, POST_FOREVER);
    fake_now = before;
    restart_turn();
    assert_int_equal(fake_registrar(), task_by_name("registrar")->id);
    nobody_is_ending();
    assert_int_equal(tasks[TASK_SLOT(id)].id, 0);
    p->restart = RESTART_NEVER;
}

/* No memory for the next one: the old one goes, and its frames are what the next one gets. */
static void an_old_registrar_makes_room(void **state)
{
    static uint32_t taken[FAKE_FRAMES];
    uint32_t id = launch("registrar"), n = 0, due;
    struct program *p = registrar_with(RESTART_ALWAYS);

    (void)state;
    fake_now += RESTART_CALM;
    end_begin(task_by_id(id), 0, true);
    while (frames_free())
        taken[n++] = frames_take();
    for (uint32_t slot = 2; slot < FAKE_SLOTS; slot++) /* nor is there a slot */
        if (tasks[slot].stage == TASK_EMPTY)
            tasks[slot].stage = TASK_MAKING;
    nobody_is_ending();
    assert_int_equal(tasks[TASK_SLOT(id)].id, 0);
    due = restart_next();
    while (n)
        frames_give(taken[--n]);
    fake_now = due;
    restart_turn();
    assert_non_null(task_by_name("registrar"));
    assert_int_equal(TASK_SLOT(task_by_name("registrar")->id), TASK_SLOT(id));
    for (uint32_t slot = 2; slot < FAKE_SLOTS; slot++)
        if (tasks[slot].stage == TASK_MAKING)
            tasks[slot].stage = TASK_EMPTY;
    p->restart = RESTART_NEVER;
}

#define KEEPS(name) cmocka_unit_test_setup_teardown(name, count_before, forget_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEEPS(pages_move_to_the_next_task_of_the_name),
        TEST(only_who_comes_back_may_keep),
        TEST(each_registrar_gets_the_policy),
        TEST(the_next_registrar_comes_before_the_old_one_goes),
        TEST(a_registrar_that_dies_often_is_waited_for),
        TEST(an_old_registrar_makes_room),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
