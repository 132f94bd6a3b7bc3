/* SPDX-License-Identifier: BSD-2-Clause */
/* Delivery of one entry to a task; deliver.c says what is checked. */
#ifndef ROUTER_DELIVER_H
#define ROUTER_DELIVER_H

#include "post.h"

bool deliver(const struct caller *caller, struct post *post);
bool deliver_landed(const struct caller *caller, ring_index_t index, const struct line *landed,
                    ring_index_t by);

#endif
