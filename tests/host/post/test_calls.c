/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that are out together, against a model of the router: each ends once, by its reply, a
 * refusal, a cancel, or with the mailbox; and nothing of them is left in inbox or ledger.
 * Sources: tests/host/post/router_model.c $(addprefix apps/libpost/,call.c inbox.c outbox.c
 * Sources: pending.c reply.c seal.c send.c)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "router_model.h"
#include "apps/libpost/internal.h"

#define CALLS 48

static struct post_pending calls[CALLS];
static uint32_t answers[CALLS];

static void begin(unsigned i, uint32_t handle)
{
    answers[i] = 0;
    assert_int_equal(post_begin(&calls[i], handle, 7, &i, sizeof i, &answers[i], 4), STATUS_OK);
}

/* The server answers this call. */
static void reply(uint32_t index, uint32_t word)
{
    model_mail(CLIENT, 7, FLAG_REPLY, POST_COOKIE, index);
    post_own->inbox[(post_own->in.in_tail - 1) & post_own->in.in_mask].w[1] = word;
}

static void mail(uint32_t word) { model_mail(CLIENT, 9, 0, 0, word); }

static void expect_mail(uint32_t word)
{
    const struct line *line = post_peek();
    assert_non_null(line);
    assert_int_equal(line->flags, 0);
    assert_int_equal(line->w[0], word);
    post_done(line);
}

static void nothing_is_left(void)
{
    assert_null(post_peek());
    assert_int_equal(post_odd, 0);
    assert_int_equal(post_own->in.open_calls, 0);
    assert_null(post_await_any(POST_FOREVER));
}

static void answers_go_to_their_calls(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CALLS; i++)
        begin(i, MODEL_SILENT);
    assert_int_equal(model_gates, 0);
    assert_null(post_await_any(post_now()));
    assert_int_equal(model_gates, 1);
    for (unsigned i = CALLS; i-- > 0;)
        if (i % 3 == 0)
            mail(i);
        else
            reply(calls[i].index, i * 5);
    assert_true(post_answered(&calls[1]) && !post_answered(&calls[0]));
    assert_int_equal(post_await(&calls[1], post_now()), STATUS_OK);
    for (unsigned i = CALLS; i-- > 0;)
        if (i % 3 && i != 1)
            assert_ptr_equal(post_await_any(post_now()), &calls[i]);
    assert_null(post_await_any(post_now()));
    for (unsigned i = CALLS; i-- > 0;)
        if (i % 3 == 0) {
            expect_mail(i);
            reply(calls[i].index, i * 5);
        }
    for (unsigned i = 0; i < CALLS; i += 3)
        assert_int_equal(post_await(&calls[i], post_now()), STATUS_OK);
    for (unsigned i = 0; i < CALLS; i++)
        assert_int_equal(answers[i], i * 5);
    nothing_is_left();
}

static uint32_t waited_for; /* a call index */

static void mail_then_reply(void)
{
    mail(1);
    reply(waited_for, 77);
    mail(2);
    model_at_wait = NULL;
}

/* Mail that comes before the reply is neither lost nor taken for it. */
static void a_reply_behind_mail(void **state)
{
    uint32_t word = 0;
    enum status status;

    (void)state;
    for (unsigned way = 0; way < 3; way++) {
        waited_for = post_own->out.out_tail;
        model_at_wait = mail_then_reply;
        if (way == 0)
            assert_int_equal(post_call(MODEL_SILENT, 7, &word, 4, &word, 4, NULL, 0), STATUS_OK);
        if (way == 1)
            assert_int_equal(post_call_any(MODEL_SILENT, 7, &word, 4, &word, 4, NULL, 0),
                             STATUS_OK);
        if (way == 2) {
            post_call_line(MODEL_SILENT, 7, 1)->w[1] = 3;
            const struct line *line = post_call_go(POST_FOREVER, &status);
            assert_non_null(line);
            word = line->w[1];
            post_call_done(line);
        }
        assert_int_equal(word, 77);
        expect_mail(1);
        expect_mail(2);
        nothing_is_left();
    }
}

static void what_is_refused_is_answered(void **state)
{
    (void)state;
    begin(0, MODEL_DENIES);
    begin(1, MODEL_SERVES);
    begin(2, MODEL_DEAD);
    begin(3, MODEL_DIES);
    assert_ptr_equal(post_await_any(POST_FOREVER), &calls[0]);
    assert_int_equal(calls[0].status, STATUS_DENIED);
    assert_int_equal(post_await(&calls[1], POST_FOREVER), STATUS_OK);
    assert_int_equal(post_await(&calls[2], POST_FOREVER), STATUS_DEAD);
    assert_int_equal(post_await(&calls[3], POST_FOREVER), STATUS_DEAD);
    assert_int_equal(post_dropped, 0);
    begin(0, MODEL_DENIES);
    assert_int_equal(post_flush(), STATUS_DENIED);
    assert_true(post_answered(&calls[0]));
    assert_int_equal(post_await(&calls[0], POST_FOREVER), STATUS_DENIED);
    assert_int_equal(post_begin(&calls[0], HANDLE_VOID, 7, NULL, 0, NULL, 0), STATUS_NO_ROUTE);
    assert_int_equal(post_await(&calls[0], POST_FOREVER), STATUS_NO_ROUTE);
    nothing_is_left();
}

static void what_is_lost_is_told(void **state)
{
    (void)state;
    begin(0, MODEL_SILENT);
    begin(1, MODEL_SILENT);
    assert_int_equal(post_flush(), STATUS_OK);
    reply(calls[1].index, 5);
    model_set_aside();
    assert_int_equal(post_await(&calls[1], POST_FOREVER), STATUS_OK);
    assert_int_equal(post_await(&calls[0], POST_FOREVER), STATUS_RESET);
    nothing_is_left();
}

/* Before it leaves, while it is open, when its reply is there, when that was taken in. */
static void a_cancel_at_any_time(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        begin(i, MODEL_SILENT);
    post_cancel(&calls[0]);
    assert_int_equal(post_flush(), STATUS_OK);
    assert_int_equal(post_own->in.open_calls, 3);
    reply(calls[2].index, 5);
    reply(calls[3].index, 5);
    mail(1);
    post_cancel(&calls[2]);
    assert_int_equal(answers[2], 0);
    assert_true(post_answered(&calls[3]));
    post_cancel(&calls[3]);
    post_cancel(&calls[1]);
    assert_int_equal(post_odd, 1);
    expect_mail(1);
    assert_int_equal(model_cancelled, 0);
    assert_int_equal(post_flush(), STATUS_OK);
    assert_int_equal(model_cancelled, 1);
    nothing_is_left();
}

/* There is no room for cancels: they go before the next entries. */
static void cancels_wait_for_room(void **state)
{
    uint32_t word = 9;

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        begin(i, MODEL_SILENT);
    assert_int_equal(post_flush(), STATUS_OK);
    model_full_waits = 1000;
    while (post_slot(1))
        post_put(MODEL_FULL, 7, &word, 4);
    for (unsigned i = 0; i < 4; i++)
        post_cancel(&calls[i]);
    assert_int_equal(model_cancelled, 0);
    reply(calls[3].index, 1); /* is quicker */
    mail(2);
    expect_mail(2);
    assert_int_equal(post_odd, 3);
    model_full_waits = 0;
    assert_int_equal(post_send(MODEL_TAKES, 7, &word, 4), STATUS_OK);
    assert_int_equal(model_cancelled, 3);
    nothing_is_left();
}

/* More than there are slots of the ledger: none is left behind by those that gave up. */
static void deadlines_leave_nothing(void **state)
{
    uint32_t word = 1;

    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        enum status status = post_call(MODEL_SILENT, 7, &word, 4, &word, 4, NULL, post_in(2));
        assert_int_equal(status, STATUS_TIMEOUT);
        assert_int_equal(post_own->in.open_calls, 0);
    }
    assert_int_equal(model_cancelled, 300);
    nothing_is_left();
}

static void answer_at_wait(void)
{
    reply(waited_for, 4);
    model_at_wait = NULL;
}

static void an_answer_ends_a_wait(void **state)
{
    (void)state;
    begin(0, MODEL_SILENT);
    waited_for = calls[0].index;
    model_at_wait = answer_at_wait;
    while (!post_answered(&calls[0]))
        post_wait(POST_FOREVER);
    unsigned waits = model_waits;
    post_wait(POST_FOREVER); /* as long as it is not taken */
    assert_int_equal(model_waits, waits);
    assert_ptr_equal(post_await_any(POST_FOREVER), &calls[0]);
    nothing_is_left();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(answers_go_to_their_calls, model_begin),
        cmocka_unit_test_setup(a_reply_behind_mail, model_begin),
        cmocka_unit_test_setup(what_is_refused_is_answered, model_begin),
        cmocka_unit_test_setup(what_is_lost_is_told, model_begin),
        cmocka_unit_test_setup(a_cancel_at_any_time, model_begin),
        cmocka_unit_test_setup(cancels_wait_for_room, model_begin),
        cmocka_unit_test_setup(deadlines_leave_nothing, model_begin),
        cmocka_unit_test_setup(an_answer_ends_a_wait, model_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
