/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fast path of a CALL and a REPLY of one line, inline for the gate (call.c); of a NOTIFY
 * (quick.c) and of runs of plain lines (run.c); and what these share.
 */
#ifndef ROUTER_QUICK_H
#define ROUTER_QUICK_H

#include "lane.h"
#include "record.h"
#include "room.h"

/* While so many inbox lines are reserved for replies, at most: half of the smaller inbox. */
#define QUICK_RESERVED (MAX_RING / 4)

/* The line at the head of the outbox. */
static inline const struct line *quick_line(const struct in_header *in, ring_index_t head)
{
    return opaque(outbox_of(in) + index_place(head, in->out_mask));
}

/*
 * May a line with this handle and word 1 go by the lane? One comparison checks tag, lines, flags
 * and whether the lane is open.
 */
static inline bool quick_serves(const struct lane *lane, handle_t handle, uint32_t word)
{
    return likely(handle == lane->handle && word - lane->first < lane->tags);
}

/*
 * Is there room for a line in that inbox, without a look at anything else there? It is taken. Then
 * nobody waits for room there, and its task does not wait for a ledger slot (room.c).
 */
static inline bool quick_room(struct in_header *to) { return likely(count_down(&to->plain_room)); }

/* A line to that place of the inbox, but for its first words. Returns where it went. */
static inline struct line *quick_copy(struct in_header *to, uint32_t place, const struct line *from)
{
    struct line *line = inbox_of(to) + place;

    copy_payload(&line, &from);
    to->first[place] = ID_NOBODY;
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
static inline void quick_commit(struct in_header *in, struct in_header *to, task_id_t dest,
                                ring_index_t next, uint32_t lines)
{
    ring_index_t tail = index_plus(to->in_tail, lines);

    trace(DELIVER, nameplate.id, dest);
    record_begin(in, tail, dest, next);
    to->in_tail = tail;
    commit_barrier();
}

/*
 * A CALL of one line, by the lane, for a reply of one line. Its ledger slot is filled before the
 * commit and opened after it, and the counts are never less than what the open slots need. False:
 * nothing was done; else *woken is the receiver.
 */
static inline bool quick_call(struct in_header *in, const struct lane *lane,
                              const struct line *line, uint32_t word, task_id_t *woken)
{
    ring_index_t index = in->out_head;
    struct call *call = &in->ledger[index_place(index, in->out_mask)];
    struct in_header *to = lane->to;

    if (read_once(&line->peer) != NUMBER_OF(lane->handle) ||
        word - (CALL_LINE - PLAIN_LINE) - lane->first >= lane->calls ||
        read_once(&line->badge) > 1 || call->server != ID_NOBODY ||
        in->reserved >= QUICK_RESERVED || in->plain_room <= 0 || !quick_room(to))
        return false;

    struct line *copy = quick_copy(to, index_place(to->in_tail, to->in_mask), line);

    quick_address(copy, word, lane->badge);
    copy->w[0] = NUMBER_OF(index);
    call->cookie = copy->cookie;
    call->index = index;
    call->room = 1;
    in->open_calls++;
    in->reserved++;
    quick_commit(in, to, lane->dest, index_plus(index, 1), 1);
    call->server = lane->dest;
    commit_barrier();
    in->out_head = index_plus(index, 1);
    *woken = lane->dest;
    return true;
}

/* The same for a REPLY of one line, to a call that was made for one. */
static inline bool quick_reply(struct in_header *in, const struct lane *lane,
                               const struct line *line, uint32_t word, task_id_t *woken)
{
    task_id_t dest = AS_KIND(task_id_t, read_once(&line->peer));
    slot_t slot = slot_of(dest);

    if (!is_slot(slot) || entry_of(slot)->id != dest || !lane->clear)
        return false;

    struct in_header *to = opaque(&box_of(slot)->in);
    ring_index_t index = AS_KIND(ring_index_t, read_once(&line->w[0]));
    struct call *call = &to->ledger[index_place(index, to->out_mask)];

    if (call->server != nameplate.id || call->index != index || call->room != 1 || !quick_room(to))
        return false;

    struct line *copy = quick_copy(to, index_place(to->in_tail, to->in_mask), line);
    ring_index_t next = index_plus(in->out_head, 1);

    quick_address(copy, word, 0);
    copy->cookie = call->cookie;
    copy->w[0] = NUMBER_OF(index);
    quick_commit(in, to, dest, next, 1);
    call->server = ID_NOBODY;
    commit_barrier();
    to->reserved--;
    to->open_calls--;
    trace(CLOSE, dest, NUMBER_OF(index));
    commit_barrier();
    in->out_head = next;
    *woken = dest;
    return true;
}

uint32_t quick_run(struct in_header *in, struct lane *lane, ring_index_t stop);
bool quick_notify(struct in_header *in, const struct lane *lane, const struct line *line,
                  uint32_t word, task_id_t *woken);
bool quick_deliver(struct in_header *in, struct lane *lane, const struct line *line, uint32_t word,
                   task_id_t *woken);

#endif
