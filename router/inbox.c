/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a message gets into an inbox, ring 1: a task's, or one of the router's own. The steps of a
 * delivery are in record.h; inbox_put() does all of them.
 */
#include "inbox.h"
#include "ledger.h"
#include "mailbox.h"
#include "signal.h"

/*
 * Copies the lines of the entry beyond the receiver's inbox tail. Line by line and masked at both
 * ends: in the guest the rings are mapped twice in a row, on the host they are not.
 */
static void copy_lines(const struct caller *caller, slot_t slot, const struct post *post)
{
    const struct line *outbox = box_of(caller->slot)->outbox;
    struct mailbox *to = box_of(slot);
    uint32_t out_mask = entry_of(caller->slot)->out_mask, in_mask = entry_of(slot)->in_mask;
    ring_index_t tail = to->in.in_tail, index = post->index, end = index_plus(index, post->lines);

    for (; index != end; index = index_plus(index, 1), tail = index_plus(tail, 1)) {
        uint32_t place = index_place(tail, in_mask);

        copy_line(&to->inbox[place], &outbox[index_place(index, out_mask)]);
        to->in.first[place] = FIRST_INSIDE;
    }
}

/* Step 3: what stands beyond the tail is there. */
static void commit(const struct caller *caller, slot_t slot, uint32_t lines)
{
    struct mailbox *to = box_of(slot);

    commit_barrier();
    to->in.plain_room = 0;
    to->in.in_tail = index_plus(to->in.in_tail, lines);
    commit_barrier();
    to->in.counters.received += lines - 1;
    wake(caller, entry_of(slot));
}

/*
 * Delivers the entry: it leaves the outbox. Room has been checked. `landed` is the pager's answer
 * that says where its frames are; only a GRANT needs it. Returns true.
 */
bool inbox_put(const struct caller *caller, slot_t slot, const struct post *post,
               const struct line *landed)
{
    struct mailbox *to = box_of(slot);
    struct in_header *in = &box_of(caller->slot)->in;
    ring_index_t tail = to->in.in_tail;
    uint32_t place = index_place(tail, entry_of(slot)->in_mask);
    struct line *line = &to->inbox[place];

    ASSERT(post->lines >= 1 && post->lines <= MAX_LINES);
    ASSERT(landed || !(post->flags & FLAG_GRANT));
    copy_lines(caller, slot, post);
    to->in.first[place] = post->first;
    line->peer = NUMBER_OF(post->peer);
    line_set_word1(line, post->tag | post->lines << 16 | (uint32_t)post->flags << 24);
    line->badge = post->badge;
    line->cookie = post->cookie;
    line->w[0] = post->w0;
    if (post->flags & FLAG_GRANT) {
        line->w[3] = landed->w[3] >> 16;
        for (unsigned i = 4; i < 4 + 2 * INLINE_EXTENTS; i++)
            line->w[i] = landed->w[i];
    }
    in->record.by = post->by;
    record_begin(in, index_plus(tail, post->lines), entry_of(slot)->id,
                 index_plus(post->index, post->lines));
    commit(caller, slot, post->lines);
    inbox_settle(caller, caller->slot, slot, tail);
    commit_barrier();
    in->out_head = in->record.next;
    in->counters.sent += post->lines - 1u;
    trace(DELIVER, caller->id, entry_of(slot)->id);
    return true;
}

/* A message of the router's making, beyond the tail; further lines of it have been written. */
static void write_line(slot_t slot, const struct line *line)
{
    struct mailbox *to = box_of(slot);
    uint32_t mask = entry_of(slot)->in_mask;
    ring_index_t tail = to->in.in_tail;

    ASSERT(line->lines >= 1 && line->lines <= MAX_LINES);
    for (uint32_t i = 1; i < line->lines; i++)
        to->in.first[index_place(index_plus(tail, i), mask)] = FIRST_INSIDE;
    to->in.first[index_place(tail, mask)] = ID_NOBODY;
    copy_line(&to->inbox[index_place(tail, mask)], line);
}

/* A question of the router's: it may be asked twice. Room has been checked. */
void inbox_put_ask(const struct caller *caller, slot_t slot, const struct line *line)
{
    write_line(slot, line);
    commit(caller, slot, line->lines);
}

/*
 * Delivers this one line instead of the caller's entry, which leaves the outbox. Room has been
 * checked. Returns true.
 */
bool inbox_put_instead(const struct caller *caller, slot_t slot, const struct post *post,
                       const struct line *line)
{
    struct in_header *in = &box_of(caller->slot)->in;
    ring_index_t tail = box_of(slot)->in.in_tail;

    write_line(slot, line);
    record_begin(in, index_plus(tail, 1), entry_of(slot)->id, index_plus(post->index, 1));
    commit(caller, slot, 1);
    inbox_settle(caller, caller->slot, slot, tail);
    commit_barrier();
    in->out_head = in->record.next;
    in->counters.sent++;
    return true;
}

/* A death notice about a call, which it closes. Room has been checked. */
void inbox_put_notice(const struct caller *caller, slot_t slot, const struct line *line,
                      const struct call *call)
{
    struct in_header *in = &box_of(slot)->in;

    write_line(slot, line);
    in->notice.call = call->index;
    in->notice.tail = index_plus(in->in_tail, 1);
    commit_barrier();
    in->notice.server = call->server;
    commit(caller, slot, 1);
    inbox_settle_notice(caller, slot);
}

/* What follows the commit of a death notice: its call is closed. Twice is as once. */
void inbox_settle_notice(const struct caller *caller, slot_t slot)
{
    struct in_header *in = &box_of(slot)->in;

    ledger_close(caller, entry_of(slot)->id, in->notice.call, in->notice.server);
    commit_barrier();
    in->notice.server = ID_NOBODY;
}

/* The pager's answer delivered a message: it leaves the pager's outbox by the same commit. */
static void pass_answer(ring_index_t by)
{
    struct mailbox *box = mailbox_find(nano_page.pager);

    if (box)
        record_pass(&box->in, by);
}

/*
 * Step 4: what follows the commit of the message of slot `from` that begins at inbox index `index`
 * of slot `to`. The sender's head is still where it was. Twice is as once.
 */
void inbox_settle(const struct caller *caller, slot_t from, slot_t to, ring_index_t index)
{
    const struct in_header *sender = &box_of(from)->in;
    uint32_t place = index_place(index, entry_of(to)->in_mask);
    const struct line *line = &box_of(to)->inbox[place];
    task_id_t dest = entry_of(to)->id, peer = AS_KIND(task_id_t, line->peer);
    ring_index_t call = AS_KIND(ring_index_t, line->w[0]);

    if (line->flags == 0 || peer == ID_ROUTER)
        return;
    if (line->flags & FLAG_FORWARD)
        peer = box_of(to)->in.first[place];
    if (line->flags & FLAG_REPLY)
        ledger_close(caller, dest, call, sender->self);
    else if (line->flags & FLAG_CANCEL)
        ledger_close(caller, sender->self, call, dest);
    else if (line->flags & FLAG_CALL) {
        if (peer == sender->self && call == sender->out_head) /* its own, new */
            ledger_open(peer, call, dest);
        else /* passed on, by a task that shows or by one that does not */
            ledger_hand_on(peer, call, sender->self, dest);
    }
    if (line->flags & (FLAG_GRANT | FLAG_LEND))
        pass_answer(sender->record.by);
}
