/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests to the pager, and what it sends: each answered as protocol.h says, whatever is asked.
 * After every scenario each frame must be where it was (tasks_world.h).
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

static void heap_requests_are_checked(void **state)
{
    uint32_t id = launch("one"), heap;
    struct line r;

    (void)state;
    assert_int_equal(simple(id, TAG_ALLOC, 0, 0, 0), STATUS_BAD);
    assert_int_equal(simple(id, TAG_ALLOC, 0, 0, 0xFFFFFFFF), STATUS_NO_MEMORY);
    assert_int_equal(simple(id, TAG_ALLOC, 0, 0, 0x100000), STATUS_NO_MEMORY);
    assert_int_equal(simple(id, TAG_ALLOC, 0, 0, frames_free() + 1), STATUS_NO_MEMORY);
    assert_int_equal(request(id, TAG_ALLOC, 0, 0, 10, 0, NULL, &r), STATUS_OK);
    heap = r.w[2];
    assert_true(heap % PAGE_SIZE == 0 && heap > RW + RW_FILE + BIG_BSS && heap < HEAP_END);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap + 1, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap, 0, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap, 11, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap, 0xFFFFF, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap, 0x100001, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, TEXT, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, STACK_LOW, 256, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, OWN_MAILBOX, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, LANDING_END, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, 0xFFFFF000, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, LANDING_BASE, 5, NULL, &r), STATUS_NOT_MAPPED);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap + 2 * PAGE_SIZE, 3, NULL, &r), STATUS_OK);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap + 2 * PAGE_SIZE, 3, NULL, &r),
                     STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_ALLOC, 0, 0, 3, 0, NULL, &r), STATUS_OK);
    assert_int_equal(r.w[2], heap + 2 * PAGE_SIZE); /* the hole is used again */
}

static void control_needs_its_badge(void **state)
{
    uint32_t id = launch("one"), registrar = launch("registrar");
    struct line r;

    (void)state;
    assert_int_equal(request(id, TAG_SPAWN, 0, 0, 0, 0, "two", &r), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_KILL, 0, 0, id), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_CRASH, 0, 0, id), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_OFF, 2, 0, 0), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_RESTART_ROUTER, 2, 0, 0), STATUS_DENIED);
    assert_int_equal(fake_calls[PAGER_OP_RESTART_ROUTER], 0);
    assert_int_equal(simple(id, TAG_RESTART_ROUTER, BADGE_CONTROL, 0, 0), STATUS_OK);
    assert_int_equal(fake_calls[PAGER_OP_RESTART_ROUTER], 1);
    assert_non_null(strstr(fake_log, "router: restarted for one\n"));
    assert_int_equal(fake_power_off, -1);
    assert_int_equal(request(id, TAG_SPAWN, BADGE_CONTROL, 0, 0, 0, "two", &r), STATUS_OK);
    assert_ptr_equal(task_by_id(r.w[2]), task_by_name("two"));
    assert_int_equal(request(id, TAG_SPAWN, BADGE_CONTROL, 0, 0, 0, "two", &r), STATUS_BUSY);
    assert_int_equal(request(id, TAG_SPAWN, BADGE_CONTROL, 0, 0, 0, "zwei", &r), STATUS_NO_SUCH);
    assert_int_equal(request(id, TAG_SPAWN, BADGE_CONTROL, 0, 0, 0,
                             "a name of forty characters without its NUL", &r),
                     STATUS_BAD);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, FAKE_PAGER), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, id + 0x10000), STATUS_BAD_TASK);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, 0xFFFFFFFF), STATUS_BAD_TASK);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, task_by_name("two")->id), STATUS_OK);
    nobody_is_ending();
    assert_non_null(task_by_name("two")); /* restart=always */
    assert_int_equal(simple(id, TAG_CRASH, BADGE_CONTROL, 0, FAKE_PAGER), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_CRASH, BADGE_CONTROL, 0, id + 0x10000), STATUS_BAD_TASK);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, registrar), STATUS_OK);
    assert_int_equal(simple(id, 9999, BADGE_CONTROL, 0, 0), STATUS_BAD_OP);
    assert_int_equal(simple(id + 0x10000, TAG_MEMORY, 0, 0, 0), STATUS_COUNT); /* who? */
    assert_int_equal(simple(id, TAG_OFF, BADGE_CONTROL, 5, 0), STATUS_COUNT);
    assert_int_equal(fake_power_off, 5);
    fake_power_off = -1;
}

/* A LOG of so many bytes, all of them c, in a message that long. */
static void say(uint32_t from, uint32_t bytes, char c, uint32_t lines)
{
    static struct line in[MAX_LINES];

    in[0] = (struct line){.peer = from, .tag = TAG_LOG, .lines = lines, .w = {0, bytes}};
    memset(&in[0].w[2], c, sizeof in - 24);
    fake_log[0] = 0;
    request_handle(in);
}

static void registrar_and_drivers_may_log(void **state)
{
    uint32_t driver = launch("one"), plain = launch("two"), registrar = launch("registrar");
    char longest[LOG_BYTES + 1] = {0};

    (void)state;
    say(plain, 3, 'x', 1);
    assert_string_equal(fake_log, "");
    say(registrar, 3, 'x', 1);
    assert_string_equal(fake_log, "registrar: xxx\n");
    say(driver, LOG_BYTES, 'y', 3);
    memset(longest, 'y', LOG_BYTES);
    assert_non_null(strstr(fake_log, longest));
    say(driver, 3, '\n', 1);
    assert_string_equal(fake_log, "one: ???\n");
    say(driver, 0, 'z', 1);
    assert_string_equal(fake_log, "one: \n");
    say(driver, 41, 'z', 1); /* more than the message has */
    say(driver, LOG_BYTES + 1, 'z', 4);
    say(driver, UINT32_MAX, 'z', 4);
    assert_string_equal(fake_log, "");
}

/* "two" has restart=always: a crash ends it as a fault does, and it is started again. */
static void a_crash_is_as_a_fault(void **state)
{
    uint32_t one = launch("one"), two = launch("two");

    (void)state;
    fake_log[0] = 0;
    assert_int_equal(simple(one, TAG_CRASH, BADGE_CONTROL, 0, two), STATUS_OK);
    nobody_is_ending();
    assert_non_null(strstr(fake_log, "two: crashed by one\n"));
    assert_int_equal(tasks[TASK_SLOT(two)].last_code, EXIT_KILLED + 6);
    assert_int_equal(tasks[TASK_SLOT(two)].last_fault.vector, 6);
    assert_non_null(task_by_name("two"));
    assert_int_not_equal(task_by_name("two")->id, two);
    assert_int_equal(simple(one, TAG_KILL, BADGE_CONTROL, 0, task_by_name("two")->id), STATUS_OK);
    nobody_is_ending();
    assert_non_null(task_by_name("two"));
}

static void exits_are_waited_for(void **state)
{
    uint32_t one = launch("one"), two = launch("two");
    const struct line *answer;

    (void)state;
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, one), STATUS_BAD);
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, 0), STATUS_BAD_TASK);
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, 0xFFFFFFFF), STATUS_BAD_TASK);
    uint32_t before = frames_free();
    for (int i = 0; i < MAX_RING; i++) /* as many as calls can be open */
        assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
    baseline -= before - frames_free(); /* records are the pager's for good */
    assert_int_equal(simple(two, TAG_EXIT, 0, 0xFFFFFF11, 0), STATUS_COUNT); /* 17 of it counts */
    assert_null(task_by_id(two));
    assert_int_equal(simple(one, TAG_MEMORY, 0, 0, 0), STATUS_OK);
    sent_count = 0;
    nobody_is_ending();
    answer = last_sent(one, TAG_WAIT_EXIT);
    assert_non_null(answer);
    assert_int_equal(answer->w[1], STATUS_OK);
    assert_int_equal(answer->w[2], 17);
    assert_int_equal(sent_count, MAX_RING);
    assert_non_null(task_by_name("two")); /* restart=always */
    /* Later, the exit code is still known, until the slot has another end. */
    fake_router_lets_go();
    assert_int_equal(tasks[TASK_SLOT(two)].last_id, two);
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_OK);
    /* One that waits may die first, and the router may know it before the pager does. */
    two = task_by_name("two")->id;
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
    dead = one;
    end_begin(task_by_id(two), 0, false);
    nobody_is_ending();
    assert_int_equal(post_flush(), STATUS_DEAD);
    assert_int_equal(post_flush(), STATUS_OK);
    dead = 0;
    two = launch("two");
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
    end_begin(task_by_id(one), 0, false);
    nobody_is_ending();
    sent_count = 0;
    end_begin(task_by_id(two), 0, false);
    nobody_is_ending();
    assert_int_equal(post_flush(), STATUS_OK);
    assert_int_equal(sent_count, 0);
}

static void cancel(uint32_t from, uint32_t index)
{
    struct line in = {.peer = from, .lines = 1, .flags = FLAG_CANCEL, .w = {index}};
    request_handle(&in);
}

static unsigned waits_of(uint32_t id)
{
    unsigned n = 0;
    for (const struct wait *w = tasks[TASK_SLOT(id)].waits; w; w = w->next)
        n++;
    return n;
}

/* However many were given up, and whether the pager was told or not. */
static void what_is_cancelled_is_forgotten(void **state)
{
    uint32_t one = launch("one"), two = launch("two"), index[3];

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
        index[i] = request_index;
    }
    cancel(two, index[0]);     /* somebody else's */
    cancel(one, index[0] - 1); /* another one */
    assert_int_equal(waits_of(one), 3);
    cancel(one, index[1]);
    cancel(one, index[1]);
    assert_int_equal(waits_of(one), 2);
    for (unsigned i = 0; i < 3 * MAX_RING; i++) {
        assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
        if (i % 2)
            cancel(one, request_index);
    }
    assert_true(waits_of(one) <= MAX_RING);
    for (unsigned i = 0; i < MAX_RING; i++) {
        assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
        cancel(one, request_index);
    }
    assert_int_equal(waits_of(one), 0);
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
    sent_count = 0;
    end_begin(task_by_id(two), 0, false);
    nobody_is_ending();
    assert_int_equal(post_flush(), STATUS_OK);
    assert_int_equal(sent_count, 1);
    assert_int_equal(waits_of(one), 0);
    end_begin(task_by_id(one), 0, false);
    nobody_is_ending();
}

static void the_registrar_hears_of_everybody(void **state)
{
    uint32_t registrar, one, two, slot;

    (void)state;
    for (slot = 0; slot < FAKE_SLOTS; slot++)
        tasks[slot].known = 0;
    one = launch("one");
    assert_null(last_sent(HANDLE_REGISTRAR, TAG_TASK_UP)); /* nobody is there to tell */
    registrar = launch("registrar");
    assert_int_equal(sent_count, 4);
    assert_int_equal(sent[3].tag, TAG_TASK_ALL);
    assert_int_equal(sent[0].w[1], FAKE_PAGER);
    assert_string_equal((char *)&sent[0].w[2], "pager");
    assert_int_equal(sent[1].w[1], one);
    assert_string_equal((char *)&sent[1].w[2], "one");
    assert_int_equal(sent[2].w[1], registrar);
    /* Its inbox is full: the pager does not wait, and loses nothing. */
    registrar_says = STATUS_FULL;
    sent_count = 0;
    two = launch("two");
    end_begin(task_by_id(one), 0, false);
    nobody_is_ending();
    assert_int_equal(simple(two, TAG_MEMORY, 0, 0, 0), STATUS_OK); /* replies go on */
    assert_true(send_news_left());
    one = launch("one");
    end_begin(task_by_id(one), 0, false);
    assert_null(last_sent(HANDLE_REGISTRAR, TAG_TASK_UP));
    registrar_says = STATUS_OK;
    sent_count = 0;
    assert_false(send_news_left());
    /* The first `one` went and `two` came; the second `one` was never told of. */
    assert_int_equal(sent_count, 2);
    assert_int_equal(last_sent(HANDLE_REGISTRAR, TAG_TASK_UP)->w[1], two);
    slot = TASK_SLOT(last_sent(HANDLE_REGISTRAR, TAG_TASK_DOWN)->w[1]);
    assert_int_equal(tasks[slot].told, 0);
    nobody_is_ending();
    assert_int_equal(fake_box.in.out_head, fake_box.out.out_tail);
}

static void a_full_outbox_of_replies_goes_out(void **state)
{
    uint32_t one = launch("one");
    struct line in = {.peer = one, .tag = TAG_MEMORY, .lines = 1, .flags = FLAG_CALL};

    (void)state;
    sent_count = 0;
    for (int i = 0; i < 300; i++) { /* nobody posts in between but the pager itself */
        in.w[0] = i;
        request_handle(&in);
    }
    post_flush();
    assert_int_equal(sent_count, 300);
    for (int i = 0; i < 300; i++)
        assert_int_equal(sent[i].w[0], i);
}

static void ps_names_everybody(void **state)
{
    uint32_t one = launch("one");
    struct line r;

    (void)state;
    assert_int_equal(request(one, TAG_PS, 0, 0, 0, 0, NULL, &r), STATUS_OK);
    assert_int_equal(r.w[2], FAKE_PAGER);
    assert_string_equal((char *)&r.w[6], "pager");
    assert_int_equal(request(one, TAG_PS, 0, 0, TASK_SLOT(FAKE_PAGER) + 1, 0, NULL, &r), STATUS_OK);
    assert_int_equal(r.w[2], one);
    assert_int_equal(r.w[5], 5);
    assert_string_equal((char *)&r.w[6], "one");
    assert_int_equal(request(one, TAG_PS, 0, 0, TASK_SLOT(one) + 1, 0, NULL, &r), STATUS_NONE);
    assert_int_equal(request(one, TAG_PS, 0, 0, 0xFFFFFFFF, 0, NULL, &r), STATUS_NONE);
    assert_int_equal(request(one, TAG_CHECK, 0, 0, 0, 0, NULL, &r), STATUS_DENIED);
    assert_int_equal(request(one, TAG_AUDIT, 0, 0, 0, 0, NULL, &r), STATUS_DENIED);
    assert_int_equal(request(one, TAG_CHECK, BADGE_CONTROL, 0, 0, 0, NULL, &r), STATUS_OK);
    assert_int_equal(r.w[2], 0);
}

/* Last: it can be done once. */
static void a_module_moves_once_to_whom_it_is_for(void **state)
{
    uint32_t one = launch("one"), two = launch("two"), at;
    struct line r;

    (void)state;
    assert_int_equal(request(two, TAG_MODULE, 0, 0, 0, 0, "data", &r), STATUS_NOT_GRANTABLE);
    assert_int_equal(request(one, TAG_MODULE, 0, 0, 0, 0, "prog", &r), STATUS_NOT_GRANTABLE);
    assert_int_equal(request(one, TAG_MODULE, 0, 0, 0, 0, "data", &r), STATUS_OK);
    assert_int_equal(r.w[3], DATA_LEN);
    at = r.w[2];
    assert_true(at >= LANDING_BASE && at + DATA_LEN <= LANDING_END);
    assert_int_equal(at % TABLE_SPAN, DATA % TABLE_SPAN); /* so that a table moved as a whole */
    for (uint32_t page = 0; page < DATA_LEN; page += PAGE_SIZE) {
        struct fake_page p = fake_page(one, at + page);

        assert_int_not_equal(p.frame, 0);
        assert_int_equal(p.rights, 0);
        assert_int_equal(fake_bytes(p.frame)[0], 0xDA);
        assert_int_equal(fake_page(FAKE_PAGER, DATA + page).frame, 0);
    }
    assert_int_equal(request(one, TAG_MODULE, 0, 0, 0, 0, "data", &r), STATUS_NO_SUCH);
    /* The table that came with it is like any other: what is mapped there later can be written. */
    assert_int_equal(request(one, TAG_RELEASE, 0, 0, at, 1, NULL, &r), STATUS_OK);
    assert_int_equal(memory_map(task_by_id(one), at, MAP_W), STATUS_OK);
    assert_int_equal(fake_page(one, at).rights, MAP_W);
    /* Released and fallen with the task, its frames are everybody's. */
    assert_int_equal(request(one, TAG_RELEASE, 0, 0, at, 2, NULL, &r), STATUS_OK);
    end_begin(task_by_id(one), 0, false);
    end_begin(task_by_id(two), 0, false);
    nobody_is_ending();
    assert_true(fake_free() >= baseline + DATA_LEN / PAGE_SIZE + 1);
    baseline = fake_free();
}

static void landing_room_is_found(void **state)
{
    uint32_t id = launch("one"), a, b, c;
    struct task *t = task_by_id(id);

    (void)state;
    a = landing_find(t, 1, 0, NULL);
    assert_int_equal(a, LANDING_BASE);
    assert_int_equal(landing_find(t, 1, 0, NULL), a); /* nothing has come: the same again */
    assert_int_equal(memory_map(t, a, MAP_W), STATUS_OK);
    b = landing_find(t, 3, 0, NULL);
    assert_int_equal(b, LANDING_BASE + PAGE_SIZE); /* shares the table */
    assert_int_equal(memory_map(t, b + 2 * PAGE_SIZE, MAP_W), STATUS_OK);
    c = landing_find(t, 512, 0x5000, NULL); /* no whole table in it: anywhere */
    assert_int_equal(c, LANDING_BASE + TABLE_SPAN);
    c = landing_find(t, 512, TABLE_SPAN, NULL);
    assert_int_equal(c % TABLE_SPAN, 0);
    c = landing_find(t, 1024, 0x5000, NULL); /* as it lay, no table in the way */
    assert_int_equal(c % TABLE_SPAN, 0x5000);
    assert_int_equal(landing_find(t, 524288, 0, NULL), 0);
    assert_int_equal(landing_find(t, 524288 - 512, 0, NULL), LANDING_BASE + TABLE_SPAN);
    t->landing = LANDING_END;
    /* From the beginning again, but not where something is. */
    assert_int_equal(landing_find(t, 1, 0, NULL), LANDING_BASE + TABLE_SPAN);
    t->landing = LANDING_END - PAGE_SIZE;
    assert_int_equal(landing_find(t, 1, 0, NULL), LANDING_END - TABLE_SPAN);
    /* Empty tables give way when nothing else does. */
    for (uint32_t at = LANDING_BASE + TABLE_SPAN; at < LANDING_END; at += TABLE_SPAN)
        assert_int_equal(memory_table(t, at), STATUS_OK);
    assert_int_equal(landing_find(t, 1024, 0, NULL), LANDING_BASE + TABLE_SPAN);
    assert_false(fake_table(id, LANDING_BASE + TABLE_SPAN));
    assert_true(fake_table(id, LANDING_BASE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(heap_requests_are_checked),
        TEST(control_needs_its_badge),
        TEST(registrar_and_drivers_may_log),
        TEST(a_crash_is_as_a_fault),
        TEST(exits_are_waited_for),
        TEST(what_is_cancelled_is_forgotten),
        TEST(the_registrar_hears_of_everybody),
        TEST(a_full_outbox_of_replies_goes_out),
        TEST(ps_names_everybody),
        TEST(landing_room_is_found),
        TEST(a_module_moves_once_to_whom_it_is_for),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
