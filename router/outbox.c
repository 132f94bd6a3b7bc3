/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry at the head of an outbox, whatever it is. Ring 1; called by the drain (call.c) for
 * everything that its fast path leaves over. An entry leaves the outbox by one store of out_head,
 * the last of its delivery (record.h).
 */
#include "outbox.h"
#include "deliver.h"
#include "held.h"
#include "mailbox.h"
#include "order.h"
#include "room.h"

/*
 * Delivers the entry at `index`, with `available` lines from there to the tail. False: it is held;
 * else it has left the outbox.
 */
static bool take(const struct caller *caller, const struct held *held, ring_index_t index,
                 uint32_t available)
{
    struct post post;

    post_read(caller, &post, index);
    if (post.handle == HANDLE_VOID) {
        if (post.lines == 0 || post.lines > available)
            post.lines = 1;
        return post_pass(caller, &post);
    }
    if (held->reason == STATUS_MOVE && held->index == index && mailbox_find(held->peer))
        return false; /* the pager's answer decides, whatever its task has made of it meanwhile */
    if (held->reason == STATUS_POISONED && held->index == index)
        return held_refuse(caller, index, STATUS_POISONED);
    if (post.lines == 0 || post.lines > MAX_LINES || post.lines > available)
        return held_refuse(caller, index, STATUS_BAD);
    if (post.handle == HANDLE_ROUTER && post.flags == 0)
        return order(caller, &post);
    return deliver(caller, &post);
}

/* Delivers the entry at the head of the caller's outbox, if there is one. False: it is held. */
bool outbox_deliver(const struct caller *caller)
{
    struct mailbox *box = box_of(caller->slot);
    struct held *held = &box->in.held;
    ring_index_t head = box->in.out_head;
    uint32_t available = index_distance(head, read_index(&box->out.out_tail));

    ASSERT(box->in.self == caller->id);
    ASSERT(box->in.out_mask == entry_of(caller->slot)->out_mask);
    if (available > box->in.out_mask + 1) { /* either end of it is wrong */
        mailbox_set_aside(caller->slot);
        return false;
    }
    if (available == 0) /* its task has taken the rest back: nothing would ever change here */
        held->reason = STATUS_OK;
    if (available == 0 || !take(caller, held, head, available))
        return false;
    if (held->reason == STATUS_FULL)
        room_leave(caller->slot);
    held->reason = STATUS_OK;
    held->kills = 0;
    return true;
}
