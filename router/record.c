/* SPDX-License-Identifier: BSD-2-Clause */
/* Heads that move without a delivery; record.h says why in this order. Ring 1. */
#include "record.h"

/* The head moves to `head`, and nothing was committed. */
void record_pass(struct in_header *in, ring_index_t head)
{
    in->record.dest = ID_NOBODY;
    in->counters.sent += index_distance(in->out_head, head);
    commit_barrier();
    in->out_head = head;
    commit_barrier();
    in->record.next = head;
}
