/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * holder: answers nothing of what the leaver calls and lends, lends to it and calls it in turn, and
 * puts its affairs in order when main says that the leaver is dead.
 */
#include "leaks.h"

#define MARK 0x5EED0000u

static struct post_caller lender[2 * LOANS], caller[2 * CALLS];
static struct post_buffer borrowed[2 * LOANS], lent;
static struct post_pending call_out;
static uint32_t loans, calls, wrong;
static int leaver;

static void check(bool good, uint32_t what) { wrong = wrong || good ? wrong : what; }

/* Lends and calls; nobody answers. */
static void open(void)
{
    struct post_pages_call call = {.buffers = &lent, .n = 1};
    uint32_t word = 0;
    enum status status;

    leaver = post_open("leaver");
    check(leaver > 0 && post_prepare(&lent, 5 * PAGE_SIZE) == STATUS_OK, 1);
    for (unsigned i = 0; i < 5; i++)
        ((uint32_t *)lent.data)[i * PAGE_SIZE / 4] = MARK + i;
    do
        status = post_lend(leaver, TAG_LEND, &call, post_in(2));
    while (status != STATUS_TIMEOUT && lent.state != POST_LENT && leaver > 0);
    post_begin(&call_out, leaver, TAG_CALL, &word, 4, NULL, 0);
    check(post_await(&call_out, post_in(1)) == STATUS_TIMEOUT && post_own->in.open_calls == 2, 2);
}

/* The leaver is dead: its loans are mine to release, mine are back, and no call is open. */
static void settle(void)
{
    uint32_t word = 0;

    for (unsigned i = 0; i < loans; i++)
        check(post_return(&lender[i], &word, 4, &borrowed[i], 1) == STATUS_DEAD, 3);
    for (unsigned i = 0; i < calls; i++)
        post_answer(&caller[i], STATUS_OK);
    while (post_flush() != STATUS_OK)
        ;
    check(post_mine(&lent) && post_await(&call_out, POST_FOREVER) == STATUS_DEAD, 4);
    for (unsigned i = 0; i < 5 && lent.state == POST_MINE; i++)
        check(((uint32_t *)lent.data)[i * PAGE_SIZE / 4] == MARK + i, 5);
    check(post_free(&lent) == STATUS_OK, 6);
    check(post_own->in.open_calls == 0 && post_own->in.reserved == 0, 7);
    if (leaver > 0)
        post_close(leaver);
}

int main(void)
{
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_caller from = post_caller(line);
        struct post_buffer run = post_runs(line) ? post_landed(line, 0) : (struct post_buffer){0};
        uint32_t tag = line->tag;

        post_done(line);
        if (tag == TAG_LEND && loans < 2 * LOANS) {
            lender[loans] = from;
            borrowed[loans++] = run;
        } else if (tag == TAG_CALL && calls < 2 * CALLS) {
            caller[calls++] = from;
        } else if (tag == TAG_GONE) {
            post_free(&run);
        } else if (tag == TAG_TURN) {
            open();
            post_answer(&from, STATUS_OK);
        } else if (tag == TAG_SETTLE) {
            settle();
            uint32_t answer[] = {STATUS_OK, loans, calls, wrong};
            post_reply(&from, answer, sizeof answer);
            loans = calls = 0;
        }
    }
}
