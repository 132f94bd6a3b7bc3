/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaver: lends, calls, is lent to and is called, and ends with all of that open, in the way that
 * main says.
 */
#include "leaks.h"

static struct post_buffer lent[LOANS], granted;
static struct post_pending calls[CALLS];

int main(void)
{
    int holder = post_open("holder"), boss = post_open("main");
    uint32_t answer[POST_ANSWER] = {0};

    for (unsigned i = 0; i < LOANS; i++) {
        struct post_pages_call call = {.buffers = &lent[i], .n = 1};

        if (post_prepare(&lent[i], (i ? 3 : 513) * PAGE_SIZE) != STATUS_OK)
            return 2;
        ((volatile uint32_t *)lent[i].data)[1] = 1;
        if (post_lend(holder, TAG_LEND, &call, post_in(1)) == STATUS_OK)
            return 3;
        while (lent[i].state != POST_LENT) /* the deadline was before the move */
            if (post_lend(holder, TAG_LEND, &call, post_in(2)) == STATUS_OK)
                return 3;
    }
    for (unsigned i = 0; i < CALLS; i++)
        if (post_begin(&calls[i], holder, TAG_CALL, &i, sizeof i, NULL, 0) != STATUS_OK)
            return 5;
    if (post_ask(boss, TAG_READY, answer, 1, answer) != STATUS_OK)
        return 4;
    switch (answer[1]) {
    case WAY_FAULT: asm volatile("ud2"); break;
    case WAY_KILL: post_wait_past(post_own->in.in_tail, POST_FOREVER); break;
    case WAY_GRANT:
        post_prepare(&granted, 2 * PAGE_SIZE);
        ((volatile uint32_t *)granted.data)[1] = 1;
        post_grant(holder, TAG_GONE, (uint32_t[]){0, 0}, &granted, 1, 0, post_now() - 1);
    }
    return 0;
}
