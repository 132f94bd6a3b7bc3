/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of one line without the slow path, ring 1: NOTIFY, and what a drain of several entries
 * does for CALL and REPLY (quick.h). Each does what outbox_deliver() would, in the order of
 * record.h and ledger.c; or nothing at all, if anything is the matter: a ledger slot in use,
 * somebody to be signalled, a loan, an inbox that is half full.
 */
/*
 * CALL, REPLY and NOTIFY of one line without the slow path, ring 1; called by call.c, Each does
 * what outbox_deliver() would, in the order of record.h and ledger.c, or nothing at all if anything
 * is the matter: a ledger slot in use, somebody to be signalled, a loan, an inbox that is half
 * full.
 */
#include "quick.h"
#include "mailbox.h"
#include "signal.h"

/* Looks for room anew where the count has run down. */
static void look_for_room(slot_t slot)
{
    if (is_slot(slot) && mailbox_in_use(slot) && box_of(slot)->in.plain_room <= 0)
        room_look(slot);
}

/* Makes the lane lead to the receiver of a CALL or NOTIFY,
 * and the counts say what room there is. */
static void look(struct lane *lane, const struct line *line)
{
    handle_t handle = AS_KIND(handle_t, read_once(&line->peer));

    if (!waking.owed && (!lane->clear || handle != lane->handle))
        lane_open(lane, handle);
    if (lane->calls != 0) {
        look_for_room(nameplate.slot);
        look_for_room(slot_of(lane->dest));
    }
}

/* The same for a REPLY to the task with that id. */
static void look_back(struct lane *lane, task_id_t dest)
{
    if (!waking.owed && !lane->clear)
        lane_clear(lane);
    look_for_room(slot_of(dest));
}

/* A NOTIFY by the lane: a signal, no line. False: nothing was done; else *woken is the receiver. */
bool quick_notify(struct in_header *in, const struct lane *lane, const struct line *line,
                  uint32_t word, task_id_t *woken)
{
    if (read_once(&line->peer) != NUMBER_OF(lane->handle) ||
        word - (NOTIFY_LINE - PLAIN_LINE) - lane->first >= lane->notifies)
        return false;

    struct in_header *to = lane->to;
    uint32_t pending = to->signals ^ read_once(&out_of(to)->seen);

    to->counters.notified++;
    to->signals ^= SIGNAL_USER << (word & 15) & ~pending;
    trace(SIGNAL, lane->dest, SIGNAL_USER << (word & 15));
    record_pass(in, index_plus(in->out_head, 1));
    *woken = lane->dest;
    return true;
}

/*
 * Delivers the entry at the caller's outbox head, `line`, whose word 1 is `word`. False: nothing
 * was done; else *woken is the receiver.
 */
bool quick_deliver(struct in_header *in, struct lane *lane, const struct line *line, uint32_t word,
                   task_id_t *woken)
{
    switch (word & 0xFFFF0000) {
    case CALL_LINE: look(lane, line); return quick_call(in, lane, line, word, woken);
    case REPLY_LINE:
        look_back(lane, AS_KIND(task_id_t, read_once(&line->peer)));
        return quick_reply(in, lane, line, word, woken);
    case NOTIFY_LINE: look(lane, line); return quick_notify(in, lane, line, word, woken);
    }
    return false;
}
