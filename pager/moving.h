/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that travel with messages. moving.c says how. */
#pragma once

#include <post.h>
#include "task.h"

void moving_ask(const struct line *in);
void moving_end(const struct task *t);
