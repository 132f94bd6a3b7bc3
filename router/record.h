/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The record of the delivery under way (`struct record` in mailbox.h), and how an outbox head
 * moves.
 *
 * Indices come round, and a task moves its own outbox head as fast as it likes, so nothing is
 * concluded from a difference between an old index and a moving one. At rest `next` is the head,
 * however far it has gone. A delivery, in this order:
 *
 *   1  the lines beyond the receiver's tail
 *   2  record.tail, record.dest, last record.next
 *   3  the receiver's in_tail = record.tail: the commit
 *   4  what follows from the message (inbox_settle()); twice is as once
 *   5  out_head = record.next
 *
 * From 2 to 5 the router commits nothing else, so at most one record is under way (recover.c).
 * A head that moves for any other reason moves by record_pass().
 */
#ifndef ROUTER_RECORD_H
#define ROUTER_RECORD_H

#include "router.h"

/* Step 2. `tail`: the receiver's after the commit; `next`: the sender's head after it. */
static inline void record_begin(struct in_header *in, ring_index_t tail, task_id_t dest,
                                ring_index_t next)
{
    in->record.tail = tail;
    in->record.dest = dest;
    commit_barrier();
    in->record.next = next;
    commit_barrier();
}

void record_pass(struct in_header *in, ring_index_t head);

#endif
