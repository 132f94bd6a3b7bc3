/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that come back, and deaths in the middle: a loan returns with the reply or the borrower's
 * death, and cannot be given on; a move that is pending is undone when its entry is void, and
 * leaves nothing behind when its sender or its receiver dies. After each, every frame is accounted
 * for.
 */
#include "borrower.h"
#include "frames.h"
#include "peer.h"

#define MARK 0x1000u

static uint32_t pager, borrower_id;
static int borrower;

/* A borrower, and a route to it. */
static void new_borrower(void)
{
    if (borrower > 0)
        post_close(borrower);
    borrower_id = peer_spawn(pager, "borrower");
    while ((borrower = post_open("borrower")) < 0)
        post_sleep(1);
    peer_ask(borrower, TAG_WORD, 0, (uint32_t[POST_ANSWER]){0});
}

static enum status lend(struct post_buffer *b, unsigned n, enum deed deed, uint32_t *answer,
                        uint32_t deadline)
{
    struct post_pages_call call = {
        .words = {deed}, .buffers = b, .n = n, .reply = answer, .size = 4};
    return post_lend(borrower, TAG_LEND, &call, deadline);
}

/* ---- The way it should be ---- */

static void comes_back(unsigned pages)
{
    struct post_buffer b = frames_buffer(pages, MARK);
    struct frames before = frames_now();
    uint32_t answer = STATUS_BAD;
    void *data = b.data;

    tap_ok(lend(&b, 1, DEED_WRITE, &answer, POST_FOREVER) == STATUS_OK && answer == STATUS_OK,
           "%u pages are lent", pages);
    tap_ok(post_mine(&b) && b.data == data && frames_intact(b.data, pages, MARK + 1, 0),
           "and are back where they were, changed");
    frames_sound(&before, 0, "a loan");
    tap_status(post_free(&b), STATUS_OK, "and can be released");
}

static void several(void)
{
    struct post_buffer b[3] = {frames_buffer(1, MARK), frames_buffer(2, MARK),
                               frames_buffer(3, MARK)};
    struct frames before = frames_now();
    uint32_t answer = STATUS_BAD;

    tap_ok(lend(b, 3, DEED_WRITE, &answer, POST_FOREVER) == STATUS_OK && answer == STATUS_OK,
           "three runs are lent");
    for (unsigned i = 0; i < 3; i++)
        tap_ok(frames_intact(b[i].data, i + 1, MARK + 1, 0), "run %u is back", i);
    frames_sound(&before, 0, "a loan of three runs");
    for (unsigned i = 0; i < 3; i++)
        post_free(&b[i]);
}

/* ---- What a borrower may not do ---- */

static void not_on(const char *name, enum deed deed)
{
    struct post_buffer b = frames_buffer(2, MARK);
    struct frames before = frames_now();
    uint32_t answer = STATUS_OK;

    tap_status(lend(&b, 1, deed, &answer, POST_FOREVER), STATUS_OK, "pages are lent");
    tap_status(answer, STATUS_DENIED, name);
    tap_ok(frames_intact(b.data, 2, MARK, 0), "and they are back");
    frames_sound(&before, 0, name);
    post_free(&b);
}

/* ---- What a lender may not do ---- */

static void while_lent(void)
{
    struct post_buffer b = frames_buffer(2, MARK),
                       part = {.data = b.data, .pages = 1, .state = POST_MINE};
    struct frames before = frames_now();
    uint32_t answer[POST_ANSWER] = {0};

    tap_status(lend(&b, 1, DEED_WAIT, answer, post_in(20)), STATUS_TIMEOUT,
               "nobody answers until the deadline");
    tap_ok(b.state == POST_LENT && !post_mine(&b), "the pages are lent");
    tap_ok(post_free(&b) == STATUS_BUSY && post_prepare(&b, 1) == STATUS_BUSY,
           "and I know that I cannot use them");
    tap_status(post_grant(borrower, KEEPER_KEEP, (uint32_t[]){0, 0}, &part, 1, 0, POST_FOREVER),
               STATUS_NOT_MAPPED, "they cannot be granted meanwhile");
    tap_ok(post_release(b.data, 1) != STATUS_OK, "nor released");
    struct post_buffer other = {0};
    tap_ok(post_prepare(&other, 2 * PAGE_SIZE) == STATUS_OK && other.data != b.data,
           "nor does an allocation get their place");
    post_free(&other);
    frames_sound(&before, 0, "while lent");
    tap_status(peer_ask(borrower, TAG_ANSWER, 0, answer), STATUS_OK, "it is answered after all");
    post_sleep(5);
    tap_ok(post_mine(&b) && frames_intact(b.data, 2, MARK, 0), "and they are mine");
    frames_sound(&before, 0, "answered late");
    post_free(&b);
}

/* ---- Deaths ---- */

static void borrower_dies(const char *name, enum deed deed, uint32_t exit_code)
{
    struct post_buffer b = frames_buffer(600, MARK);
    uint32_t answer = STATUS_OK;
    struct frames before = frames_now();

    tap_status(lend(&b, 1, deed, &answer, POST_FOREVER), STATUS_DEAD, name);
    tap_ok(post_mine(&b) && frames_intact(b.data, 600, MARK, 0), "and the pages are back");
    tap_is(peer_exit_code(pager, borrower_id), exit_code, "it has ended");
    new_borrower();
    frames_sound(&before, 0, name);
    post_free(&b);
}

/* KILL is in the pager's inbox before the router's ask, and everything else follows from that. */
static void receiver_dies(bool before_the_move)
{
    struct post_buffer b = frames_buffer(3, MARK);
    struct frames before = frames_now();
    struct line *line = post_slot(2);
    struct line *kill = &line[!before_the_move], *grant = &line[before_the_move];

    memset(line, 0, 2 * sizeof *line);
    post_address(kill, pager, TAG_KILL, 1, 0);
    kill->w[2] = borrower_id;
    post_address(grant, borrower, KEEPER_KEEP, 1, FLAG_GRANT);
    grant->w[3] = 1;
    grant->w[4] = (uint32_t)(uintptr_t)b.data;
    grant->w[5] = 3;
    post_commit(2);
    enum status status;
    while ((status = post_flush()) == STATUS_MOVE)
        post_wait(POST_FOREVER);
    peer_exit_code(pager, borrower_id);
    new_borrower();
    if (before_the_move) {
        tap_status(status, STATUS_DEAD, "a receiver that is killed first gets nothing");
        tap_ok(frames_intact(b.data, 3, MARK, 0), "and the pages are mine");
        frames_sound(&before, 0, "killed first");
        post_free(&b);
    } else {
        tap_status(status, STATUS_OK, "a receiver that is killed afterwards takes them with it");
        frames_sound(&before, -3, "killed afterwards");
    }
}

static void sender_dies(const char *name, uint32_t exit_code, bool answered)
{
    struct frames before = frames_now();
    uint32_t id = peer_spawn(pager, name);

    tap_is(peer_exit_code(pager, id), exit_code, name);
    post_sleep(30);
    uint32_t answer[POST_ANSWER] = {0};
    tap_status(peer_ask(borrower, TAG_WORD, 0, answer), STATUS_OK, "borrower lives");
    /* What a dead lender has lent is the borrower's. */
    bool lent = strcmp(name, "deserter") == 0;
    frames_sound(&before, lent ? 3 : 0, name);
    if (answered) {
        tap_status(peer_ask(borrower, TAG_ANSWER, 0, answer), STATUS_DEAD,
                   "who learns of it when it answers");
        frames_sound(&before, 0, "answered");
    } else if (lent) {
        tap_status(peer_ask(borrower, TAG_FREE, 0, answer), STATUS_OK, "who can free it");
        frames_sound(&before, 0, "freed");
    }
}

int main(void)
{
    pager = tap_open("pager");
    new_borrower();
    struct post_buffer b = frames_buffer(1, MARK);
    lend(&b, 1, DEED_WRITE, &(uint32_t){0}, POST_FOREVER); /* so that stacks and routes are there */
    post_free(&b);
    tap_is(peer_exit_code(pager, peer_spawn(pager, "hasty")), 0, "moves that are taken back");

    comes_back(1);
    comes_back(3);
    comes_back(1100);
    several();
    not_on("what is borrowed cannot be granted on", DEED_PASS_ON);
    not_on("what is borrowed cannot be lent on", DEED_LEND_ON);
    not_on("what is borrowed cannot be released", DEED_RELEASE);
    while_lent();
    borrower_dies("a borrower exits", DEED_DIE, 7);
    borrower_dies("a borrower faults", DEED_FAULT, EXIT_KILLED + 6);
    receiver_dies(true);
    receiver_dies(false);
    sender_dies("hasty", 0, false);
    sender_dies("martyr", EXIT_KILLED + 6, false);
    sender_dies("deserter", EXIT_KILLED + 6, false);
    sender_dies("deserter", EXIT_KILLED + 6, true);
    tap_end();
}
