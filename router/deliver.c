/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Delivery of one entry, whatever it is. Ring 1; called by the drain (call.c) for
 * everything that its fast path leaves over.
 *
 * The order (README, "The router may die"): check; write lines and origins beyond the receiver's
 * tail, where nobody looks; advance the tail: the commit; then settle() what follows from
 * the message, from the inbox copy alone; the drain advances the sender's outbox head last.
 * settle() may be done twice: recovery does it again for a delivery that was cut short.
 */
#include "router.h"

/*
 * Holds the entry, and stops the drain: returns 0. The same entry held for the same reason
 * again counts once. `lines` is what it waits for, if it waits for room.
 */
uint32_t hold(uint32_t index, enum status reason, uint32_t peer, uint32_t lines)
{
    struct in_header *in = &window[me.slot].in;
    struct held *held = &in->held;

    if (held->reason != reason || held->index != index) {
        if (reason == STATUS_FULL)
            in->counters.full++;
        else if (status_refuses(reason))
            in->counters.refused++;
    }
    if (held->index != index)
        held->kills = 0;
    held->index = index;
    held->peer = peer;
    held->answer[0] = lines;
    held->reason = reason;
    lane_close(me.slot);
    trace(HOLD, me.id, reason);
    return 0;
}

static uint32_t refuse(const struct post *post, enum status status)
{
    return hold(post->index, status, 0, 0);
}

/* The header of the entry at `index`; the payload stays where it is until it is copied. */
static void read_post(struct post *post, uint32_t index)
{
    const struct line *line = &window[me.slot].outbox[index & directory[me.slot].out_mask];
    uint32_t word = read_once(&line->tag);

    *post = (struct post){.index = index,
                          .handle = read_once(&line->peer),
                          .argument = read_once(&line->badge),
                          .cookie = read_once(&line->cookie),
                          .w0 = read_once(&line->w[0]),
                          .peer = me.id,
                          .tag = (uint16_t)word,
                          .lines = (uint8_t)(word >> 16),
                          .flags = (uint8_t)(word >> 24)};
}

/*
 * Writes the message beyond the receiver's inbox tail, commits it, and settles it. Room has
 * been checked. Line by line and masked at both ends: in the guest the rings are mapped
 * twice in a row, on the host they are not.
 */
static void put(uint32_t slot, const struct post *post)
{
    const struct line *outbox = window[me.slot].outbox;
    struct mailbox *to = &window[slot];
    uint32_t out_mask = directory[me.slot].out_mask, in_mask = directory[slot].in_mask;
    uint32_t tail = to->in.in_tail;

    for (uint32_t i = 0; i < post->lines; i++) {
        copy_line(&to->inbox[(tail + i) & in_mask], &outbox[(post->index + i) & out_mask]);
        to->in.origins[(tail + i) & in_mask] =
            (struct origin){me.id, post->index + post->lines, i ? ORIGIN_INSIDE : post->first};
    }
    struct line *line = &to->inbox[tail & in_mask];
    line->peer = post->peer;
    line_set_word1(line, post->tag | post->lines << 16 | (uint32_t)post->flags << 24);
    line->badge = post->badge;
    line->cookie = post->cookie;
    line->w[0] = post->w0;
    if (post->flags & FLAG_GRANT) {
        line->w[3] = me.landed->w[3] >> 16;
        for (unsigned i = 4; i < 4 + 2 * INLINE_EXTENTS; i++)
            line->w[i] = me.landed->w[i];
    }
    commit_barrier();
    to->in.in_tail = tail + post->lines;
    commit_barrier();
    settle(slot, tail);
    to->in.counters.received++;
    to->in.counters.lines += post->lines;
    window[me.slot].in.counters.sent++;
    trace(DELIVER, me.id, directory[slot].id);
    wake(&directory[slot]);
}

/*
 * A message of the router's own making; further lines, if any, have been written beyond the
 * tail. Room has been checked.
 */
void deliver_own(uint32_t slot, const struct line *line, uint32_t sender, uint32_t next)
{
    struct mailbox *to = &window[slot];
    uint32_t mask = directory[slot].in_mask, tail = to->in.in_tail;
    uint32_t lines = line->lines ? line->lines : 1;

    for (uint32_t i = 0; i < lines; i++)
        to->in.origins[(tail + i) & mask] = (struct origin){sender, next, i ? ORIGIN_INSIDE : 0};
    to->inbox[tail & mask] = *line;
    to->inbox[tail & mask].peer = ID_ROUTER;
    to->inbox[tail & mask].lines = (uint8_t)lines;
    commit_barrier();
    to->in.in_tail = tail + lines;
    commit_barrier();
    settle(slot, tail);
    to->in.counters.received++;
    to->in.counters.lines += lines;
    wake(&directory[slot]);
}

/*
 * What follows the commit of the message at inbox index `index`, from the inbox alone: a
 * call names its server in the caller's ledger, a reply closes the call. Twice is as once.
 */
void settle(uint32_t slot, uint32_t index)
{
    const struct mailbox *box = &window[slot];
    uint32_t place = index & directory[slot].in_mask;
    const struct line *line = &box->inbox[place];
    const struct origin *origin = &box->in.origins[place];
    struct mailbox *from;

    if (line->flags & (FLAG_GRANT | FLAG_LEND) && (from = mailbox_find(origin->sender)))
        from->in.moved = origin->next - line->lines + 1;
    if (line->flags & FLAG_REPLY)
        ledger_close(directory[slot].id, line->w[0],
                     line->flags & FLAG_NOTIFY ? line->w[1] : origin->sender);
    else if (line->flags & FLAG_CALL)
        ledger_assign(line->flags & FLAG_FORWARD ? origin->first : line->peer, line->w[0],
                      directory[slot].id);
}

/* What a route must allow, any of it, for a message with these flags; 0: they mean nothing. */
static const uint8_t needs[FLAG_NOTIFY + 1] = {[0] = RIGHT_SEND,
                                               [FLAG_CALL] = RIGHT_CALL,
                                               [FLAG_FORWARD] = RIGHT_FORWARD | RIGHT_INTERPOSE,
                                               [FLAG_NOTIFY] = RIGHT_NOTIFY,
                                               [FLAG_GRANT] = RIGHT_GRANT,
                                               [FLAG_GRANT | FLAG_CALL] = RIGHT_GRANT,
                                               [FLAG_GRANT | FLAG_CALL | FLAG_LEND] = RIGHT_LEND};

/* A message that goes by a route: checked from the route on to the receiver's room. */
static uint32_t send(struct post *post)
{
    struct route route;
    enum status status = route_find(post->handle, &route);

    if (status == STATUS_ROUTE)
        return route_ask(post);
    if (status != STATUS_OK)
        return refuse(post, status);
    if (route.dest == ID_ROUTER)
        return route.rights & RIGHT_MONITOR ? statistics(post) : refuse(post, STATUS_DENIED);
    if (!(route.rights & needs[post->flags]) || post->tag < route.first_tag ||
        post->tag > route.last_tag)
        return refuse(post, STATUS_DENIED);

    uint32_t slot = TASK_SLOT(route.dest);
    bool call = post->flags & FLAG_CALL; /* one's own: forward() sets the flag for another's */

    if (post->flags == FLAG_NOTIFY) { /* no line: a signal */
        window[slot].in.counters.notified++;
        signal_raise(slot, SIGNAL_USER << (post->tag & 15));
        return post->lines;
    }
    post->badge = route.badge;
    if (post->flags == FLAG_FORWARD) {
        status = forward(post, &route);
        if (status != STATUS_OK)
            return refuse(post, status);
    }
    if (!room_for(slot, me.id, post->lines))
        return room_hold(post->index, slot, post->lines);
    if (post->flags & FLAG_GRANT) {
        if (!me.landed)
            return move_ask(post, route.dest);
        if (route.dest != window[me.slot].in.held.peer)
            return refuse(post, STATUS_NO_ROUTE); /* the frames went to another task */
    }
    if (call && !ledger_prepare(post, slot))
        return 0;
    put(slot, post);
    return post->lines;
}

/* A reply goes by its call, not by a route; room was reserved for it. */
static uint32_t reply(struct post *post)
{
    const struct call *call;
    enum status status = ledger_find(post->handle, post->w0, &call);

    if (status != STATUS_OK)
        return refuse(post, status);

    uint32_t slot = TASK_SLOT(post->handle);

    if (post->lines > (call->room & ~CALL_LENT))
        return refuse(post, STATUS_TOO_BIG);
    if (call->room & CALL_LENT) {
        if (!me.landed)
            return move_return(post);
        post->flags |= FLAG_LEND;
    }
    post->cookie = call->cookie;
    post->badge = 0;
    if (room_left(slot) >= post->lines)
        put(slot, post);
    else
        ledger_close(post->handle, post->w0, me.id); /* it moved its inbox head back: its loss */
    return post->lines;
}

/*
 * Delivers the entry at `index`, with `available` lines from there to the tail. Returns the
 * lines that it takes in the outbox, or 0: it is held.
 */
uint32_t deliver(uint32_t index, uint32_t available)
{
    const struct held *held = &window[me.slot].in.held;
    struct post post;

    read_post(&post, index);
    if (post.handle == HANDLE_VOID)
        return post.lines == 0 || post.lines > available ? 1 : post.lines;
    if (held->reason == STATUS_MOVE && held->index == index && mailbox_find(held->peer))
        return 0; /* the pager's answer decides, whatever its task has made of it meanwhile */
    if (held->reason == STATUS_POISONED && held->index == index)
        return refuse(&post, STATUS_POISONED);
    if (post.lines == 0 || post.lines > MAX_LINES || post.lines > available)
        return refuse(&post, STATUS_BAD);
    if (post.flags == FLAG_REPLY)
        return reply(&post);
    if (post.flags > FLAG_NOTIFY || !needs[post.flags])
        return refuse(&post, post.flags & FLAG_ROUTE ? STATUS_DENIED : STATUS_BAD);
    return post.handle == HANDLE_ROUTER ? order(&post) : send(&post);
}

/*
 * The same for an entry whose frames the pager has moved (move.c): a grant, or, if the answer tells
 * of no runs, the reply to a loan. Whatever else its task has made of it meanwhile is refused.
 */
uint32_t deliver_landed(uint32_t index)
{
    const struct held *held = &window[me.slot].in.held;
    struct post post;

    read_post(&post, index);
    if (me.landed->w[3] >> 16 == 0 && post.flags == FLAG_REPLY && post.handle == held->peer &&
        post.w0 == held->answer[0] && post.lines - 1u < MAX_LINES)
        return reply(&post);
    if (me.landed->w[3] >> 16 != 0 && post.lines == 1 &&
        (post.flags | FLAG_CALL) == (FLAG_GRANT | FLAG_CALL | (held->answer[0] & FLAG_LEND)))
        return send(&post);
    return refuse(&post, STATUS_BAD);
}
