/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking the pager to move frames; move.c says what it is asked. */
#ifndef ROUTER_MOVE_H
#define ROUTER_MOVE_H

#include "post.h"

bool move_ask(const struct caller *caller, const struct post *post, task_id_t dest);
bool move_return(const struct caller *caller, const struct post *post);

#endif
