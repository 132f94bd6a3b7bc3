/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting messages into inboxes; inbox.c says in which order. */
#ifndef ROUTER_INBOX_H
#define ROUTER_INBOX_H

#include "post.h"

bool inbox_put(const struct caller *caller, slot_t slot, const struct post *post,
               const struct line *landed);
void inbox_put_ask(const struct caller *caller, slot_t slot, const struct line *line);
bool inbox_put_instead(const struct caller *caller, slot_t slot, const struct post *post,
                       const struct line *line);
void inbox_put_notice(const struct caller *caller, slot_t slot, const struct line *line,
                      const struct call *call);
void inbox_settle(const struct caller *caller, slot_t from, slot_t to, ring_index_t index);
void inbox_settle_notice(const struct caller *caller, slot_t slot);

#endif
