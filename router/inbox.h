/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting messages into inboxes; inbox.c says in which order. */
#ifndef ROUTER_INBOX_H
#define ROUTER_INBOX_H

#include "post.h"

void inbox_put(const struct caller *caller, slot_t slot, const struct post *post,
               const struct line *landed);
void inbox_put_own(const struct caller *caller, slot_t slot, const struct line *line,
                   task_id_t sender, ring_index_t next);
void inbox_settle(const struct caller *caller, slot_t slot, ring_index_t index);

#endif
