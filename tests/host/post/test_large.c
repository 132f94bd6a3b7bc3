/*
 * What is large, in libpost: what goes inline and what by frames, extents and their list, what a buffer
 * knows of whose its pages are, and that misuse and refusals leave it as it was. The pager is played
 * here: it gives out addresses in a row, and notes what it is asked.
 * Sources: tests/host/post/router_model.c $(addprefix apps/libpost/,buffer.c call.c give.c grant.c inbox.c outbox.c reply.c seal.c send.c)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include "router_model.h"
#include "apps/libpost/internal.h"

#define CLIENT 0x00020007u
#define HEAP   0x50000000u /* memory for tests that write to what they have allocated */
#define PAGES  16

static struct {
    uint32_t next;  /* address of the next ALLOC                   */
    uint32_t pages; /* most that ALLOC gives                       */
    unsigned allocs, releases;
    uint32_t asked; /* pages, at the last ALLOC */
    struct {
        uint32_t at, pages;
    } released[8];
    uint32_t bytes; /* of every module          */
} pager;

static void answer(struct line *r)
{
    r->w[1] = STATUS_OK;
    if (r->tag == TAG_ALLOC) {
        pager.allocs++;
        pager.asked = r->w[2];
        if (r->w[2] > pager.pages)
            r->w[1] = STATUS_NO_MEMORY;
        else
            r->w[2] = (pager.next += r->w[2] * PAGE_SIZE) - r->w[2] * PAGE_SIZE;
    } else if (r->tag == TAG_RELEASE) {
        pager.released[pager.releases].at = r->w[2];
        pager.released[pager.releases++].pages = r->w[3];
    } else if (r->tag == TAG_MODULE) {
        r->w[2] = LANDING_BASE;
        r->w[3] = pager.bytes;
    } else {
        r->w[1] = STATUS_BAD_OP;
    }
}

static int begin(void **state)
{
    model_begin(state);
    memset(&pager, 0, sizeof pager);
    pager.next = HEAP;
    pager.pages = 4096;
    model_pager = answer;
    return 0;
}

static int map_heap(void **state)
{
    (void)state;
    return mmap((void *)(uintptr_t)HEAP, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED;
}

/* Some pages of this task's, which nobody touches. */
static struct post_buffer mine(uint32_t address, unsigned pages)
{
    return (struct post_buffer){.data = (void *)(uintptr_t)address,
                                .pages = pages,
                                .bytes = pages * PAGE_SIZE,
                                .state = POST_MINE};
}

/* The last message that the router took; requests to the pager are none. */
static const struct line *last(void)
{
    unsigned i = model_taken_count;
    while (i > 0 && model_taken[i - 1].peer == HANDLE_PAGER)
        i--;
    assert_true(i > 0);
    return &model_taken[i - 1];
}

/* ---- Inline, or by frames ---- */

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
        assert_int_equal(last()->flags, 0);
        assert_int_equal(last()->lines, post_lines(sizes[i] + 8));
        assert_int_equal(last()->w[1], sizes[i]);
        assert_memory_equal(&post_own->outbox[at].w[2], data, sizes[i]);
    }
    assert_int_equal(pager.allocs, 0);
}

static void what_does_not_goes_by_frames(void **state)
{
    static uint8_t data[3 * PAGE_SIZE];

    (void)state;
    memset(data, 0x3C, sizeof data);
    assert_int_equal(post_give_bytes(MODEL_TAKES, 7, data, POST_GIVE_INLINE + 1), STATUS_OK);
    assert_int_equal(last()->flags, FLAG_GRANT);
    assert_int_equal(last()->lines, 1);
    assert_int_equal(last()->w[1], POST_GIVE_INLINE + 1);
    assert_int_equal(last()->w[3], 1);
    assert_int_equal(last()->w[4], HEAP);
    assert_int_equal(last()->w[5], 1);
    assert_memory_equal((void *)(uintptr_t)HEAP, data, POST_GIVE_INLINE + 1);
    assert_int_equal(post_give_bytes(MODEL_TAKES, 7, data, 2 * PAGE_SIZE + 1), STATUS_OK);
    assert_int_equal(last()->w[4], HEAP + PAGE_SIZE);
    assert_int_equal(last()->w[5], 3);
    assert_int_equal(pager.releases, 0);
}

static void a_copy_that_nobody_took_is_released(void **state)
{
    static uint8_t data[PAGE_SIZE];

    (void)state;
    assert_int_equal(post_give_bytes(MODEL_DENIES, 7, data, sizeof data), STATUS_DENIED);
    assert_int_equal(pager.releases, 1);
    assert_int_equal(pager.released[0].at, HEAP);
    pager.pages = 0;
    assert_int_equal(post_give_bytes(MODEL_TAKES, 7, data, sizeof data), STATUS_NO_MEMORY);
    assert_int_equal(pager.releases, 1);
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
    struct post_buffer b = mine(HEAP, 2);
    const char *text = "five!";

    (void)state;
    assert_int_equal(post_give(MODEL_TAKES, 7, &thing), STATUS_OK);
    assert_int_equal(last()->w[1], sizeof thing);
    assert_int_equal(post_give(MODEL_TAKES, 7, &array), STATUS_OK);
    assert_int_equal(last()->w[1], sizeof array);
    assert_int_equal(post_give(MODEL_TAKES, 7, text), STATUS_OK);
    assert_int_equal(last()->w[1], 6);
    assert_string_equal((const char *)&last()->w[2], "five!");
    assert_int_equal(post_give(MODEL_TAKES, 7, &b), STATUS_OK);
    assert_int_equal(last()->w[1], 2 * PAGE_SIZE);
    assert_int_equal(b.state, POST_AWAY);
}

static void a_small_buffer_stays_and_a_large_one_goes(void **state)
{
    struct post_buffer b = mine(HEAP, 1);

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

/* ---- Granting and lending ---- */

static void up_to_four_extents_stand_in_the_line(void **state)
{
    const uint32_t words[2] = {11, 12};

    (void)state;
    for (unsigned n = 1; n <= EXTENT_LIST_MAX; n += n < 6 ? 1 : 121) {
        struct post_buffer b[EXTENT_LIST_MAX];
        unsigned how = n % 2 ? POST_READ_ONLY : 0;
        for (unsigned i = 0; i < n; i++)
            b[i] = mine(HEAP + i * 0x10000, i + 1);
        assert_int_equal(post_grant(MODEL_TAKES, 7, words, b, n, how, POST_FOREVER), STATUS_OK);
        const struct extent *e =
            n <= INLINE_EXTENTS ? (const struct extent *)&last()->w[4] : post_own->out.extents;
        assert_int_equal(last()->w[1], 11);
        assert_int_equal(last()->w[2], 12);
        assert_int_equal(last()->w[3], n | how | (n > INLINE_EXTENTS ? EXTENT_LIST : 0));
        for (unsigned i = 0; i < n; i++) {
            assert_int_equal(e[i].address, HEAP + i * 0x10000);
            assert_int_equal(e[i].pages, i + 1);
            assert_int_equal(b[i].state, POST_AWAY);
        }
    }
}

static void misuse_posts_nothing(void **state)
{
    static struct post_buffer b[EXTENT_LIST_MAX + 1];
    const uint32_t words[2] = {0};
    struct post_pages_call c = {.buffers = b, .n = 2, .size = MAX_INLINE - 3};

    (void)state;
    for (unsigned i = 0; i < EXTENT_LIST_MAX + 1; i++)
        b[i] = mine(HEAP, 1);
    assert_int_equal(post_grant(MODEL_TAKES, 7, words, b, 0, 0, 0), STATUS_BAD);
    assert_int_equal(post_grant(MODEL_TAKES, 7, words, b, EXTENT_LIST_MAX + 1, 0, 0), STATUS_BAD);
    assert_int_equal(post_lend(MODEL_SERVES, 7, &c, 0), STATUS_BAD);
    c.size = 0;
    for (enum post_state s = POST_NOTHING; s <= POST_BORROWED; s++) {
        if (s == POST_MINE)
            continue;
        b[1].state = s;
        post_own->in.ledger[0] = (struct call){.server = s == POST_LENT ? CLIENT : 0};
        assert_int_equal(post_grant(MODEL_TAKES, 7, words, b, 2, 0, 0), STATUS_BUSY);
        assert_int_equal(post_lend(MODEL_SERVES, 7, &c, 0), STATUS_BUSY);
        assert_int_equal(post_grant_call(MODEL_SERVES, 7, &c, 0), STATUS_BUSY);
        assert_int_equal(b[0].state, POST_MINE);
        assert_int_equal(b[1].state, s);
    }
    assert_int_equal(model_taken_count, 0);
    assert_int_equal(model_gates, 0);
}

static void what_was_not_delivered_is_mine(void **state)
{
    struct post_buffer b = mine(HEAP, 1);
    const uint32_t words[2] = {0};

    (void)state;
    assert_int_equal(post_grant(MODEL_DENIES, 7, words, &b, 1, 0, POST_FOREVER), STATUS_DENIED);
    assert_int_equal(post_grant(MODEL_DEAD, 7, words, &b, 1, 0, POST_FOREVER), STATUS_DEAD);
    model_full_waits = 1000;
    assert_int_equal(post_grant(MODEL_MOVES, 7, words, &b, 1, 0, post_in(20)), STATUS_MOVE);
    assert_int_equal(post_now(), 1020);
    assert_int_equal(b.state, POST_MINE);
    model_full_waits = 5;
    assert_int_equal(post_grant(MODEL_MOVES, 7, words, &b, 1, 0, POST_FOREVER), STATUS_OK);
    assert_int_equal(b.state, POST_AWAY);
    assert_int_equal(model_taken_count, 1);
}

static void a_loan_comes_back_with_the_reply(void **state)
{
    struct post_buffer b = mine(HEAP, 1);
    uint32_t reply[11] = {0};
    struct post_pages_call c = {
        .words = {0, 8}, .buffers = &b, .n = 1, .reply = reply, .size = sizeof reply};

    (void)state;
    assert_int_equal(post_lend(MODEL_SERVES, 7, &c, POST_FOREVER), STATUS_OK);
    assert_int_equal(last()->flags, FLAG_CALL | FLAG_GRANT | FLAG_LEND);
    assert_int_equal(c.got, sizeof reply);
    assert_int_equal(reply[1], 8);
    assert_int_equal(b.state, POST_MINE);
    assert_int_equal(post_lend(MODEL_DIES, 7, &c, POST_FOREVER), STATUS_DEAD);
    assert_int_equal(b.state, POST_MINE);
    assert_int_equal(post_lend(MODEL_DENIES, 7, &c, POST_FOREVER), STATUS_DENIED);
    assert_int_equal(b.state, POST_MINE);
}

static void what_is_lent_is_not_mine_until_the_call_is_closed(void **state)
{
    struct post_buffer b = mine(HEAP, 1);
    struct post_pages_call c = {.buffers = &b, .n = 1};
    uint32_t index = post_own->out.out_tail, slot = index & post_own->in.out_mask;

    (void)state;
    assert_int_equal(post_lend(MODEL_SILENT, 7, &c, post_in(10)), STATUS_TIMEOUT);
    assert_int_equal(b.state, POST_LENT);
    post_own->in.ledger[slot] = (struct call){.server = CLIENT, .slot = index};
    assert_false(post_mine(&b));
    assert_int_equal(post_free(&b), STATUS_BUSY);
    assert_int_equal(post_prepare(&b, 1), STATUS_BUSY);
    post_own->in.ledger[slot].slot = index + 64; /* closed, and taken by another call */
    assert_true(post_mine(&b));
    b.state = POST_LENT;
    post_own->in.ledger[slot] = (struct call){.slot = index};
    assert_true(post_mine(&b));
    assert_int_equal(pager.releases, 0);
}

static void what_is_granted_with_a_call_is_away_even_unanswered(void **state)
{
    struct post_buffer b = mine(HEAP, 1);
    struct post_pages_call c = {.buffers = &b, .n = 1};

    (void)state;
    assert_int_equal(post_grant_call(MODEL_DENIES, 7, &c, POST_FOREVER), STATUS_DENIED);
    assert_int_equal(b.state, POST_MINE);
    assert_int_equal(post_grant_call(MODEL_SILENT, 7, &c, post_in(10)), STATUS_TIMEOUT);
    assert_int_equal(b.state, POST_AWAY);
    b.state = POST_MINE;
    assert_int_equal(post_grant_call(MODEL_SERVES, 7, &c, POST_FOREVER), STATUS_OK);
    assert_int_equal(last()->flags, FLAG_CALL | FLAG_GRANT);
    assert_int_equal(b.state, POST_AWAY);
}

/* ---- Buffers ---- */

static void pages_that_are_enough_stay(void **state)
{
    struct post_buffer b = {0};

    (void)state;
    assert_int_equal(post_prepare(&b, 0), STATUS_OK);
    assert_int_equal(b.pages, 1);
    assert_int_equal(post_prepare(&b, PAGE_SIZE), STATUS_OK);
    assert_int_equal(pager.allocs, 1);
    assert_int_equal(b.bytes, PAGE_SIZE);
    assert_int_equal(post_prepare(&b, PAGE_SIZE + 1), STATUS_OK);
    assert_int_equal(pager.allocs, 2);
    assert_int_equal(pager.released[0].at, HEAP);
    assert_int_equal(pager.released[0].pages, 1);
    assert_int_equal((uintptr_t)b.data, HEAP + PAGE_SIZE);
    assert_int_equal(post_free(&b), STATUS_OK);
    assert_int_equal(pager.releases, 2);
    assert_int_equal(b.state, POST_NOTHING);
    assert_int_equal(post_free(&b), STATUS_OK);
    assert_int_equal(pager.releases, 2);
}

static void what_is_away_is_replaced_and_not_released(void **state)
{
    struct post_buffer b = mine(HEAP + PAGE_SIZE, 1);

    (void)state;
    b.state = POST_AWAY;
    assert_int_equal(post_prepare(&b, 10), STATUS_OK);
    assert_int_equal((uintptr_t)b.data, HEAP);
    assert_int_equal(pager.releases, 0);
    b.state = POST_BORROWED;
    assert_int_equal(post_prepare(&b, 10), STATUS_BUSY);
    assert_int_equal(post_free(&b), STATUS_BUSY);
    b.state = POST_AWAY;
    pager.pages = 0;
    assert_int_equal(post_prepare(&b, 10), STATUS_NO_MEMORY);
    assert_int_equal(b.state, POST_NOTHING);
}

/* A whole table's worth begins where a table does; what was too much goes back on both sides. */
static void large_blocks_are_aligned(void **state)
{
    uint32_t tables = TABLE_SPAN / PAGE_SIZE;

    (void)state;
    pager.next = HEAP + 3 * PAGE_SIZE;
    assert_int_equal((uintptr_t)post_alloc(tables + 5), HEAP + TABLE_SPAN);
    assert_int_equal(pager.asked, 2 * tables + 4);
    assert_int_equal(pager.releases, 2);
    assert_int_equal(pager.released[0].at, HEAP + 3 * PAGE_SIZE);
    assert_int_equal(pager.released[0].pages, tables - 3);
    assert_int_equal(pager.released[1].at, HEAP + 2 * TABLE_SPAN + 5 * PAGE_SIZE);
    assert_int_equal(pager.released[1].pages, 2);
    pager.next = HEAP;
    assert_int_equal((uintptr_t)post_alloc(tables), HEAP);
    assert_int_equal(pager.releases, 3); /* nothing before it */
    /* Without room to choose from, as it comes. */
    pager.next = HEAP + PAGE_SIZE;
    pager.pages = tables;
    assert_int_equal((uintptr_t)post_alloc(tables), HEAP + PAGE_SIZE);
    assert_null(post_alloc(tables + 1));
    assert_int_equal(pager.releases, 3);
}

static void a_module_has_the_pages_of_its_bytes(void **state)
{
    struct post_buffer b = {0};

    (void)state;
    pager.bytes = PAGE_SIZE + 1;
    assert_int_equal(post_module("file", &b), STATUS_OK);
    assert_int_equal(b.pages, 2);
    assert_int_equal(b.bytes, PAGE_SIZE + 1);
    assert_int_equal(b.state, POST_MINE);
    pager.bytes = 0;
    assert_int_equal(post_module("empty", &b), STATUS_OK);
    assert_int_equal(b.state, POST_NOTHING);
    unsigned taken = model_taken_count;
    assert_int_equal(post_module("a name of more than thirty-one bytes", &b), STATUS_NO_SUCH);
    assert_int_equal(model_taken_count, taken);
    assert_int_equal(post_land(NULL, 0), STATUS_BAD_OP); /* this pager knows no LAND: as it says */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_fits_a_message_goes_inline, begin),
        cmocka_unit_test_setup(what_does_not_goes_by_frames, begin),
        cmocka_unit_test_setup(a_copy_that_nobody_took_is_released, begin),
        cmocka_unit_test_setup(give_knows_the_size_of_what_it_is_given, begin),
        cmocka_unit_test_setup(a_small_buffer_stays_and_a_large_one_goes, begin),
        cmocka_unit_test_setup(a_view_never_exceeds_what_came, begin),
        cmocka_unit_test_setup(up_to_four_extents_stand_in_the_line, begin),
        cmocka_unit_test_setup(misuse_posts_nothing, begin),
        cmocka_unit_test_setup(what_was_not_delivered_is_mine, begin),
        cmocka_unit_test_setup(a_loan_comes_back_with_the_reply, begin),
        cmocka_unit_test_setup(what_is_lent_is_not_mine_until_the_call_is_closed, begin),
        cmocka_unit_test_setup(what_is_granted_with_a_call_is_away_even_unanswered, begin),
        cmocka_unit_test_setup(pages_that_are_enough_stay, begin),
        cmocka_unit_test_setup(what_is_away_is_replaced_and_not_released, begin),
        cmocka_unit_test_setup(large_blocks_are_aligned, begin),
        cmocka_unit_test_setup(a_module_has_the_pages_of_its_bytes, begin),
    };
    return cmocka_run_group_tests(tests, map_heap, NULL);
}
