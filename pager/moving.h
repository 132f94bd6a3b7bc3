/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that travel with messages. moving.c says how. */
#ifndef PAGER_MOVING_H
#define PAGER_MOVING_H

#include <post.h>
#include "task.h"

void moving_ask(const struct line *in);
void moving_end(const struct task *t);

#endif
