/* SPDX-License-Identifier: BSD-2-Clause */
/* STATS and WATCH; stats.c says what they answer. */
#ifndef ROUTER_STATS_H
#define ROUTER_STATS_H

#include "post.h"

bool stats_answer(const struct caller *caller, const struct post *post);

#endif
