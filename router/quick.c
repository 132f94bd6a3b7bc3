/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CALL, REPLY and NOTIFY of one line without the slow path, ring 1; called by call.c, compiled for
 * speed. Each does what outbox_deliver() would, in the order of record.h and ledger.c, or nothing
 * at all if anything is the matter: a ledger slot in use, somebody to be signalled, a loan, an
 * inbox that is half full.
 */
#include "quick.h"
#include "ledger.h"
#include "signal.h"

static inline uint32_t lesser(uint32_t a, uint32_t b) { return a < b ? a : b; }

/*
 * Delivers a run of plain lines by the lane, up to outbox index `stop`: one look for room, one
 * commit. It ends where either ring does, and at any other entry. Returns how many lines it was.
 */
uint32_t quick_run(struct mailbox *box, struct lane *lane, ring_index_t stop)
{
    ring_index_t head = box->in.out_head;
    struct mailbox *to = lane->to;

    if (lane->tags == 0 || (to->in.plain_room <= 0 && !room_look(slot_of(lane->dest))))
        return 0;

    uint32_t at = index_place(head, box->in.out_mask);
    uint32_t place = index_place(to->in.in_tail, to->in.in_mask);
    uint32_t most = lesser(lesser(index_distance(head, stop), (uint32_t)to->in.plain_room),
                           lesser(box->in.out_mask + 1 - at, to->in.in_mask + 1 - place));
    uint32_t left = most;
    const struct line *line = opaque(&box->outbox[at]);
    struct line *copy = opaque(&to->inbox[place]);

    do {
        uint32_t word = read_once(&line->tag);

        if (!quick_serves(lane, AS_KIND(handle_t, read_once(&line->peer)), word))
            break;
        copy_payload(&copy, &line);
        quick_address(copy - 1, word, lane->badge);
    } while (--left != 0);
    if (left == most)
        return 0;

    uint32_t lines = most - left;

    clear_words(&to->in.first[place], lines);
    to->in.plain_room -= (int32_t)lines;
    quick_commit(box, to, lane->dest, index_plus(head, lines), lines);
    box->in.out_head = index_plus(head, lines);
    return lines;
}

/* May a line with this handle and word 1 go by the lane, as it is or once it leads there? */
static inline bool serves(struct lane *lane, const struct line *line, uint32_t word, uint32_t kind,
                          const uint32_t *tags)
{
    handle_t handle = AS_KIND(handle_t, read_once(&line->peer));
    uint32_t flags = kind - PLAIN_LINE;

    if (likely(handle == lane->handle && word - flags - lane->first < *tags))
        return true;
    return !waking.owed && (handle != lane->handle || !lane->clear) && lane_open(lane, handle) &&
           word - flags - lane->first < *tags;
}

/*
 * A CALL. Its ledger slot is filled before the commit and opened after it, and the counts are never
 * less than what the open slots need.
 */
static task_id_t quick_call(struct mailbox *box, struct lane *lane, const struct line *line,
                            uint32_t word)
{
    ring_index_t index = box->in.out_head;
    struct call *call = &box->in.ledger[index_place(index, box->in.out_mask)];
    uint32_t half = (box->in.in_mask + 1) / 2, room = read_once(&line->badge);

    if (room == 0)
        room = 1;
    if (!serves(lane, line, word, CALL_LINE, &lane->calls) || call->server != ID_NOBODY ||
        room > MAX_LINES || box->in.reserved + room > half || room_used(box) > half ||
        !quick_room(lane))
        return ID_NOBODY;

    struct mailbox *to = lane->to;
    struct line *copy = quick_copy(to, index_place(to->in.in_tail, to->in.in_mask), line);

    quick_address(copy, word, lane->badge);
    copy->w[0] = NUMBER_OF(index);
    call->cookie = copy->cookie;
    call->index = index;
    call->room = room;
    box->in.open_calls++;
    box->in.reserved += room;
    quick_commit(box, to, lane->dest, index_plus(index, 1), 1);
    call->server = lane->dest;
    commit_barrier();
    box->in.out_head = index_plus(index, 1);
    return lane->dest;
}

/* The open call that this reply answers, if nobody need be signalled that it is closed; or NULL. */
static inline struct call *answered(task_id_t dest, ring_index_t index)
{
    slot_t slot = slot_of(dest);
    struct mailbox *to = box_of(slot);
    struct call *call;

    if (!is_slot(slot) || entry_of(slot)->id != dest)
        return NULL;
    call = &to->in.ledger[index_place(index, to->in.out_mask)];
    if (call->server != nameplate.id || call->index != index || call->room - 1 >= MAX_LINES ||
        to->in.room_wanted != 0 || to->in.held.reason == STATUS_LEDGER ||
        room_used(to) > to->in.in_mask)
        return NULL;
    return call;
}

/* A REPLY. */
static task_id_t quick_reply(struct mailbox *box, struct lane *lane, const struct line *line,
                             uint32_t word)
{
    task_id_t dest = AS_KIND(task_id_t, read_once(&line->peer));
    ring_index_t index = AS_KIND(ring_index_t, read_once(&line->w[0]));
    struct call *call = answered(dest, index);

    if (!call || (!lane->clear && (waking.owed || !lane_clear(lane))))
        return ID_NOBODY;

    struct mailbox *to = box_of(slot_of(dest));
    struct line *copy = quick_copy(to, index_place(to->in.in_tail, to->in.in_mask), line);
    ring_index_t next = index_plus(box->in.out_head, 1);

    quick_address(copy, word, 0);
    copy->cookie = call->cookie;
    copy->w[0] = NUMBER_OF(index);
    to->in.plain_room = 0;
    quick_commit(box, to, dest, next, 1);
    call->server = ID_NOBODY;
    commit_barrier();
    to->in.reserved -= call->room;
    to->in.open_calls--;
    trace(CLOSE, dest, NUMBER_OF(index));
    commit_barrier();
    box->in.out_head = next;
    return dest;
}

/* A NOTIFY: a signal, no line. */
static task_id_t quick_notify(struct mailbox *box, struct lane *lane, const struct line *line,
                              uint32_t word)
{
    if (!serves(lane, line, word, NOTIFY_LINE, &lane->notifies))
        return ID_NOBODY;

    struct mailbox *to = lane->to;
    uint32_t pending = to->in.signals ^ read_once(&to->out.seen);

    to->in.counters.notified++;
    to->in.signals ^= SIGNAL_USER << (word & 15) & ~pending;
    trace(SIGNAL, lane->dest, SIGNAL_USER << (word & 15));
    record_pass(&box->in, index_plus(box->in.out_head, 1));
    return lane->dest;
}

/*
 * Delivers the entry at the caller's outbox head, `line`, whose word 1 is `word`. Returns whom to
 * wake; nobody: nothing was done.
 */
task_id_t quick_deliver(struct mailbox *box, struct lane *lane, const struct line *line,
                        uint32_t word)
{
    switch (word & 0xFFFF0000) {
    case CALL_LINE: return quick_call(box, lane, line, word);
    case REPLY_LINE: return quick_reply(box, lane, line, word);
    case NOTIFY_LINE: return quick_notify(box, lane, line, word);
    }
    return ID_NOBODY;
}
