/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests to the pager by message. */
#pragma once

#include <post.h>
#include "task.h"

void request_handle(const struct line *line);
void request_ended(uint32_t id);
void request_cancelled(struct task *from, const struct line *in);
void request_forget_waits(struct task *t);
bool request_is_told(uint32_t id);
