/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that will come back. loans.c says when. */
#pragma once

#include "piece.h"

void loans_open(struct move *m);
void loans_return(const struct line *in);
void loans_end(struct task *t);
bool loans_touch(const struct move *list, bool borrowed, uint32_t from, uint32_t to);
