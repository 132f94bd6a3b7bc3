/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hasty: more important than the pager (priority 31), so its moves are still pending when its
 * POST returns. It tells by its exit code what went wrong, 0 for nothing. What it does depends on
 * its name.
 *
 *   hasty     voids a pending entry: the pages are its own again; the same by a deadline that has
 *             passed
 *   martyr    dies (#UD) while its move is pending
 *   deserter  lends, and dies (#UD) while its call is open
 */
#include "borrower.h"

#define MARK 0xABCD0000u

static int borrower;

static struct line *commit(const struct post_buffer *b, unsigned tag, unsigned flags)
{
    struct line *line = post_slot_wait(1);

    memset(line, 0, sizeof *line);
    post_address(line, borrower, tag, 1, flags);
    line->w[1] = DEED_WAIT;
    line->w[3] = 1;
    line->w[4] = (uint32_t)(uintptr_t)b->data;
    line->w[5] = b->pages;
    post_commit(1);
    post_gate(GATE_POST, POST_FOREVER);
    return line;
}

static bool pending(void)
{
    post_barrier();
    return post_own->in.out_head != post_own->out.out_tail &&
           post_own->in.held.reason == STATUS_MOVE;
}

static int hasty(struct post_buffer *b)
{
    volatile uint32_t *words = b->data;
    struct line *line = commit(b, KEEPER_KEEP, FLAG_GRANT);

    if (!pending())
        return 10;
    line->peer = HANDLE_VOID;
    post_sleep(20); /* the pager moves, is refused, and moves back */
    if (post_own->in.out_head != post_own->out.out_tail)
        return 11;
    if (words[0] != MARK || words[2 * PAGE_SIZE / 4] != MARK)
        return 12;
    if (post_grant(borrower, KEEPER_KEEP, (uint32_t[]){0, 0}, b, 1, 0, post_now() - 1) !=
        STATUS_MOVE)
        return 13;
    post_sleep(20);
    if (!post_mine(b) || words[0] != MARK || words[2 * PAGE_SIZE / 4] != MARK)
        return 14;
    struct post_pages_call call = {.words = {DEED_NOTHING}, .buffers = b, .n = 1};
    if (post_lend(borrower, TAG_LEND, &call, post_now() - 1) != STATUS_MOVE)
        return 15;
    post_sleep(20);
    if (!post_mine(b) || words[0] != MARK)
        return 16;
    if (post_lend(borrower, TAG_LEND, &call, POST_FOREVER) != STATUS_OK)
        return 17;
    return post_mine(b) && words[0] == MARK ? 0 : 18;
}

int main(void)
{
    char name[NAME_BYTES];
    struct post_buffer b = {0};

    borrower = post_open("borrower");
    post_name_of(post_self(), name);
    if (borrower < 0 || post_prepare(&b, 3 * PAGE_SIZE) != STATUS_OK)
        return 1;
    for (unsigned i = 0; i < 3; i++)
        ((volatile uint32_t *)b.data)[i * PAGE_SIZE / 4] = MARK;
    /* The route is known after this, so that what follows is held by nothing but the move. */
    uint32_t answer[POST_ANSWER] = {0};
    if (post_ask(borrower, TAG_WORD, answer, 1, answer) != STATUS_OK)
        return 2;
    if (strcmp(name, "martyr") == 0) {
        commit(&b, KEEPER_KEEP, FLAG_GRANT);
        asm volatile("ud2");
    } else if (strcmp(name, "deserter") == 0) {
        commit(&b, TAG_LEND, FLAG_GRANT | FLAG_LEND | FLAG_CALL);
        post_sleep(20);
        asm volatile("ud2");
    }
    return hasty(&b);
}
