/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages with pages: they arrive, whole and in order, where they may; they are gone from where
 * they were; and whatever is wrong with what a task names, it gets a status, nothing moves, and
 * no frame is lost. Loans and deaths are in the test `loans`.
 */
#include "crimes.h"
#include "frames.h"
#include "keeper.h"
#include "peer.h"

#define AREA 0x60000000u

static int keeper, deaf;
static uint32_t nothing[2];
static uint32_t keeper_id; /* known when it has sent something */

struct what {
    uint32_t status, runs, address, pages, bytes, messages, sum;
    uint32_t unused[4];
};

static struct what ask(uint16_t tag, uint32_t w2, uint32_t w3)
{
    struct what what = {0};
    uint32_t words[3] = {0, w2, w3};
    enum status status =
        post_call(keeper, tag, words, sizeof words, &what, sizeof what, NULL, POST_FOREVER);
    if (status != STATUS_OK)
        what.status = status;
    return what;
}

static enum status grant(struct post_buffer *b, unsigned n)
{
    return post_grant(keeper, KEEPER_KEEP, nothing, b, n, 0, POST_FOREVER);
}

/* Has keeper grant its last run back: where it is now. */
static struct post_buffer fetch(void)
{
    struct what what = ask(TAG_BACK, 0, 0);
    const struct line *line = post_next(POST_FOREVER);
    struct post_buffer b = post_landed(line, 0);

    tap_ok(what.status == STATUS_OK && line->tag == TAG_BACK && post_runs(line) == 1,
           "and it comes back");
    keeper_id = line->peer;
    post_done(line);
    return b;
}

/* ---- What works ---- */

static void some_pages(unsigned pages)
{
    struct frames before = frames_now();
    struct post_buffer b = frames_buffer(pages, pages);

    tap_ok(grant(&b, 1) == STATUS_OK && b.state == POST_AWAY, "%u pages are granted", pages);
    struct what what = ask(TAG_WHAT, 0, 0);
    tap_ok(what.runs == 1 && what.pages == pages && what.address >= LANDING_BASE,
           "and arrive as one run");
    struct post_buffer back = fetch();
    tap_ok(back.pages == pages && frames_intact(back.data, pages, pages, 0),
           "with what was in them");
    tap_status(post_free(&back), STATUS_OK, "and are released");
    frames_sound(&before, 0, "granted");
}

static void whole_tables(void)
{
    struct frames before = frames_now();
    struct post_buffer b = frames_buffer(3 * 512, 7);

    tap_ok((uintptr_t)b.data % TABLE_SPAN == 0, "6 MiB are aligned to 2 MiB");
    tap_status(grant(&b, 1), STATUS_OK, "they are granted");
    struct frames after = frames_now();
    tap_is(after.tables_moved - before.tables_moved, 3, "three tables were moved");
    tap_is(after.pages_moved - before.pages_moved, 0, "and no single page");
    struct post_buffer back = fetch();
    tap_ok(frames_intact(back.data, 3 * 512, 7, 0), "with what was in them");
    post_free(&back);
    frames_sound(&before, 0, "whole tables");
}

static void untouched(void)
{
    struct frames before = frames_now();
    struct post_buffer b = {0};

    post_prepare(&b, 4 * PAGE_SIZE);
    ((uint32_t *)b.data)[PAGE_SIZE / 4] = 5;
    tap_status(grant(&b, 1), STATUS_OK, "pages that were never touched are granted");
    struct post_buffer back = fetch();
    const uint32_t *words = back.data;
    tap_ok(words[0] == 0 && words[PAGE_SIZE / 4] == 5 && words[3 * PAGE_SIZE / 4] == 0,
           "and are zero");
    post_free(&back);
    frames_sound(&before, 0, "untouched");
}

static void several(void)
{
    struct frames before = frames_now();
    struct post_buffer b[4];

    for (unsigned i = 0; i < 4; i++)
        b[i] = frames_buffer(i + 1, 100 * i);
    tap_status(grant(b, 4), STATUS_OK, "four runs in a message");
    struct what what = ask(TAG_WHAT, 0, 0);
    tap_ok(what.runs == 4 && what.pages == 1, "arrive as four");
    tap_ok(!post_mine(&b[0]) && !post_mine(&b[3]), "and are mine no more");
    ask(TAG_BACK, 1, 0);
    frames_sound(&before, 0, "four runs");
}

/* Who only looks at what he is given keeps no more than that. */
static void several_are_given(void)
{
    struct frames before = frames_now();
    struct post_buffer b[4];

    for (unsigned i = 0; i < 4; i++)
        b[i] = frames_buffer(600, 100 * i);
    tap_status(post_grant(keeper, TAG_GIVEN, (uint32_t[]){5000, 0}, b, 4, 0, POST_FOREVER),
               STATUS_OK, "four runs where one is expected");
    struct what what = ask(TAG_WHAT, 0, 0);
    tap_ok(what.runs == 1 && what.pages == 600 && what.bytes == 5000, "one is taken");
    frames_sound(&before, 600, "and the others are released");
    ask(TAG_BACK, 1, 0);
    frames_sound(&before, 0, "and then that one");
}

/* Every other page of a block, backwards: a list. */
static void list(unsigned n)
{
    static struct post_buffer part[EXTENT_LIST_MAX];
    struct post_buffer block = frames_buffer(2 * n, 3);
    bool good = true;

    for (unsigned i = 0; i < n; i++)
        part[i] = (struct post_buffer){.data = (uint8_t *)block.data + 2 * (n - 1 - i) * PAGE_SIZE,
                                       .pages = 1,
                                       .state = POST_MINE};
    tap_status(grant(part, n), STATUS_OK, "a list is granted");
    struct what what = ask(TAG_WHAT, 0, 0);
    tap_ok(what.runs == 1 && what.pages == n, "%u pages from all over arrive as one run", n);
    struct post_buffer back = fetch();
    for (unsigned i = 0; i < n; i++)
        good &= frames_intact((uint8_t *)back.data + i * PAGE_SIZE, 1, 3, 2 * (n - 1 - i));
    tap_ok(good, "in the order of the list");
    for (unsigned i = 0; i < n; i++)
        good &= frames_intact((uint8_t *)block.data + (2 * i + 1) * PAGE_SIZE, 1, 3, 2 * i + 1);
    tap_ok(good, "and what lay between them is where it was");
    post_free(&back);
    for (unsigned i = 0; i < n; i++)
        good &= post_release((uint8_t *)block.data + (2 * i + 1) * PAGE_SIZE, 1) == STATUS_OK;
    tap_ok(good, "and can be released");
}

/* A grant and a small message behind it in one post. */
static void order(void)
{
    struct frames before = frames_now();
    struct post_buffer b = frames_buffer(1, 1);
    uint32_t messages = ask(TAG_WHAT, 0, 0).messages;
    struct line *line = post_slot(2);

    memset(line, 0, 2 * sizeof *line);
    post_address(&line[0], keeper, KEEPER_KEEP, 1, FLAG_GRANT);
    line[0].w[3] = 1;
    line[0].w[4] = (uint32_t)(uintptr_t)b.data;
    line[0].w[5] = 1;
    post_address(&line[1], keeper, TAG_GIVEN, 1, 0);
    line[1].w[1] = 4;
    post_commit(2);
    struct what what = ask(TAG_WHAT, 0, 0);
    tap_ok(what.messages == messages + 2 && what.runs == 0 && what.bytes == 4,
           "a message behind a grant stays behind it");
    tap_ok(post_release(b.data, 1) != STATUS_OK, "what was granted cannot be released");
    frames_sound(&before, 1, "in order"); /* keeper has forgotten that page */
}

static void given(const char *name, enum status status, unsigned bytes, unsigned runs, uint32_t sum)
{
    struct what what = ask(TAG_WHAT, 0, 0);
    tap_ok(status == STATUS_OK && what.bytes == bytes && what.runs == runs && what.sum == sum,
           "%s is given, %s", name, runs ? "by its pages" : "inline");
    ask(TAG_BACK, 1, 0);
}

static void giving(void)
{
    static const char text[] = "a string";
    static struct {
        uint8_t byte[POST_GIVE_INLINE + 1];
    } large;
    struct {
        uint32_t a, b, c;
    } small = {1, 2, 3};

    for (unsigned i = 0; i < sizeof large; i++)
        large.byte[i] = i * 7;
    struct frames before = frames_now();
    given("a struct", post_give(keeper, TAG_GIVEN, &small), sizeof small, 0,
          byte_sum(&small, sizeof small));
    given("a string", post_give(keeper, TAG_GIVEN, text), sizeof text, 0,
          byte_sum(text, sizeof text));
    given("a large struct", post_give(keeper, TAG_GIVEN, &large), sizeof large, 1,
          byte_sum(&large, sizeof large));

    struct post_buffer b = frames_buffer(1, 9);
    b.bytes = POST_GIVE_INLINE;
    uint32_t sum = byte_sum(b.data, b.bytes);
    given("a small buffer", post_give(keeper, TAG_GIVEN, &b), b.bytes, 0, sum);
    tap_ok(post_mine(&b), "and stays mine");
    b.bytes = POST_GIVE_INLINE + 1;
    sum = byte_sum(b.data, b.bytes);
    given("a buffer of a byte more", post_give(keeper, TAG_GIVEN, &b), b.bytes, 1, sum);
    tap_ok(!post_mine(&b), "and is mine no more");
    tap_status(post_give(keeper, TAG_GIVEN, &b), STATUS_BUSY, "nor can it be given again");
    tap_ok(post_prepare(&b, 5000) == STATUS_OK && post_mine(&b) && b.pages == 2,
           "but can be prepared again");
    post_free(&b);
    b.bytes = 0;
    tap_ok(post_give_bytes(keeper, TAG_GIVEN, "", 0) == STATUS_OK && ask(TAG_WHAT, 0, 0).bytes == 0,
           "nothing at all is given, too");
    frames_sound(&before, 0, "giving");
}

/* ---- Where it lands ---- */

static void area(void)
{
    struct frames before = frames_now();
    struct post_buffer b = frames_buffer(8, 1), four = frames_buffer(4, 2),
                       one = frames_buffer(1, 3);

    tap_status(ask(TAG_AREA, AREA, 4).status, STATUS_OK, "an area of four pages is announced");
    tap_status(grant(&b, 1), STATUS_NO_ROOM, "eight do not go there");
    tap_ok(post_mine(&b) && frames_intact(b.data, 8, 1, 0), "and stay where they are");
    tap_status(grant(&four, 1), STATUS_OK, "four do");
    tap_is(ask(TAG_WHAT, 0, 0).address, AREA, "at its beginning");
    tap_status(grant(&one, 1), STATUS_NO_ROOM, "and then there is no room for one");
    ask(TAG_BACK, 1, 0);
    tap_status(grant(&one, 1), STATUS_OK, "until they are released");
    ask(TAG_BACK, 1, 0);
    tap_status(ask(TAG_AREA, 0x1000, 1).status, STATUS_BAD_ADDRESS, "not an area: below 4 MiB");
    tap_status(ask(TAG_AREA, LANDING_END, 1).status, STATUS_BAD_ADDRESS, "not an area: the router");
    tap_status(ask(TAG_AREA, AREA, 0x100000).status, STATUS_BAD_ADDRESS, "not an area: it wraps");
    tap_status(ask(TAG_AREA, 0, 0).status, STATUS_OK, "where the pager likes, again");
    tap_status(grant(&b, 1), STATUS_OK, "and eight go there");
    ask(TAG_BACK, 1, 0);
    frames_sound(&before, 0, "areas");
}

/* ---- What is refused ---- */

/* The entry as it stands there, without libpost's care; the status that it is refused with. */
static enum status commit_crime(const struct crime *c, int handle, uint32_t mine)
{
    uint32_t extent[8];
    struct line *line = post_slot(c->lines);

    for (unsigned i = 0; i < 8; i++)
        extent[i] = c->extent[i] - MINE < 0x10000 ? c->extent[i] - MINE + mine : c->extent[i];
    memset(line, 0, c->lines * sizeof *line);
    post_address(line, handle, KEEPER_KEEP, c->lines, FLAG_GRANT | c->flags);
    line->w[3] = c->word;
    memcpy(&line->w[4], extent, sizeof extent);
    memcpy(post_own->out.extents, extent, sizeof extent);
    post_commit(c->lines);
    for (;;) {
        enum status status = post_flush();
        if (status != STATUS_MOVE && status != STATUS_FULL)
            return status;
        post_wait(POST_FOREVER);
    }
}

static void refused(void)
{
    struct post_buffer b = frames_buffer(3, 0xC0FFEE);
    struct frames before = frames_now();
    uint32_t messages = ask(TAG_WHAT, 0, 0).messages;

    for (unsigned i = 0; i < sizeof crimes / sizeof *crimes; i++) {
        tap_status(commit_crime(&crimes[i], keeper, (uint32_t)(uintptr_t)b.data), crimes[i].status,
                   crimes[i].name);
        if (!frames_intact(b.data, 3, 0xC0FFEE, 0) || i % 8 == 7)
            frames_sound(&before, 0, crimes[i].name);
    }
    tap_ok(frames_intact(b.data, 3, 0xC0FFEE, 0), "my pages are as they were");
    tap_is(ask(TAG_WHAT, 0, 0).messages, messages, "nothing has arrived");
    tap_status(post_grant(deaf, KEEPER_KEEP, nothing, &b, 1, 0, POST_FOREVER), STATUS_DENIED,
               "a route without the right");
    tap_status(post_grant(HANDLE_PAGER, KEEPER_KEEP, nothing, &b, 1, 0, POST_FOREVER),
               STATUS_DENIED, "the pager takes no pages");
    tap_status(post_grant(63, KEEPER_KEEP, nothing, &b, 1, 0, POST_FOREVER), STATUS_NO_ROUTE,
               "a handle that leads nowhere");
    tap_ok(post_mine(&b), "and they are mine");
    frames_sound(&before, 0, "refused");
    tap_status(post_free(&b), STATUS_OK, "and can be released");
}

/* ---- Faults ---- */

static void touched(uint32_t pager)
{
    ask(TAG_BACK, 1, 0);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t id = peer_spawn(pager, "toucher");
        tap_is(peer_exit_code(pager, id), EXIT_KILLED + 14,
               i ? "who reads what it has sent faults" : "who writes what it has sent faults");
    }
}

static void read_only(uint32_t pager)
{
    struct frames before = frames_now();
    struct post_buffer b = frames_buffer(2, 11);

    tap_status(post_grant(keeper, KEEPER_KEEP, nothing, &b, 1, POST_READ_ONLY, POST_FOREVER),
               STATUS_OK, "pages are sent read-only");
    struct post_buffer back = fetch();
    tap_ok(frames_intact(back.data, 2, 11, 0), "and can be read");
    tap_status(grant(&back, 1), STATUS_OK, "and granted on, no better than they were");
    tap_status(ask(TAG_SPOIL, 0, 0).status, STATUS_DEAD, "who writes to them dies");
    tap_is(peer_exit_code(pager, keeper_id), EXIT_KILLED + 14, "of a page fault");
    struct frames now = frames_now();
    frames_sound(&now, 0, "read-only");
    tap_ok(now.mapped < before.mapped, "and its pages are free");
}

int main(void)
{
    uint32_t pager = tap_open("pager");

    keeper = tap_open("keeper");
    deaf = tap_open("deaf");
    for (unsigned i = 0; i < 2; i++) { /* once so that all stacks are there and all routes known */
        struct post_buffer b = frames_buffer(1, 1);
        grant(&b, 1);
        b = fetch();
        post_free(&b);
    }
    some_pages(1);
    some_pages(5);
    some_pages(700);
    whole_tables();
    untouched();
    several();
    several_are_given();
    list(EXTENT_LIST_MAX); /* the pager keeps its records of all these pieces for the next time */
    struct frames before = frames_now();
    list(5);
    list(EXTENT_LIST_MAX);
    frames_sound(&before, 0, "lists");
    giving();
    area();
    refused();
    order();
    touched(pager);
    read_only(pager);
    tap_end();
}
