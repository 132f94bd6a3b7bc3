/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FORWARD: a task passes on a line of its inbox. Ring 1; called by send() in deliver.c.
 *
 * The entry holds the message as it goes on (a translator may have changed it); who sent
 * it first comes from the inbox and its origins, which only the router writes. Only the
 * first line of an unread message will do: what follows in the inbox is payload, and would
 * let its sender dress up as anybody. A forwarded CALL takes the duty to reply along.
 */
#include "router.h"

/* Checks, and rewrites the header for the receiver. */
enum status forward(struct post *post, const struct route *route)
{
    const struct mailbox *box = &window[me.slot];
    uint32_t mask = directory[me.slot].in_mask, unread = mask + 1 - room_left(me.slot);
    const struct line *line = &box->inbox[post->argument & mask];
    const struct origin *origin = &box->in.origins[post->argument & mask];
    const struct call *call;

    if (box->in.in_tail - post->argument - 1 >= unread || origin->first == ORIGIN_INSIDE ||
        line->flags & (FLAG_REPLY | FLAG_GRANT) || line->peer == ID_ROUTER ||
        line->peer == ID_NOBODY)
        return STATUS_BAD;
    post->first = line->flags & FLAG_FORWARD ? origin->first : line->peer;
    if (line->flags & FLAG_CALL) {
        enum status status = ledger_find(post->first, line->w[0], &call);

        if (status != STATUS_OK)
            return status;
        post->flags |= FLAG_CALL;
        post->w0 = line->w[0];
    }
    if (route->rights & RIGHT_INTERPOSE) {
        /* As if I were not there: the receiver sees what I saw. */
        post->peer = line->peer;
        post->badge = line->badge;
        post->flags = line->flags & (FLAG_CALL | FLAG_FORWARD);
        post->first = origin->first;
    }
    return STATUS_OK;
}
