/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a message gets into an inbox, ring 1: a task's, or one of the router's own.
 *
 * The order (README.md here, "Recovery"): write lines and origins beyond the receiver's tail,
 * where nobody looks; advance the tail: the commit; then inbox_settle() what follows from the
 * message, from the inbox copy alone; whoever called advances the sender's outbox head last.
 * inbox_settle() may be done twice: recovery does it again for a delivery that was cut short.
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
    ring_index_t tail = to->in.in_tail, index = post->index;
    struct origin origin = {caller->id, index_plus(index, post->lines), ORIGIN_INSIDE};

    for (; index != origin.next; index = index_plus(index, 1), tail = index_plus(tail, 1)) {
        uint32_t place = index_place(tail, in_mask);

        copy_line(&to->inbox[place], &outbox[index_place(index, out_mask)]);
        to->in.origins[place] = origin;
    }
}

/*
 * Writes the message beyond the receiver's inbox tail, commits it, and settles it. Room has been
 * checked. `landed` is the pager's answer that says where its frames are; only a GRANT needs it.
 */
void inbox_put(const struct caller *caller, slot_t slot, const struct post *post,
               const struct line *landed)
{
    struct mailbox *to = box_of(slot);
    ring_index_t tail = to->in.in_tail;
    uint32_t place = index_place(tail, entry_of(slot)->in_mask);
    struct line *line = &to->inbox[place];

    ASSERT(post->lines >= 1 && post->lines <= MAX_LINES);
    ASSERT(landed || !(post->flags & FLAG_GRANT));
    copy_lines(caller, slot, post);
    to->in.origins[place].first = post->first;
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
    commit_barrier();
    to->in.in_tail = index_plus(tail, post->lines);
    commit_barrier();
    inbox_settle(caller, slot, tail);
    to->in.counters.received++;
    to->in.counters.lines += post->lines;
    box_of(caller->slot)->in.counters.sent++;
    trace(DELIVER, caller->id, entry_of(slot)->id);
    wake(caller, entry_of(slot));
}

/*
 * A message of the router's own making; further lines, if any, have been written beyond the
 * tail. Room has been checked.
 */
void inbox_put_own(const struct caller *caller, slot_t slot, const struct line *line,
                   task_id_t sender, ring_index_t next)
{
    struct mailbox *to = box_of(slot);
    uint32_t mask = entry_of(slot)->in_mask, lines = line->lines ? line->lines : 1;
    ring_index_t tail = to->in.in_tail;
    struct line *first = &to->inbox[index_place(tail, mask)];

    ASSERT(lines <= MAX_LINES);
    for (uint32_t i = 0; i < lines; i++)
        to->in.origins[index_place(index_plus(tail, i), mask)] =
            (struct origin){sender, next, i ? ORIGIN_INSIDE : ID_NOBODY};
    *first = *line;
    first->peer = NUMBER_OF(ID_ROUTER);
    first->lines = (uint8_t)lines;
    commit_barrier();
    to->in.in_tail = index_plus(tail, lines);
    commit_barrier();
    inbox_settle(caller, slot, tail);
    to->in.counters.received++;
    to->in.counters.lines += lines;
    wake(caller, entry_of(slot));
}

/*
 * What follows the commit of the message at inbox index `index`, from the inbox alone: a
 * call names its server in the caller's ledger, a reply closes the call. Twice is as once.
 */
void inbox_settle(const struct caller *caller, slot_t slot, ring_index_t index)
{
    const struct mailbox *box = box_of(slot);
    task_id_t self = entry_of(slot)->id;
    uint32_t place = index_place(index, entry_of(slot)->in_mask);
    const struct line *line = &box->inbox[place];
    const struct origin *origin = &box->in.origins[place];
    ring_index_t call = AS_KIND(ring_index_t, line->w[0]);
    struct mailbox *from;

    if (line->flags & (FLAG_GRANT | FLAG_LEND) && (from = mailbox_find(origin->sender)))
        from->in.moved = index_plus(origin->next, 1u - line->lines);
    if (line->flags & FLAG_REPLY)
        ledger_close(caller, self, call,
                     line->flags & FLAG_NOTIFY ? AS_KIND(task_id_t, line->w[1]) : origin->sender);
    else if (line->flags & FLAG_CALL)
        ledger_assign(line->flags & FLAG_FORWARD ? origin->first : AS_KIND(task_id_t, line->peer),
                      call, self);
}
