/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is large, in libpost: what goes inline and what by frames, and what a receiver sees of it.
 * Sources: tests/host/post/router_model.c tests/host/post/pager_model.c $(addprefix
 * Sources: apps/libpost/,buffer.c call.c give.c grant.c inbox.c outbox.c pending.c reply.c seal.c
 * Sources: send.c)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "pager_model.h"

static void what_fits_a_message_goes_inline(void **state)
{
    static const unsigned sizes[] = {0, 1, 4, 40, 41, 104, 105, 1000, POST_GIVE_INLINE};
    static uint8_t data[POST_GIVE_INLINE];

    (void)state;
    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = i * 7;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint32_t at = post_own->out.out_tail & post_own->in.out_mask;
        assert_int_equal(post_give_bytes(MODEL_TAKES, 7, data, sizes[i]), STATUS_OK);
        assert_int_equal(model_last()->flags, 0);
        assert_int_equal(model_last()->lines, post_lines(sizes[i] + 8));
        assert_int_equal(model_last()->w[1], sizes[i]);
        assert_memory_equal(&post_own->outbox[at].w[2], data, sizes[i]);
    }
    assert_int_equal(model_memory.allocs, 0);
}

static void what_does_not_goes_by_frames(void **state)
{
    static uint8_t data[3 * PAGE_SIZE];

    (void)state;
    memset(data, 0x3C, sizeof data);
    assert_int_equal(post_give_bytes(MODEL_TAKES, 7, data, POST_GIVE_INLINE + 1), STATUS_OK);
    assert_int_equal(model_last()->flags, FLAG_GRANT);
    assert_int_equal(model_last()->lines, 1);
    assert_int_equal(model_last()->w[1], POST_GIVE_INLINE + 1);
    assert_int_equal(model_last()->w[3], 1);
    assert_int_equal(model_last()->w[4], HEAP);
    assert_int_equal(model_last()->w[5], 1);
    assert_memory_equal((void *)(uintptr_t)HEAP, data, POST_GIVE_INLINE + 1);
    assert_int_equal(post_give_bytes(MODEL_TAKES, 7, data, 2 * PAGE_SIZE + 1), STATUS_OK);
    assert_int_equal(model_last()->w[4], HEAP + PAGE_SIZE);
    assert_int_equal(model_last()->w[5], 3);
    assert_int_equal(model_memory.releases, 0);
}

static void a_copy_that_nobody_took_is_released(void **state)
{
    static uint8_t data[PAGE_SIZE];

    (void)state;
    assert_int_equal(post_give_bytes(MODEL_DENIES, 7, data, sizeof data), STATUS_DENIED);
    assert_int_equal(model_memory.releases, 1);
    assert_int_equal(model_memory.released[0].at, HEAP);
    model_memory.pages = 0;
    assert_int_equal(post_give_bytes(MODEL_TAKES, 7, data, sizeof data), STATUS_NO_MEMORY);
    assert_int_equal(model_memory.releases, 1);
    for (unsigned i = 0; i < model_taken_count; i++)
        assert_int_equal(model_taken[i].peer, HANDLE_PAGER);
}

static void give_knows_the_size_of_what_it_is_given(void **state)
{
    struct {
        uint32_t a;
        uint8_t b[13];
    } thing = {0};
    uint16_t array[9] = {0};
    struct post_buffer b = model_mine(HEAP, 2);
    const char *text = "five!";

    (void)state;
    assert_int_equal(post_give(MODEL_TAKES, 7, &thing), STATUS_OK);
    assert_int_equal(model_last()->w[1], sizeof thing);
    assert_int_equal(post_give(MODEL_TAKES, 7, &array), STATUS_OK);
    assert_int_equal(model_last()->w[1], sizeof array);
    assert_int_equal(post_give(MODEL_TAKES, 7, text), STATUS_OK);
    assert_int_equal(model_last()->w[1], 6);
    assert_string_equal((const char *)&model_last()->w[2], "five!");
    assert_int_equal(post_give(MODEL_TAKES, 7, &b), STATUS_OK);
    assert_int_equal(model_last()->w[1], 2 * PAGE_SIZE);
    assert_int_equal(b.state, POST_AWAY);
}

static void a_small_buffer_stays_and_a_large_one_goes(void **state)
{
    struct post_buffer b = model_mine(HEAP, 1);

    (void)state;
    b.bytes = POST_GIVE_INLINE;
    assert_int_equal(post_give(MODEL_TAKES, 7, &b), STATUS_OK);
    assert_int_equal(b.state, POST_MINE);
    b.state = POST_BORROWED;
    assert_int_equal(post_give(MODEL_TAKES, 7, &b), STATUS_OK);
    b.bytes++;
    assert_int_equal(post_give(MODEL_TAKES, 7, &b), STATUS_BUSY);
    assert_int_equal(b.state, POST_BORROWED);
    b.state = POST_MINE;
    assert_int_equal(post_give(MODEL_DENIES, 7, &b), STATUS_DENIED);
    assert_int_equal(b.state, POST_MINE);
    assert_int_equal(post_give(MODEL_TAKES, 7, &b), STATUS_OK);
    assert_int_equal(b.state, POST_AWAY);
    unsigned taken = model_taken_count;
    b.bytes = 4;
    assert_int_equal(post_give(MODEL_TAKES, 7, &b), STATUS_BUSY);
    assert_int_equal(model_taken_count, taken);
}

/* What is said of the size is believed as far as there is something. */
static void a_view_never_exceeds_what_came(void **state)
{
    struct line line = {.lines = 2, .w = {0, 30}};

    (void)state;
    struct post_view v = post_view(&line);
    assert_ptr_equal(v.data, &line.w[2]);
    assert_int_equal(v.bytes, 30);
    assert_int_equal(v.pages.state, POST_NOTHING);
    line.w[1] = 105;
    assert_int_equal(post_view(&line).bytes, 104);
    line.w[1] = ~0u;
    assert_int_equal(post_view(&line).bytes, 104);
    line = (struct line){.lines = 1, .flags = FLAG_GRANT, .w = {0, 5000, 0, 1, LANDING_BASE, 2}};
    v = post_view(&line);
    assert_int_equal(v.bytes, 5000);
    assert_int_equal(v.pages.bytes, 5000);
    assert_int_equal((uintptr_t)v.data, LANDING_BASE);
    assert_int_equal(v.pages.state, POST_MINE);
    line.w[1] = 2 * PAGE_SIZE + 1;
    line.flags |= FLAG_LEND;
    v = post_view(&line);
    assert_int_equal(v.bytes, 2 * PAGE_SIZE);
    assert_int_equal(v.pages.state, POST_BORROWED);
}

/*
 * One run is what is given; further ones are released, once, and none that is lent. The first such
 * message of the task is the one after whose first line indices come round.
 */
static void a_view_keeps_one_run(void **state)
{
    (void)state;
    while (post_own->out.in_head != UINT32_MAX) {
        model_mail(CLIENT, 7, 0, 1, 0);
        post_done(post_peek());
    }
    for (unsigned lend = 0; lend < 2; lend++) {
        model_memory.releases = 0;
        model_mail(CLIENT, 7, FLAG_GRANT | (lend ? FLAG_CALL | FLAG_LEND : 0), 5, 0);
        struct line *line = (struct line *)(uintptr_t)post_peek();
        line->w[1] = 9;
        line->w[3] = 4;
        for (unsigned i = 0; i < 4; i++) {
            line->w[4 + 2 * i] = LANDING_BASE + i * TABLE_SPAN;
            line->w[5 + 2 * i] = i + 1;
        }
        for (unsigned twice = 0; twice < 2; twice++) {
            struct post_view v = post_view(line);
            assert_int_equal((uintptr_t)v.data, LANDING_BASE);
            assert_int_equal(v.bytes, 9);
            assert_int_equal(v.pages.pages, 1);
            assert_int_equal(model_memory.releases, lend ? 0 : 3);
        }
        for (unsigned i = 0; i < model_memory.releases; i++) {
            assert_int_equal(model_memory.released[i].at, LANDING_BASE + (i + 1) * TABLE_SPAN);
            assert_int_equal(model_memory.released[i].pages, i + 2);
        }
        assert_ptr_equal(post_peek(), line);
        post_done(line);
    }
    assert_null(post_peek());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_fits_a_message_goes_inline, pager_model_begin),
        cmocka_unit_test_setup(what_does_not_goes_by_frames, pager_model_begin),
        cmocka_unit_test_setup(a_copy_that_nobody_took_is_released, pager_model_begin),
        cmocka_unit_test_setup(give_knows_the_size_of_what_it_is_given, pager_model_begin),
        cmocka_unit_test_setup(a_small_buffer_stays_and_a_large_one_goes, pager_model_begin),
        cmocka_unit_test_setup(a_view_never_exceeds_what_came, pager_model_begin),
        cmocka_unit_test_setup(a_view_keeps_one_run, pager_model_begin),
    };
    return cmocka_run_group_tests(tests, pager_model_map, NULL);
}
