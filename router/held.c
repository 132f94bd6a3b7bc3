/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The held slot, ring 1: an entry that cannot be delivered stays at the head of its outbox, and the
 * slot in the in header tells its task why. An entry waits for something that may come (room, the
 * registrar, the pager, a ledger slot), or it is refused, until its task voids or changes it.
 *
 * Both functions return false: the entry stays in the outbox, and the drain stops.
 */
#include "held.h"
#include "lane.h"

/*
 * Holds the entry. The same entry held for the same reason again counts once. `peer` is whom it
 * waits for; `detail` is what held.lines or held.loan says.
 */
bool held_wait(const struct caller *caller, ring_index_t index, enum status reason, task_id_t peer,
               uint32_t detail)
{
    struct in_header *in = &box_of(caller->slot)->in;
    struct held *held = &in->held;

    ASSERT(is_slot(caller->slot) && reason != STATUS_OK && reason < STATUS_COUNT);
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
    held->lines = detail;
    held->reason = reason;
    in->plain_room = 0; /* a reply has to tell of a free ledger slot */
    lane_close(caller->slot);
    trace(HOLD, caller->id, reason);
    return false;
}

/* Refuses the entry. Callers write held_refuse(). */
bool held_refused(const struct caller *caller, ring_index_t index, enum status status)
{
    return held_wait(caller, index, status, ID_NOBODY, 0);
}
