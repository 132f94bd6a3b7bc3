/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Delivery of one entry by a route, or of a reply by its call. Ring 1; called for everything that
 * the fast path (call.c) leaves over, by outbox.c, and by order.c when the pager has moved frames.
 *
 * Everything is checked here, then inbox_put() does it. Each function returns
 * true if the entry has left the outbox, or false: it is held.
 *
 * `landed` is the pager's answer about the entry's frames, or NULL if they have not been moved. The
 * receiver sees where they landed and how many, as the pager says; the sender may have rewritten
 * its outbox meanwhile.
 */
#include "deliver.h"
#include "cancel.h"
#include "forward.h"
#include "held.h"
#include "inbox.h"
#include "ledger.h"
#include "mailbox.h"
#include "move.h"
#include "room.h"
#include "route.h"
#include "signal.h"
#include "stats.h"

/* What a route must allow, any of it, for a message with these flags; 0: they mean nothing. */
static const uint8_t needs[FLAG_NOTIFY + 1] = {
    [0] = RIGHT_SEND,
    [FLAG_CALL] = RIGHT_CALL,
    [FLAG_FORWARD] = RIGHT_FORWARD | RIGHT_INTERPOSE,
    [FLAG_NOTIFY] = RIGHT_NOTIFY,
    [FLAG_GRANT] = RIGHT_GRANT,
    [FLAG_GRANT | FLAG_CALL] = RIGHT_GRANT,
    [FLAG_GRANT | FLAG_CALL | FLAG_LEND] = RIGHT_LEND,
};

/* NOTIFY leaves no line: it is a signal. */
static bool notify(const struct caller *caller, const struct post *post, slot_t slot)
{
    box_of(slot)->in.counters.notified++;
    signal_raise(caller, slot, SIGNAL_USER << (post->tag & 15));
    return post_pass(caller, post);
}

/* A message whose route allows it: what its flags and the receiver's room allow. */
static bool send_by(const struct caller *caller, struct post *post, const struct route *route,
                    const struct line *landed)
{
    slot_t slot = slot_of(route->dest);
    bool call = post->flags & FLAG_CALL; /* one's own: forwarding sets the flag for another's */

    post->badge = route->badge;
    if (post->flags == FLAG_FORWARD) {
        enum status status = forward_prepare(caller, post, route);

        if (status != STATUS_OK)
            return held_refuse(caller, post->index, status);
    }
    if (!room_for(caller, slot, post->peer, post->lines))
        return room_hold(caller, post->index, slot, post->peer, post->lines);
    if (post->flags & FLAG_GRANT) {
        if (!landed)
            return move_ask(caller, post, route->dest);
        if (route->dest != box_of(caller->slot)->in.held.peer) /* the frames went to another task */
            return held_refuse(caller, post->index, STATUS_NO_ROUTE);
    }
    if (call && !ledger_prepare(caller, post, slot))
        return false;
    return inbox_put(caller, slot, post, landed);
}

/* A message that goes by a route: checked from the route on. */
static bool send(const struct caller *caller, struct post *post, const struct line *landed)
{
    struct route route;
    enum status status = route_find(caller, post, &route);

    if (status == STATUS_ROUTE)
        return route_ask(caller, post);
    if (status != STATUS_OK)
        return held_refuse(caller, post->index, status);
    if (route.dest == ID_ROUTER)
        return route.rights & RIGHT_MONITOR ? stats_answer(caller, post)
                                            : held_refuse(caller, post->index, STATUS_DENIED);
    if (!(route.rights & needs[post->flags]))
        return held_refuse(caller, post->index, STATUS_DENIED);
    if (post->tag < route.first_tag || post->tag > route.last_tag)
        return held_refuse(caller, post->index, STATUS_DENIED);
    if (post->flags == FLAG_NOTIFY)
        return notify(caller, post, slot_of(route.dest));
    return send_by(caller, post, &route, landed);
}

/* A reply goes by its call, not by a route; room was reserved for it. */
static bool reply(const struct caller *caller, struct post *post, const struct line *landed)
{
    task_id_t dest = post_caller(post);
    ring_index_t index = AS_KIND(ring_index_t, post->w0);
    const struct call *call;
    enum status status = ledger_find(caller, dest, index, &call);

    if (status != STATUS_OK)
        return held_refuse(caller, post->index, status);
    if (post->lines > (call->room & ~CALL_LENT))
        return held_refuse(caller, post->index, STATUS_TOO_BIG);
    if (call->room & CALL_LENT) {
        if (!landed)
            return move_return(caller, post);
        post->flags |= FLAG_LEND;
    }
    post->cookie = call->cookie;
    post->badge = 0;
    if (room_left(slot_of(dest)) >= post->lines)
        return inbox_put(caller, slot_of(dest), post, landed);
    ledger_close(caller, dest, index, caller->id); /* it moved its inbox head back: its loss */
    return post_pass(caller, post);
}

/* Delivers an entry to a task: its lines are in the outbox, and are not too many. */
bool deliver(const struct caller *caller, struct post *post)
{
    if (post->flags == FLAG_REPLY)
        return reply(caller, post, NULL);
    if (post->flags == FLAG_CANCEL)
        return cancel(caller, post);
    if (post->flags > FLAG_NOTIFY || !needs[post->flags])
        return held_refuse(caller, post->index,
                           post->flags & FLAG_ROUTE ? STATUS_DENIED : STATUS_BAD);
    if (post->handle == HANDLE_ROUTER) /* an order has no flags */
        return held_refuse(caller, post->index, STATUS_DENIED);
    return send(caller, post, NULL);
}

/*
 * The same for an entry whose frames the pager has moved (order.c): a grant, or, if the answer
 * tells of no runs, the reply to a loan. Whatever else its task has made of it meanwhile is
 * refused.
 */
bool deliver_landed(const struct caller *caller, ring_index_t index, const struct line *landed,
                    ring_index_t by)
{
    const struct held *held = &box_of(caller->slot)->in.held;
    bool runs = landed->w[3] >> 16 != 0;
    struct post post;

    post_read(caller, &post, index);
    post.by = by;
    if (!runs && post.flags == FLAG_REPLY && post_caller(&post) == held->peer &&
        post.w0 == held->loan && post.lines - 1u < MAX_LINES)
        return reply(caller, &post, landed);
    if (runs && post.lines == 1 &&
        (post.flags | FLAG_CALL) == (FLAG_GRANT | FLAG_CALL | (held->loan & FLAG_LEND)))
        return send(caller, &post, landed);
    return held_refuse(caller, index, STATUS_BAD);
}
