/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's work on tasks, against a nano and a router of the test's own (fake.h): loading,
 * faults, ends and restarts. After every scenario each frame must be where it was (tasks_world.h).
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

static void a_program_is_loaded_as_its_elf_says(void **state)
{
    const uint8_t *file = (const uint8_t *)(uintptr_t)PROGRAM;
    uint32_t id = launch("one");

    (void)state;
    check_page(id, TEXT, MAP_X, file + 0x1000, 0, PAGE_SIZE);
    check_page(id, TEXT + PAGE_SIZE, MAP_X, file + 0x2000, 0, 0x100);
    check_page(id, RW, MAP_W, file + 0x3000, 0x10, PAGE_SIZE);
    check_page(id, RW + PAGE_SIZE, MAP_W, file + 0x4000, 0, 300 + 0x10);
    assert_int_equal(fake_page(id, RW + 2 * PAGE_SIZE).frame, 0); /* large bss: on first touch */
    assert_int_equal(fake_page(id, TEXT + 2 * PAGE_SIZE).frame, 0);
    assert_int_equal(task_by_id(id)->pages, 5); /* with the highest of its stack */
    assert_ptr_equal(task_by_name("one"), task_by_id(id));
    assert_null(task_by_id(id + 0x10000));
    assert_int_equal(task_launch(manifest_find(&manifest, "one"), &id), STATUS_BUSY);
}

static void what_cannot_start_says_why_and_leaves_nothing(void **state)
{
    uint32_t id;

    (void)state;
    assert_int_equal(task_launch(manifest_find(&manifest, "lost"), &id), STATUS_NO_SUCH);
    assert_non_null(strstr(fake_log, "lost: cannot start: there is no module 'nowhere'\n"));
    assert_int_equal(task_launch(manifest_find(&manifest, "bad"), &id), STATUS_BAD_ELF);
    assert_non_null(strstr(fake_log, "bad: cannot start: module 'broken': not an ELF file\n"));
    assert_int_equal(task_launch(manifest_find(&manifest, "greedy"), &id), STATUS_NOT_GRANTABLE);
    assert_non_null(strstr(fake_log, "greedy: cannot start: its irq: "));
}

/* Of two programs with the same irq (the manifest has no such two) the one that runs keeps it. */
static void a_launch_that_fails_takes_no_irq(void **state)
{
    static const enum pager_op refused[] = {PAGER_OP_TASK_MAKE, PAGER_OP_TASK_PART,
                                            PAGER_OP_MAP,       PAGER_OP_MOVE,
                                            PAGER_OP_PORTS,     PAGER_OP_TASK_START};
    uint32_t one = launch("one"), id;
    struct program other = *manifest_find(&manifest, "one");

    (void)state;
    strcpy(other.name, "other");
    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
        fake_refuses = refused[i];
        assert_int_not_equal(task_launch(&other, &id), STATUS_OK);
        fake_refuses = 0;
        assert_int_equal(fake_irq_task(), one);
        nobody_is_ending();
    }
}

/* Memory that ends at every possible point of a launch. */
static void out_of_memory_anywhere_is_survived(void **state)
{
    static uint32_t kept[FAKE_FRAMES];
    uint32_t id, n, left = 0;
    enum status status;

    (void)state;
    do {
        for (n = 0; frames_free() > left; n++)
            kept[n] = frames_take();
        status = task_launch(manifest_find(&manifest, "one"), &id);
        if (status == STATUS_OK)
            end_begin(task_by_id(id), 0, false);
        else
            assert_int_equal(status, STATUS_NO_MEMORY);
        nobody_is_ending();
        assert_int_equal(frames_free(), left);
        while (n)
            frames_give(kept[--n]);
        left++;
    } while (status != STATUS_OK);
    assert_true(left > 15); /* or it was not the launch that ran out */
}

static void many_lives_in_all_slots(void **state)
{
    static const char *names[] = {"registrar", "one", "two"};

    (void)state;
    for (int round = 0; round < 30; round++) {
        uint32_t id[3];

        for (int i = 0; i < 3; i++)
            id[i] = launch(names[(i + round) % 3]);
        assert_int_equal(fake_registrar(), task_by_name("registrar")->id);
        for (int i = 0; i < 3; i++) /* all ending at once */
            end_begin(task_by_id(id[i]), i, false);
        nobody_is_ending();
        assert_int_equal(fake_registrar(), 0);
        for (int i = 0; i < 3; i++)
            assert_null(task_by_id(id[i]));
        assert_int_equal(fake_free(), baseline);
    }
}

static void touch(uint32_t id, uint32_t address, uint32_t error)
{
    fake_fault(id, 14, error, address, TEXT);
    fault_events();
}

static void pages_come_on_first_touch(void **state)
{
    uint32_t id = launch("one"), pages = task_by_id(id)->pages;
    struct line reply;

    (void)state;
    assert_int_equal(request(id, TAG_ALLOC, 0, 0, 3, 0, NULL, &reply), STATUS_OK);
    touch(id, reply.w[2] + 2 * PAGE_SIZE + 5, 6);
    touch(id, PROGRAM_END - PAGE_SIZE - 4, 6);
    touch(id, STACK_LOW, 4);
    touch(id, RW + RW_FILE + BIG_BSS - 1, 6);
    assert_true(fake_resumed(id));
    check_page(id, reply.w[2] + 2 * PAGE_SIZE, MAP_W, NULL, 0, 0);
    check_page(id, PROGRAM_END - 2 * PAGE_SIZE, MAP_W, NULL, 0, 0);
    assert_int_equal(task_by_id(id)->pages, pages + 4);
    /* Released, it is gone, and touching it is a fault. */
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, reply.w[2], 3, NULL, &reply), STATUS_OK);
    assert_int_equal(task_by_id(id)->pages, pages + 3);
}

/* All of a time are handled at one signal; nano is entered twice for each, and not once more. */
static void faults_of_a_time(void **state)
{
    uint32_t one = launch("one"), two = launch("two"), at = PROGRAM_END - 2 * PAGE_SIZE;

    (void)state;
    touch(one, at, 6); /* the stack's page table is there from now on */
    touch(two, at, 6);
    memset(fake_calls, 0, sizeof fake_calls);
    fake_fault(one, 14, 6, at - PAGE_SIZE, TEXT);
    fake_fault(two, 14, 6, at - PAGE_SIZE, TEXT);
    fault_events();
    assert_true(fake_resumed(one) && fake_resumed(two));
    assert_int_equal(fake_calls[PAGER_OP_NEXT_EVENT], 2);
    assert_int_equal(fake_calls[PAGER_OP_MAP], 2);
    assert_int_equal(fake_calls[PAGER_OP_TASK_RESUME], 0);
    /* A page that is there by now is none to map: the task goes on all the same. */
    touch(one, at - PAGE_SIZE, 6);
    assert_true(fake_resumed(one));
}

static void other_faults_end_the_task(void **state)
{
    static const struct {
        uint32_t vector, error, address;
        const char *says;
    } row[] = {
        {14, 4, 0,
         "one: read 0x00000000: nothing is mapped below 4 MiB (a null pointer?); #PF at "
         "0x00400020\n"},
        {14, 6, STACK_LOW - 1,
         "one: wrote to 0x3fcfffff: below the stack, which has 1 MiB (an endless recursion?); #PF "
         "at 0x00400020\n"},
        {14, 7, TEXT, "one: wrote to 0x00400000: the page is read-only; #PF at 0x00400020\n"},
        {14, 0x15, RW, "one: jumped to 0x00600000: no code lies there; #PF at 0x00400020\n"},
        {14, 6, LANDING_BASE,
         "one: wrote to 0x40000000: nothing is mapped there; #PF at 0x00400020\n"},
        {14, 7, OWN_MAILBOX + PAGE_SIZE,
         "one: wrote to 0x3fe11000: the router or nano writes this part of its mailbox; #PF at "
         "0x00400020\n"},
        {14, 4, 0xFFFFFFFF,
         "one: read 0xffffffff: the router or nano is there; #PF at 0x00400020\n"},
        {13, 0x18, 0,
         "one: used a selector that ring 3 may not, or that names nothing; #GP at 0x00400020\n"},
        {13, 0x402, 0,
         "one: executed int with a vector that ring 3 may not use; #GP at 0x00400020\n"},
        {6, 0, 0, "one: executed what is no instruction here; #UD at 0x00400020\n"},
        {7, 0, 0,
         "one: used the FPU, which tasks do not have (float, double); #NM at 0x00400020\n"},
        {FAULT_KILLER, 0, 0, "one: killed the router, in every call that it made\n"},
        {9, 0, 0, "one: met vector 9; at 0x00400020\n"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        uint32_t id = launch("one");

        fake_log[0] = 0;
        fake_fault(id, row[i].vector, row[i].error, row[i].address, 0x400020);
        fault_events();
        assert_string_equal(fake_log, row[i].says);
        nobody_is_ending();
        assert_null(task_by_name("one")); /* restart=never */
        assert_int_equal(tasks[TASK_SLOT(id)].last_code, EXIT_KILLED + row[i].vector);
    }
}

/* Ends the task of that name in each way; tells after which it was started again. */
static unsigned lives_on_after(const char *name)
{
    unsigned ways = 0;

    for (unsigned way = 0; way < 3; way++) {
        struct task *t = task_by_name(name);
        uint32_t id = t ? t->id : launch(name);
        uint32_t by = launch("one");

        if (way == 0)
            touch(id, 0, 4);
        else if (way == 1)
            simple(id, TAG_EXIT, 0, 0, 0);
        else
            assert_int_equal(simple(by, TAG_KILL, BADGE_CONTROL, 0, id), STATUS_OK);
        nobody_is_ending();
        t = task_by_name(name);
        ways |= (t && t->id != id) << way;
        simple(by, TAG_EXIT, 0, 0, 0);
        nobody_is_ending();
    }
    return ways;
}

static void restart_says_after_which_ends(void **state)
{
    (void)state;
    assert_int_equal(lives_on_after("never"), 0);
    fake_now += RESTART_CALM;
    assert_int_equal(lives_on_after("three"), 1); /* a fault */
    fake_now += RESTART_CALM;
    assert_int_equal(lives_on_after("two"), 1 | 2 | 4); /* a fault, an exit, a kill */
}

static uint32_t end_soon(uint32_t life)
{
    fake_now += life;
    touch(task_by_name("two")->id, 0, 4);
    nobody_is_ending();
    restart_turn();
    return restart_next();
}

/* The clock comes round on the way. */
static void quick_endings_wait_longer_but_never_for_good(void **state)
{
    static const uint32_t waits[] = {100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000};
    uint32_t due;

    (void)state;
    fake_now = -5000u;
    launch("two");
    assert_int_equal(end_soon(RESTART_CALM), POST_FOREVER); /* so that nothing is left of before */
    for (int i = 0; i < RESTART_QUICK; i++) {
        assert_int_equal(end_soon(RESTART_CALM - 1 - i), POST_FOREVER);
        assert_non_null(task_by_name("two"));
    }
    for (unsigned i = 0; i < sizeof waits / sizeof *waits; i++) {
        fake_log[0] = 0;
        due = end_soon(5);
        assert_int_equal(due, fake_now + waits[i]);
        assert_null(task_by_name("two"));
        assert_non_null(strstr(fake_log, "two: ended "));
        fake_now += waits[i] - 1;
        restart_turn();
        assert_int_equal(restart_next(), fake_now + 1);
        fake_now++;
        restart_turn();
        assert_int_equal(restart_next(), POST_FOREVER);
        assert_non_null(task_by_name("two"));
    }
    assert_non_null(
        strstr(fake_log, " times in a row within 10 s of its start: started again in "));
    /* Somebody may start it before. One that lived for long is started again at once. */
    assert_int_equal(end_soon(0), fake_now + 10000);
    launch("two");
    fake_now += 10000;
    restart_turn();
    assert_int_equal(restart_next(), POST_FOREVER);
    assert_int_equal(end_soon(0), POST_FOREVER);
    assert_non_null(task_by_name("two"));
}

static void a_restart_that_fails_is_tried_again(void **state)
{
    static uint32_t kept[FAKE_FRAMES];
    uint32_t n = 0, left, due;

    (void)state;
    launch("two");
    assert_int_equal(end_soon(RESTART_CALM), POST_FOREVER);
    touch(task_by_name("two")->id, 0, 4);
    left = frames_free();
    while (end_step()) {
        fake_router_lets_go();
        while (frames_free() > 5) /* less than a task takes */
            kept[n++] = frames_take();
    }
    assert_null(task_by_name("two"));
    assert_non_null(strstr(fake_log, "two: tried again in 100 ms\n"));
    due = restart_next();
    assert_int_equal(due, fake_now + 100);
    fake_now = due;
    restart_turn();
    assert_int_equal(restart_next(), due + 200); /* nothing has changed */
    nobody_is_ending();
    while (n)
        frames_give(kept[--n]);
    assert_true(frames_free() > left);
    fake_now += 200;
    restart_turn();
    assert_int_equal(restart_next(), POST_FOREVER);
    assert_non_null(task_by_name("two"));
}

static void an_end_waits_for_the_router(void **state)
{
    uint32_t id = launch("one");

    (void)state;
    end_begin(task_by_id(id), 0, false);
    for (int i = 0; i < 20; i++)
        assert_true(end_step());
    assert_int_equal(tasks[TASK_SLOT(id)].stage, TASK_LEAVING);
    assert_int_not_equal(launch("one"), id); /* in another slot meanwhile */
    fake_router_lets_go();
    assert_false(end_step());
    assert_int_equal(tasks[TASK_SLOT(id)].stage, TASK_EMPTY);
}

/* The last test, because it leaves no slot. */
static void a_slot_that_is_used_up_has_no_more_tasks(void **state)
{
    uint32_t id, last = 0;

    (void)state;
    assert_int_equal(task_slots_used_up(), 0);
    for (uint32_t slot = 1; slot < FAKE_SLOTS; slot++)
        if (tasks[slot].stage == TASK_EMPTY)
            fake_age(slot, GENERATION_LAST - 2);
    for (uint32_t used_up = 0; tasks[FAKE_SLOTS - 1].last_id >> 16 != GENERATION_LAST; used_up++) {
        for (unsigned lives = 0; lives < 2; lives++) {
            id = launch("never");
            assert_int_equal(id >> 16, GENERATION_LAST - 1 + lives);
            assert_true(lives ? TASK_SLOT(id) == TASK_SLOT(last) : TASK_SLOT(id) > TASK_SLOT(last));
            last = id;
            assert_int_equal(task_slots_used_up(), used_up); /* not yet: it lives */
            simple(id, TAG_EXIT, 0, 0, 0);
            nobody_is_ending();
        }
        assert_int_equal(task_slots_used_up(), used_up + 1);
    }
    fake_log[0] = 0;
    assert_int_equal(task_launch(manifest_find(&manifest, "never"), &id), STATUS_NO_SLOT);
    assert_string_equal(fake_log, "never: cannot start: a slot of its own: no slot for a task is "
                                  "left: each is in use, or used up\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_program_is_loaded_as_its_elf_says),
        TEST(what_cannot_start_says_why_and_leaves_nothing),
        TEST(a_launch_that_fails_takes_no_irq),
        TEST(out_of_memory_anywhere_is_survived),
        TEST(many_lives_in_all_slots),
        TEST(pages_come_on_first_touch),
        TEST(faults_of_a_time),
        TEST(other_faults_end_the_task),
        TEST(restart_says_after_which_ends),
        TEST(quick_endings_wait_longer_but_never_for_good),
        TEST(a_restart_that_fails_is_tried_again),
        TEST(an_end_waits_for_the_router),
        TEST(a_slot_that_is_used_up_has_no_more_tasks),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
