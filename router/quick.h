/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fast path of the other entries of one line: CALL, REPLY, NOTIFY (quick.c); and what it shares
 * with that of plain lines (call.c).
 */
#ifndef ROUTER_QUICK_H
#define ROUTER_QUICK_H

#include "lane.h"
#include "record.h"
#include "room.h"

/* The line at the head of the outbox. */
static inline const struct line *quick_line(const struct mailbox *box, ring_index_t head)
{
    return opaque(&box->outbox[index_place(head, box->in.out_mask)]);
}

/* May a line with this handle and word 1 go by the lane? One comparison checks tag, lines, flags
 * and whether the lane is open. */
static inline bool quick_serves(const struct lane *lane, handle_t handle, uint32_t word)
{
    return likely(handle == lane->handle && word - lane->first < lane->tags);
}

/* Is there room for a plain line by this lane? It is taken. */
static inline bool quick_room(const struct lane *lane)
{
    return likely(--lane->to->in.plain_room >= 0) ||
           (room_look(slot_of(lane->dest)) && lane->to->in.plain_room-- > 0);
}

/* A line to that place of the inbox, but for its first words. Returns where it went. */
static inline struct line *quick_copy(struct mailbox *to, uint32_t place, const struct line *from)
{
    struct line *line = &to->inbox[place];

    copy_payload(&line, &from);
    to->in.first[place] = ID_NOBODY;
    return line - 1;
}

/* What the receiver sees in front of the payload. */
static inline void quick_address(struct line *line, uint32_t word, uint32_t badge)
{
    line_set_word1(line, word);
    line->peer = NUMBER_OF(nameplate.id);
    line->badge = badge;
}

/* Steps 2 and 3 of the delivery of `lines` lines (record.h). */
static inline void quick_commit(struct mailbox *box, struct mailbox *to, task_id_t dest,
                                ring_index_t next, uint32_t lines)
{
    ring_index_t tail = index_plus(to->in.in_tail, lines);

    trace(DELIVER, nameplate.id, dest);
    record_begin(&box->in, tail, dest, next);
    to->in.in_tail = tail;
    commit_barrier();
}

uint32_t quick_run(struct mailbox *box, struct lane *lane, ring_index_t stop);
task_id_t quick_deliver(struct mailbox *box, struct lane *lane, const struct line *line,
                        uint32_t word);

#endif
