/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FORWARD: a task passes on a line of its inbox. Ring 1; called by send() in deliver.c.
 *
 * The entry holds the message as it goes on (a translator may have changed it); who sent
 * it first comes from the inbox and `first`, which only the router writes. Only the
 * first line of an unread message will do: what follows in the inbox is payload, and would
 * let its sender dress up as anybody. A forwarded CALL takes the duty to reply along.
 */
#include "forward.h"
#include "ledger.h"
#include "room.h"

/* Checks, and rewrites the header for the receiver. */
enum status forward_prepare(const struct caller *caller, struct post *post,
                            const struct route *route)
{
    const struct mailbox *box = box_of(caller->slot);
    uint32_t mask = entry_of(caller->slot)->in_mask, unread = mask + 1 - room_left(caller->slot);
    ring_index_t index = AS_KIND(ring_index_t, post->argument);
    const struct line *line = &box->inbox[index_place(index, mask)];
    task_id_t first = box->in.first[index_place(index, mask)];
    task_id_t peer = AS_KIND(task_id_t, line->peer);
    const struct call *call;

    if (index_distance(index, box->in.in_tail) - 1 >= unread || first == FIRST_INSIDE)
        return STATUS_BAD;
    if (line->flags & (FLAG_REPLY | FLAG_GRANT) || peer == ID_ROUTER || peer == ID_NOBODY)
        return STATUS_BAD;
    post->first = line->flags & FLAG_FORWARD ? first : peer;
    if (line->flags & FLAG_CALL) {
        ring_index_t call_index = AS_KIND(ring_index_t, line->w[0]);
        enum status status = ledger_find(caller, post->first, call_index, &call);

        if (status != STATUS_OK)
            return status;
        post->flags |= FLAG_CALL;
        post->w0 = line->w[0];
    }
    if (route->rights & RIGHT_INTERPOSE) {
        /* As if I were not there: the receiver sees what I saw. */
        post->peer = peer;
        post->badge = line->badge;
        post->flags = line->flags & (FLAG_CALL | FLAG_FORWARD);
        post->first = first;
    }
    return STATUS_OK;
}
