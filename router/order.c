/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages to the router itself, ring 1: what the registrar tells it about routes and the pager
 * about frames, and requests for counters. They take effect at once and leave no line in an inbox (an
 * answer goes right into the asker's); doing one twice, after a restart, is harmless.
 */
#include "router.h"

/* A message to HANDLE_ROUTER: only from those whose business it is. */
uint32_t order(const struct post *post)
{
    /* The line is copied, because its task could change it between check and use. */
    struct line line;
    enum status status = STATUS_DENIED;

    copy_line(&line, &window[me.slot].outbox[post->index & directory[me.slot].out_mask]);
    if (post->flags == 0 && me.id == nano_page.registrar && post->tag == TAG_ROUTE_ANSWER)
        status = route_answer(&line);
    else if (post->flags == 0 && me.id == nano_page.registrar && post->tag == TAG_ROUTE_REVOKE)
        status = route_revoke(&line);
    else if (post->flags == 0 && me.id == nano_page.pager && post->tag == TAG_MOVE_ANSWER)
        status = move_answer(&line);
    return status == STATUS_OK ? post->lines : hold(post->index, status, 0, 0);
}

/* The counters of one task, or of all together, into sum[0..7]; returns the task's id. */
static uint32_t sum_up(uint32_t slot, uint32_t sum[])
{
    uint32_t words = sizeof(struct counters) / 4, id = 0;
    uint32_t first = slot ? slot : 1, last = slot ? slot : nano_page.tasks - 1;

    for (uint32_t s = first; s <= last; s++) {
        const struct mailbox *box = mailbox_in_use(s);

        if (!box)
            continue;

        const uint32_t *counter = (const uint32_t *)&box->in.counters;

        id = box->in.self;
        for (unsigned i = 0; i < words; i++)
            sum[i] += counter[i];
    }
    return slot ? id : ID_ROUTER;
}

/*
 * STATS and WATCH, CALLs through a route with the MONITOR right: answered right into the caller's own
 * inbox, so no ledger slot is opened. The line's origin names the caller and its next outbox
 * head, so that recovery finds the entry done.
 */
uint32_t statistics(const struct post *post)
{
    uint32_t slot =
        read_once(&window[me.slot].outbox[post->index & directory[me.slot].out_mask].w[1]);
    struct line answer = {.tag = post->tag,
                          .flags = FLAG_REPLY,
                          .cookie = post->cookie,
                          .w = {post->index, STATUS_OK}};

    if (post->flags != FLAG_CALL || (post->tag != TAG_STATS && post->tag != TAG_WATCH) ||
        post->lines != 1)
        return hold(post->index, STATUS_BAD, 0, 0);
    if (room_used(&window[me.slot]) > directory[me.slot].in_mask + 1)
        return hold(post->index, STATUS_NO_ROOM, 0, 0);
    if (!room_for(me.slot, me.id, 1))
        return room_hold(post->index, me.slot, 1);
    if (post->tag == TAG_WATCH)
        window[me.slot].in.watches = slot;
    else if (!(answer.w[2] = slot < nano_page.tasks ? sum_up(slot, &answer.w[3]) : 0))
        answer.w[1] = STATUS_BAD_TASK;
    deliver_own(me.slot, &answer, me.id, post->index + 1);
    return post->lines;
}
