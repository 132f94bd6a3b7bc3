/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpost against a model of the router: nothing is lost, doubled or reordered, whatever is
 * held or refused; calls find their replies among other mail; deadlines hold.
 * Sources: tests/host/post/router_model.c $(addprefix apps/libpost/,buffer.c call.c inbox.c
 * Sources: outbox.c pending.c reply.c seal.c send.c system.c)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "router_model.h"
#include "apps/libpost/internal.h"

/* The next unread message has this first word, and is read. */
static void expect_mail(uint32_t w0)
{
    const struct line *line = post_peek();
    assert_non_null(line);
    assert_int_equal(line->w[0], w0);
    post_done(line);
}

static void expect_taken(unsigned at, uint32_t w0)
{
    assert_true(at < model_taken_count);
    assert_int_equal(model_taken[at].w[0], w0);
}

static enum status send_word(uint32_t handle, uint32_t word)
{
    return post_send(handle, 7, &word, sizeof word);
}

static void send_tells_what_became_of_it(void **state)
{
    (void)state;
    assert_int_equal(send_word(MODEL_TAKES, 1), STATUS_OK);
    assert_int_equal(send_word(MODEL_DEAD, 2), STATUS_DEAD);
    assert_int_equal(send_word(MODEL_DENIES, 3), STATUS_DENIED);
    assert_int_equal(send_word(MODEL_TAKES, 4), STATUS_OK);
    assert_int_equal(model_taken_count, 2);
    expect_taken(0, 1);
    expect_taken(1, 4);
    assert_int_equal(post_send(MODEL_TAKES, 7, "", MAX_INLINE + 1), STATUS_BAD);
    assert_int_equal(post_notify(MODEL_DEAD, 3), STATUS_DEAD);
}

static void full_is_waited_for(void **state)
{
    (void)state;
    model_full_waits = 3;
    assert_int_equal(send_word(MODEL_FULL, 1), STATUS_OK);
    assert_int_equal(model_waits, 3);
    expect_taken(0, 1);
}

static void at_the_deadline_it_is_void(void **state)
{
    uint32_t word = 1;
    (void)state;
    model_full_waits = 1000;
    assert_int_equal(post_send_until(MODEL_FULL, 7, &word, 4, post_in(50)), STATUS_FULL);
    assert_int_equal(post_now(), 1050);
    model_full_waits = 0;
    assert_int_equal(send_word(MODEL_TAKES, 2), STATUS_OK);
    assert_int_equal(model_taken_count, 1);
    expect_taken(0, 2);
}

static void a_message_tells_nothing_but_itself(void **state)
{
    uint8_t data[100];
    (void)state;
    memset(data, 0x11, sizeof data);
    for (unsigned bytes = 0; bytes <= sizeof data; bytes++) {
        uint32_t at = post_own->out.out_tail & post_own->in.out_mask;
        const uint8_t *payload = (const uint8_t *)post_own->outbox[at].w;
        assert_int_equal(post_send(MODEL_TAKES, 7, data, bytes), STATUS_OK);
        unsigned room = post_lines(bytes) * LINE_BYTES - 16;
        for (unsigned i = 0; i < room; i++)
            assert_int_equal(payload[i], i < bytes ? 0x11 : 0);
        assert_int_equal(post_own->outbox[at].badge | post_own->outbox[at].cookie, 0);
    }
    assert_int_equal(post_lines(48), 1);
    assert_int_equal(post_lines(49), 2);
    assert_int_equal(post_lines(112), 2);
    assert_int_equal(post_lines(113), 3);
    assert_int_equal(post_lines(MAX_INLINE), MAX_LINES);
    assert_int_equal(post_lines(MAX_INLINE + 1), MAX_LINES + 1);
}

static void put_in_place(uint32_t handle, uint32_t w0)
{
    struct line *line = post_slot_wait(1);
    post_address(line, handle, 7, 1, 0);
    line->w[0] = w0;
    post_commit(1);
}

static void flush_tells_of_the_first_entry(void **state)
{
    (void)state;
    put_in_place(MODEL_TAKES, 1);
    put_in_place(MODEL_DEAD, 2);
    put_in_place(MODEL_TAKES, 3);
    assert_int_equal(post_flush(), STATUS_DEAD);
    assert_int_equal(post_flush(), STATUS_OK);
    model_full_waits = 1;
    put_in_place(MODEL_FULL, 4);
    assert_int_equal(post_flush(), STATUS_FULL);
    assert_int_equal(post_flush(), STATUS_FULL);
    model_full_waits = 0;
    assert_int_equal(post_flush(), STATUS_OK);
    assert_int_equal(model_taken_count, 3);
    expect_taken(1, 3);
    expect_taken(2, 4);
}

/* A deadline holds while others' entries fill the outbox, too; theirs stay. */
static void at_the_deadline_there_is_no_room(void **state)
{
    uint32_t word = 99;
    (void)state;
    model_full_waits = 1000;
    for (uint32_t n = 0; n < 64; n++)
        put_in_place(MODEL_FULL, n);
    assert_int_equal(post_send_until(MODEL_TAKES, 7, &word, 4, post_in(50)), STATUS_FULL);
    assert_int_equal(post_now(), 1050);
    assert_int_equal(post_call(MODEL_SERVES, 7, &word, 4, &word, 4, NULL, post_in(50)),
                     STATUS_FULL);
    assert_int_equal(post_now(), 1100);
    assert_int_equal(post_send_until(MODEL_TAKES, 7, &word, 4, post_now()), STATUS_FULL);
    model_full_waits = 0;
    assert_int_equal(post_send_until(MODEL_TAKES, 7, &word, 4, post_now()), STATUS_OK);
    assert_int_equal(model_taken_count, 65);
    for (uint32_t n = 0; n < 64; n++)
        expect_taken(n, n);
    expect_taken(64, 99);
    assert_int_equal(post_dropped, 0);
}

static jmp_buf ended;

static void end_the_task(void)
{
    assert_true(post_now() < 5000);
    if (model_taken_count > 0 && model_taken[model_taken_count - 1].peer == HANDLE_PAGER)
        longjmp(ended, 1);
}

/* What cannot leave does not keep its task. */
static void nothing_held_keeps_a_task_from_its_end(void **state)
{
    (void)state;
    for (uint32_t lines = 1; lines <= 64; lines += 63) {
        model_begin(NULL);
        model_full_waits = 5000;
        put_in_place(MODEL_TAKES, 1);
        for (uint32_t n = 0; n < lines; n++)
            put_in_place(MODEL_FULL, n);
        model_at_wait = end_the_task;
        if (!setjmp(ended))
            post_exit(7);
        assert_in_range(post_now(), 2000, 3000);
        assert_int_equal(model_taken_count, 2);
        assert_int_equal(model_taken[1].tag, TAG_EXIT);
        assert_int_equal(model_taken[1].w[1], 7);
        assert_int_equal(post_dropped, lines);
    }
}

static void what_nobody_asks_about_is_counted(void **state)
{
    (void)state;
    put_in_place(MODEL_DENIES, 1);
    put_in_place(MODEL_TAKES, 2);
    assert_int_equal(send_word(MODEL_TAKES, 3), STATUS_OK);
    assert_int_equal(post_dropped, 1);
    assert_int_equal(post_dropped_reason, STATUS_DENIED);
    put_in_place(MODEL_DEAD, 4);
    assert_null(post_next(post_in(10)));
    assert_int_equal(post_dropped, 2);
    assert_int_equal(model_taken_count, 2);
}

static void an_outbox_full_of_entries_makes_room(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 300; n++)
        put_in_place(n % 50 == 3 ? MODEL_DEAD : MODEL_TAKES, n);
    assert_null(post_slot(MAX_LINES));
    assert_non_null(post_slot_wait(MAX_LINES));
    post_flush();
    assert_int_equal(post_dropped, 6);
    assert_int_equal(model_taken_count, 294);
    for (unsigned i = 1; i < model_taken_count; i++)
        assert_true(model_taken[i].w[0] > model_taken[i - 1].w[0]);
}

static void a_batch_tells_of_each(void **state)
{
    static uint32_t data[300][40];
    static struct post_message m[300];
    unsigned taken = 0;
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        data[i][0] = i;
        m[i] = (struct post_message){.handle = i % 7 == 3 ? MODEL_DEAD : MODEL_TAKES,
                                     .data = data[i],
                                     .bytes = i % 31 == 5 ? MAX_INLINE + 1 : 4 + i % 150,
                                     .tag = 7};
    }
    assert_int_equal(post_batch(m, 300), STATUS_DEAD);
    for (unsigned i = 0; i < 300; i++) {
        assert_int_equal(m[i].status, i % 31 == 5  ? STATUS_BAD
                                      : i % 7 == 3 ? STATUS_DEAD
                                                   : STATUS_OK);
        if (m[i].status == STATUS_OK)
            expect_taken(taken++, i);
    }
    assert_int_equal(taken, model_taken_count);
}

static void a_batch_costs_a_gate_call_an_outbox(void **state)
{
    static struct post_message m[640];
    (void)state;
    for (unsigned i = 0; i < 640; i++)
        m[i] = (struct post_message){.handle = MODEL_TAKES, .data = &i, .bytes = 4, .tag = 7};
    assert_int_equal(post_batch(m, 640), STATUS_OK);
    assert_int_equal(model_taken_count, 640);
    assert_true(model_gates <= 11);
}

static void mail_during_call(void)
{
    for (uint32_t i = 0; i < 3; i++)
        model_mail(CLIENT, 9, 0, 0, 101 + i);
    model_at_wait = NULL;
}

static void a_call_leaves_other_mail_in_order(void **state)
{
    uint32_t words[3] = {11, 12, 13}, answer[3];
    unsigned got;
    (void)state;
    model_mail(CLIENT, 9, 0, 0, 100);
    for (int round = 0; round < 2; round++) {
        model_at_wait = round ? NULL : mail_during_call;
        memset(answer, 0, sizeof answer);
        assert_int_equal(post_call(MODEL_SERVES, 7, words, sizeof words, answer, sizeof answer,
                                   &got, POST_FOREVER),
                         STATUS_OK);
        assert_memory_equal(words, answer, sizeof words);
        assert_int_equal(got, sizeof answer);
    }
    model_mail(CLIENT, 9, 0, 0, 104);
    for (uint32_t i = 100; i <= 104; i++)
        expect_mail(i);
    assert_null(post_peek());
    assert_int_equal(post_odd, 0);
}

static void calls_that_fail_say_how(void **state)
{
    uint32_t word = 0;
    (void)state;
    assert_int_equal(post_call(MODEL_DIES, 7, &word, 4, &word, 4, NULL, 0), STATUS_DEAD);
    assert_int_equal(post_call(MODEL_DENIES, 7, &word, 4, &word, 4, NULL, 0), STATUS_DENIED);
    post_own->in.reserved = 64;
    assert_int_equal(post_call(MODEL_SELF_FULL, 7, &word, 4, &word, 4, NULL, 0), STATUS_NO_ROOM);
    assert_int_equal(post_call(MODEL_TAKES, 7, &word, MAX_INLINE, &word, 4, NULL, 0), STATUS_BAD);
    assert_null(post_peek());
    assert_int_equal(model_taken_count, 1);
}

/* Whoever waits for something that was lost with his mailbox is told, and the next message goes. */
static void what_is_lost_with_a_mailbox_is_told(void **state)
{
    uint32_t word = 5;
    (void)state;
    model_at_wait = model_set_aside;
    assert_int_equal(post_call(MODEL_SILENT, 7, &word, 4, &word, 4, NULL, 0), STATUS_RESET);
    model_full_waits = 1000;
    assert_int_equal(send_word(MODEL_FULL, 6), STATUS_RESET);
    struct post_message m[5];
    for (unsigned i = 0; i < 5; i++)
        m[i] = (struct post_message){.handle = i == 1 ? MODEL_FULL : MODEL_TAKES,
                                     .data = &word,
                                     .bytes = i == 3 ? MAX_INLINE + 1 : 4};
    assert_int_equal(post_batch(m, 5), STATUS_RESET);
    assert_int_equal(m[0].status, STATUS_OK);
    assert_int_equal(m[3].status, STATUS_BAD);
    assert_true(m[1].status == STATUS_RESET && m[2].status == STATUS_RESET &&
                m[4].status == STATUS_RESET);
    model_at_wait = NULL;
    model_full_waits = 0;
    assert_int_equal(send_word(MODEL_TAKES, 7), STATUS_OK);
    assert_int_equal(model_taken_count, 3);
    expect_taken(2, 7);
    assert_int_equal(post_batch(m, 3), STATUS_OK);
}

static void hold_up_the_outbox(void)
{
    model_full_waits = 1000;
    put_in_place(MODEL_FULL, 0);
    model_at_wait = NULL;
}

/* The cancel waits behind an entry that is held, and the reply is quicker. */
static void a_late_reply_is_not_mail(void **state)
{
    uint32_t word = 5, index = post_own->out.out_tail;
    (void)state;
    model_at_wait = hold_up_the_outbox;
    assert_int_equal(post_call(MODEL_SILENT, 7, &word, 4, &word, 4, NULL, post_in(20)),
                     STATUS_TIMEOUT);
    assert_int_equal(model_cancelled, 0);
    assert_int_equal(post_odd, 1);
    model_mail(CLIENT, 9, 0, 0, 1);
    model_mail(CLIENT, 7, FLAG_REPLY, POST_COOKIE, index);
    model_mail(CLIENT, 9, 0, 0, 3);
    expect_mail(1);
    expect_mail(3);
    assert_null(post_peek());
    assert_int_equal(post_odd, 0);
    model_full_waits = 0;
    assert_int_equal(post_flush(), STATUS_OK);
    assert_int_equal(model_cancelled, 0);
    /* A reply to a call that the task made in place is its own business. */
    model_mail(CLIENT, 7, FLAG_REPLY, 77, 4);
    expect_mail(4);
}

static void a_restart_is_no_event(void **state)
{
    uint32_t word = 5;
    (void)state;
    model_restart_next = true;
    assert_int_equal(send_word(MODEL_TAKES, 1), STATUS_OK);
    put_in_place(MODEL_TAKES, 2);
    model_restart_next = true;
    assert_int_equal(post_flush(), STATUS_OK);
    model_restart_next = true;
    assert_int_equal(post_call(MODEL_SERVES, 7, &word, 4, &word, 4, NULL, 0), STATUS_OK);
    put_in_place(MODEL_TAKES, 4);
    model_restart_next = true;
    assert_null(post_next(post_in(10)));
    assert_int_equal(model_taken_count, 4);
}

static void raise_user_signal(void)
{
    post_own->in.signals ^= SIGNAL_USER << 2;
    model_at_wait = NULL;
}

static void signals_are_returned_once(void **state)
{
    uint32_t word = 5;
    (void)state;
    model_at_wait = raise_user_signal;
    assert_int_equal(post_wait(POST_FOREVER), SIGNAL_USER << 2);
    assert_int_equal(post_wait(post_in(5)), 0);
    model_at_wait = raise_user_signal;
    assert_int_equal(post_call(MODEL_SERVES, 7, &word, 4, &word, 4, NULL, 0), STATUS_OK);
    model_full_waits = 1; /* HELD comes meanwhile, and never shows */
    assert_int_equal(send_word(MODEL_FULL, 1), STATUS_OK);
    assert_int_equal(post_wait(POST_FOREVER), SIGNAL_USER << 2);
    assert_int_equal(post_signals(), 0);
}

static void a_wait_ends_by_mail_or_deadline(void **state)
{
    (void)state;
    assert_int_equal(post_wait(post_in(5)), 0);
    assert_int_equal(post_now(), 1005);
    model_mail(CLIENT, 9, 0, 0, 1);
    unsigned waits = model_waits;
    assert_int_equal(post_wait(POST_FOREVER), 0);
    assert_int_equal(model_waits, waits);
    assert_int_equal(post_wait_past(post_own->in.in_tail, post_in(5)), 0);
    assert_int_equal(post_now(), 1010);
    post_sleep(100);
    assert_int_equal(post_now(), 1110);
    expect_mail(1);
    model_at_wait = mail_during_call;
    assert_int_equal(post_next(POST_FOREVER)->w[0], 101);
}

static void mail_is_copied_whole_or_not(void **state)
{
    struct post_mail mail;
    uint32_t data[12];
    (void)state;
    model_mail(CLIENT, 9, FLAG_CALL, 33, 44);
    assert_int_equal(post_recv(&mail, data, 40, 0), STATUS_TOO_BIG);
    assert_int_equal(mail.bytes, 48);
    assert_int_equal(post_recv(&mail, data, sizeof data, 0), STATUS_OK);
    assert_int_equal(data[0], 44);
    assert_int_equal(mail.peer, CLIENT);
    assert_int_equal(mail.caller.task, CLIENT);
    assert_int_equal(mail.caller.index, 44);
    assert_int_equal(mail.caller.cookie, 33);
    assert_int_equal(mail.caller.tag, 9);
    assert_int_equal(post_recv(&mail, data, sizeof data, post_in(1)), STATUS_TIMEOUT);
    post_answer(&mail.caller, STATUS_BUSY);
    assert_int_equal(post_flush(), STATUS_OK);
    assert_int_equal(model_taken[0].peer, CLIENT);
    assert_int_equal(model_taken[0].flags, FLAG_REPLY);
    assert_int_equal(model_taken[0].w[0], 44);
    assert_int_equal(model_taken[0].w[1], STATUS_BUSY);
}

static void a_forwarded_call_is_answered_to_its_first_sender(void **state)
{
    (void)state;
    model_mail(CLIENT, 9, FLAG_CALL | FLAG_FORWARD, 33, 44);
    const struct line *line = post_peek();
    post_own->in.first[(line - post_own->inbox) & 63] = 0x00030008;
    assert_int_equal(post_caller(line).task, 0x00030008);
    assert_int_equal(post_index(line), post_own->out.in_head);
    assert_int_equal(post_forward(MODEL_TAKES, line), STATUS_OK);
    assert_int_equal(model_taken[0].flags, FLAG_FORWARD);
    assert_int_equal(model_taken[0].badge, post_own->out.in_head);
}

static void who_waits_for_room_is_told_once_all_is_read(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        model_mail(CLIENT, 9, 0, 0, i);
    expect_mail(0);
    post_own->in.room_wanted = 7;
    expect_mail(1);
    expect_mail(2);
    assert_int_equal(model_gates, 0);
    assert_null(post_peek());
    assert_int_equal(model_gates, 1);
}

static unsigned random_below(unsigned n)
{
    static uint32_t seed = 1;
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

/* All that was committed arrives once and in order, except what was refused. */
static void anything_goes_in_order(void **state)
{
    static const uint32_t handles[] = {MODEL_TAKES, MODEL_TAKES, MODEL_DEAD, MODEL_FULL,
                                       MODEL_SERVES};
    uint32_t arrives[4096], data[40];
    (void)state;
    for (int run = 0; run < 300; run++) {
        unsigned count = 0;
        model_begin(NULL);
        model_reset(run % 2 ? 64 : 128);
        for (uint32_t n = 1; n <= 1000; n++) {
            uint32_t handle = handles[random_below(5)];
            unsigned bytes = 4 + random_below(sizeof data - 4);
            data[0] = n;
            model_full_waits = random_below(3);
            model_restart_next = random_below(10) == 0;
            if (handle == MODEL_SERVES && random_below(4) == 0) {
                assert_int_equal(post_call(handle, 7, data, bytes, data, sizeof data, NULL, 0),
                                 STATUS_OK);
                arrives[count++] = 0; /* a call: w[0] is the router's */
            } else if (random_below(3) == 0) {
                assert_int_equal(post_send(handle, 7, data, bytes),
                                 handle == MODEL_DEAD ? STATUS_DEAD : STATUS_OK);
                if (handle != MODEL_DEAD)
                    arrives[count++] = n;
            } else {
                assert_int_equal(post_put(handle, 7, data, bytes), STATUS_OK);
                if (handle != MODEL_DEAD)
                    arrives[count++] = n;
            }
            if (random_below(20) == 0)
                post_wait(post_in(1));
        }
        model_full_waits = 0;
        while (post_flush() != STATUS_OK)
            ;
        assert_int_equal(model_taken_count, count);
        for (unsigned i = 0; i < count; i++)
            expect_taken(i, arrives[i]);
        assert_null(post_peek());
        assert_int_equal(post_odd, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(send_tells_what_became_of_it, model_begin),
        cmocka_unit_test_setup(full_is_waited_for, model_begin),
        cmocka_unit_test_setup(what_is_lost_with_a_mailbox_is_told, model_begin),
        cmocka_unit_test_setup(at_the_deadline_it_is_void, model_begin),
        cmocka_unit_test_setup(a_message_tells_nothing_but_itself, model_begin),
        cmocka_unit_test_setup(flush_tells_of_the_first_entry, model_begin),
        cmocka_unit_test_setup(at_the_deadline_there_is_no_room, model_begin),
        cmocka_unit_test_setup(nothing_held_keeps_a_task_from_its_end, model_begin),
        cmocka_unit_test_setup(what_nobody_asks_about_is_counted, model_begin),
        cmocka_unit_test_setup(an_outbox_full_of_entries_makes_room, model_begin),
        cmocka_unit_test_setup(a_batch_tells_of_each, model_begin),
        cmocka_unit_test_setup(a_batch_costs_a_gate_call_an_outbox, model_begin),
        cmocka_unit_test_setup(a_call_leaves_other_mail_in_order, model_begin),
        cmocka_unit_test_setup(calls_that_fail_say_how, model_begin),
        cmocka_unit_test_setup(a_late_reply_is_not_mail, model_begin),
        cmocka_unit_test_setup(a_restart_is_no_event, model_begin),
        cmocka_unit_test_setup(signals_are_returned_once, model_begin),
        cmocka_unit_test_setup(a_wait_ends_by_mail_or_deadline, model_begin),
        cmocka_unit_test_setup(mail_is_copied_whole_or_not, model_begin),
        cmocka_unit_test_setup(a_forwarded_call_is_answered_to_its_first_sender, model_begin),
        cmocka_unit_test_setup(who_waits_for_room_is_told_once_all_is_read, model_begin),
        cmocka_unit_test_setup(anything_goes_in_order, model_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
