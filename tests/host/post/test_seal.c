/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sealed messages: what post_seal.h says is covered is, bit by bit; what is CORRUPT is never
 * delivered, and costs no other message.
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

/* What was committed goes round to one's own inbox, as the router would deliver it. */
static struct line *go_round(void)
{
    struct line *first = NULL;

    for (uint32_t at = post_own->in.out_head; at != post_own->out.out_tail;) {
        const struct line *from = &post_own->outbox[at & post_own->in.out_mask];
        uint32_t to = post_own->in.in_tail;
        struct line *line = &post_own->inbox[to & post_own->in.in_mask];

        memcpy(line, from, from->lines * LINE_BYTES);
        line->peer = CLIENT;
        line->badge = 5;
        if (line->flags & FLAG_CALL)
            line->w[0] = at;
        for (unsigned i = 0; i < line->lines; i++)
            post_own->in.first[(to + i) & post_own->in.in_mask] = i ? FIRST_INSIDE : 0;
        post_own->in.in_tail += line->lines;
        at += line->lines;
        post_own->in.out_head = at;
        if (!first)
            first = line;
    }
    return first;
}

/* A message of other words each time. */
static struct line *sealed_message(unsigned lines, unsigned flags)
{
    static uint32_t word = 1;
    struct line *line = post_slot_wait(lines);

    for (unsigned i = 0; i < lines * 16; i++)
        ((post_word *)line)[i] = word = word * 1664525u + 1013904223u;
    post_address(line, MODEL_TAKES, 7, lines, flags);
    post_seal(line);
    post_commit(lines);
    return go_round();
}

/* May the router write this bit of the line? */
static bool is_routers(const struct line *line, unsigned bit)
{
    unsigned word = bit / 32;

    return word == 0 || word == 2 || (word == 4 && line->flags & FLAG_CALL) ||
           (bit == 32 + 24 + 4 && line->flags & FLAG_REPLY); /* LEND */
}

static void every_bit_is_covered(void **state)
{
    static const unsigned sizes[] = {1, 2, 3, MAX_LINES};
    static const unsigned kinds[] = {0, FLAG_CALL, FLAG_REPLY};

    (void)state;
    for (unsigned n = 0; n < 12; n++) {
        unsigned lines = sizes[n / 3];
        struct line *line = sealed_message(lines, kinds[n % 3]);

        assert_int_equal(post_sealed(line), STATUS_OK);
        for (unsigned bit = 0; bit < lines * LINE_BYTES * 8; bit++) {
            enum status expected = is_routers(line, bit) ? STATUS_OK : STATUS_CORRUPT;

            ((post_word *)line)[bit / 32] ^= 1u << bit % 32;
            if (post_sealed(line) != expected)
                fail_msg("bit %u of a message of %u lines, flags %x", bit, lines, kinds[n % 3]);
            ((post_word *)line)[bit / 32] ^= 1u << bit % 32;
        }
        post_done(post_peek());
    }
}

/* Only those that post_seal.h names; in words as they are mixed in, 1, 3, 4, 5 and so on. */
static bool may_cancel(unsigned a, unsigned b)
{
    bool next = b / 32 == a / 32 + 1 || (a / 32 == 1 && b / 32 == 3);
    return next && ((a % 32 == 31 && b % 32 == 4) || (a % 32 == 30 && b % 32 == 3));
}

static void two_bits_do_not_cancel(void **state)
{
    struct line *line = sealed_message(1, 0);
    post_word *words = (post_word *)line;

    (void)state;
    for (unsigned a = 0; a < LINE_BYTES * 8; a++) {
        for (unsigned b = is_routers(line, a) ? LINE_BYTES * 8 : a + 1; b < LINE_BYTES * 8; b++) {
            if (is_routers(line, b) || may_cancel(a, b))
                continue;
            words[a / 32] ^= 1u << a % 32;
            words[b / 32] ^= 1u << b % 32;
            if (post_sealed(line) == STATUS_OK)
                fail_msg("bits %u and %u", a, b);
            words[a / 32] ^= 1u << a % 32;
            words[b / 32] ^= 1u << b % 32;
        }
    }
}

static void swap(void *a, void *b, unsigned bytes)
{
    uint8_t c[LINE_BYTES];
    memcpy(c, a, bytes);
    memcpy(a, b, bytes);
    memcpy(b, c, bytes);
}

/* What a copy that goes wrong does: words and lines out of place, left over, or not there. */
static void places_count(void **state)
{
    struct line *line = sealed_message(MAX_LINES, 0), before[MAX_LINES];
    post_word *words = (post_word *)line;

    (void)state;
    memcpy(before, line, sizeof before);
    for (unsigned a = 4; a < 16; a++)
        for (unsigned b = a + 1; b < MAX_LINES * 16; b++) {
            swap(&words[a], &words[b], 4);
            assert_int_equal(post_sealed(line), STATUS_CORRUPT);
            swap(&words[a], &words[b], 4);
        }
    for (unsigned a = 1; a < MAX_LINES; a++)
        for (unsigned b = a + 1; b < MAX_LINES; b++) {
            swap(&line[a], &line[b], LINE_BYTES);
            assert_int_equal(post_sealed(line), STATUS_CORRUPT);
            swap(&line[a], &line[b], LINE_BYTES);
        }
    for (unsigned from = 5; from < MAX_LINES * 16; from++) {
        memmove(&words[from - 1], &words[from], (MAX_LINES * 16 - from) * 4);
        assert_int_equal(post_sealed(line), STATUS_CORRUPT);
        memcpy(line, before, sizeof before);
        memset(&words[from], 0, (MAX_LINES * 16 - from) * 4);
        assert_int_equal(post_sealed(line), STATUS_CORRUPT);
        memcpy(line, before, sizeof before);
    }
    assert_int_equal(post_sealed(line), STATUS_OK);
}

static void what_was_never_sealed_is_corrupt(void **state)
{
    uint32_t word = 3;

    (void)state;
    assert_int_equal(post_put(MODEL_TAKES, 7, &word, sizeof word), STATUS_OK);
    struct line *line = go_round();
    assert_int_equal(post_sealed(line), STATUS_CORRUPT);
    memset(line, 0, sizeof *line);
    assert_int_equal(post_sealed(line), STATUS_CORRUPT);
}

static void forward_is_held_against_first(void **state)
{
    struct line *line = sealed_message(1, 0);
    uint32_t *first = &post_own->in.first[(line - post_own->inbox) & 63];

    (void)state;
    line->flags |= FLAG_FORWARD;
    assert_int_equal(post_sealed(line), STATUS_CORRUPT);
    *first = CLIENT;
    assert_int_equal(post_sealed(line), STATUS_OK);
    line->flags &= ~FLAG_FORWARD;
    assert_int_equal(post_sealed(line), STATUS_CORRUPT);
}

/* One of three messages is bad, in its length or elsewhere: the two others arrive. */
static void corrupt_messages_are_dropped(void **state)
{
    uint32_t data[60] = {0}, got[5 * 16];
    struct post_mail mail;

    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        for (data[0] = 0; data[0] < 3; data[0]++)
            assert_int_equal(post_put_sealed(MODEL_TAKES, 7, data, sizeof data), STATUS_OK);
        struct line *line = go_round();
        struct line *bad = &post_own->inbox[(line - post_own->inbox + line->lines) & 63];
        if (bad->lines == value)
            bad->w[1] ^= 1;
        bad->lines = value;
        for (uint32_t n = 0; n < 3; n++) {
            memset(got, 0xEE, sizeof got);
            mail.peer = 0;
            enum status status = post_recv_sealed(&mail, got, sizeof got, post_in(1));
            assert_int_equal(status, n == 1 ? STATUS_CORRUPT : STATUS_OK);
            assert_int_equal(got[0], n == 1 ? 0xEEEEEEEE : n);
            assert_int_equal(mail.peer, CLIENT);
        }
        assert_int_equal(post_recv_sealed(&mail, got, sizeof got, post_in(1)), STATUS_TIMEOUT);
    }
}

static void a_seal_takes_four_bytes(void **state)
{
    uint8_t data[MAX_INLINE], got[MAX_INLINE];
    struct post_mail mail = {0};
    struct post_caller caller = {.task = CLIENT};

    (void)state;
    memset(data, 0x5A, sizeof data);
    assert_int_equal(post_send_sealed(MODEL_TAKES, 7, data, 44), STATUS_OK);
    assert_int_equal(model_taken[0].lines, 1);
    assert_int_equal(post_send_sealed(MODEL_TAKES, 7, data, 45), STATUS_OK);
    assert_int_equal(model_taken[1].lines, 2);
    assert_int_equal(post_send_sealed(MODEL_DEAD, 7, data, 45), STATUS_DEAD);
    post_flush();
    assert_int_equal(post_put_sealed(MODEL_TAKES, 7, data, MAX_INLINE - 4), STATUS_OK);
    go_round();
    assert_int_equal(post_recv_sealed(&mail, got, MAX_INLINE - 1, 0), STATUS_TOO_BIG);
    assert_int_equal(post_recv_sealed(&mail, got, MAX_INLINE, 0), STATUS_OK);
    assert_int_equal(mail.bytes, MAX_INLINE);
    assert_memory_equal(data, got, MAX_INLINE - 4);
    assert_int_equal(post_put_sealed(MODEL_TAKES, 7, data, MAX_INLINE - 3), STATUS_BAD);
    assert_int_equal(post_put_sealed(MODEL_TAKES, 7, data, ~0u), STATUS_BAD);
    assert_int_equal(post_reply_sealed(&caller, data, MAX_INLINE - 8), STATUS_OK);
    assert_int_equal(post_reply_sealed(&caller, data, MAX_INLINE - 7), STATUS_BAD);
    assert_int_equal(post_reply_sealed(&caller, data, ~0u), STATUS_BAD);
    assert_int_equal(
        post_call_sealed(MODEL_TAKES, 7, data, MAX_INLINE - 7, NULL, 0, NULL, POST_FOREVER),
        STATUS_BAD);
}

/* The server of a sealed call, as another task: it answers well, or a bit is changed on the way. */
static unsigned spoil;        /* a bit of the reply; 0: none, for it is peer's */
static const uint8_t *length; /* what a reply of three lines says it has */
static bool unsealed;

static void serve(void)
{
    uint32_t words[30] = {1, 2, 3}, tail = post_own->in.in_tail, scan = post_own->out.out_tail;
    const struct line *call = &model_taken[model_taken_count - 1];
    struct post_caller caller = {
        .task = MODEL_TAKES, .index = scan - call->lines, .cookie = call->cookie, .tag = 7};

    model_at_wait = NULL;
    assert_int_equal(post_seal_of(call), *post_seal_place(call));
    (unsealed ? post_reply : post_reply_sealed)(&caller, words, length ? sizeof words : 12);
    post_own->in.out_head = scan; /* the reply, and nothing before it */
    struct line *reply = go_round();
    model_answered(caller.index);
    assert_ptr_equal(reply, &post_own->inbox[tail & post_own->in.in_mask]);
    if (length) {
        assert_int_equal(reply->lines, 3);
        reply->lines = *length;
    }
    if (spoil)
        ((post_word *)reply)[spoil / 32] ^= 1u << spoil % 32;
}

static enum status sealed_call(uint32_t got[12])
{
    uint32_t words[3] = {4, 5, 6};
    unsigned bytes = 99;

    memset(got, 0xEE, 48);
    model_at_wait = serve;
    enum status status =
        post_call_sealed(MODEL_SILENT, 7, words, sizeof words, got, 40, &bytes, post_in(10));
    assert_int_equal(bytes, status == STATUS_OK ? 40 : 0);
    return status;
}

static void both_ways_of_a_call_are_sealed(void **state)
{
    uint32_t got[12];

    (void)state;
    assert_int_equal(sealed_call(got), STATUS_OK);
    assert_int_equal(got[0], 1);
    assert_int_equal(got[2], 3);
    for (spoil = 32; spoil < LINE_BYTES * 8; spoil++) {
        /*
         * Without REPLY or the cookie's highest bit it is no reply to a call of libpost's, with
         * another index one to another call; a badge is none of the seal's concern.
         */
        if (spoil / 32 == 2 || spoil / 32 == 4 || spoil == 3 * 32 + 31 || spoil == 32 + 24 + 1 ||
            spoil == 32 + 24 + 4)
            continue;
        assert_int_equal(sealed_call(got), STATUS_CORRUPT);
        assert_int_equal(got[0], 0xEEEEEEEE);
        assert_null(post_peek());
        assert_int_equal(post_own->out.in_head, post_own->in.in_tail);
    }
    spoil = 0;
    unsealed = true;
    assert_int_equal(sealed_call(got), STATUS_CORRUPT);
    unsealed = false;
    assert_int_equal(post_call_sealed(MODEL_DIES, 7, got, 4, got, 4, NULL, 0), STATUS_DEAD);
    assert_null(post_peek());
}

static void mail_around_a_call(uint32_t word)
{
    assert_int_equal(post_put(MODEL_TAKES, 7, &word, sizeof word), STATUS_OK);
    go_round();
}

/* Mail before a reply and behind it is found, whatever the reply says of its length. */
static void a_reply_is_taken_out_whole(void **state)
{
    uint32_t got[12];
    uint8_t value = 0;

    (void)state;
    length = &value;
    do {
        for (unsigned before = 0; before < 3; before++) {
            for (unsigned i = 0; i < before; i++)
                mail_around_a_call(i);
            assert_int_equal(sealed_call(got), value == 3 ? STATUS_OK : STATUS_CORRUPT);
            mail_around_a_call(before);
            for (unsigned i = 0; i <= before; i++) {
                const struct line *line = post_peek();
                assert_non_null(line);
                assert_int_equal(line->w[0], i);
                post_done(line);
            }
            assert_null(post_peek());
            assert_int_equal(post_odd, 0);
            assert_int_equal(post_own->out.in_head, post_own->in.in_tail);
        }
    } while (++value);
    length = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_bit_is_covered, model_begin),
        cmocka_unit_test_setup(two_bits_do_not_cancel, model_begin),
        cmocka_unit_test_setup(places_count, model_begin),
        cmocka_unit_test_setup(what_was_never_sealed_is_corrupt, model_begin),
        cmocka_unit_test_setup(forward_is_held_against_first, model_begin),
        cmocka_unit_test_setup(corrupt_messages_are_dropped, model_begin),
        cmocka_unit_test_setup(a_seal_takes_four_bytes, model_begin),
        cmocka_unit_test_setup(both_ways_of_a_call_are_sealed, model_begin),
        cmocka_unit_test_setup(a_reply_is_taken_out_whole, model_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
