/* SPDX-License-Identifier: BSD-2-Clause */
/* What a handle means; route.c says who decides. */
#ifndef ROUTER_ROUTE_H
#define ROUTER_ROUTE_H

#include "lane.h"
#include "post.h"

enum status route_find(const struct caller *caller, const struct post *post, struct route *found);
bool route_ask(const struct caller *caller, const struct post *post);
enum status route_answer(const struct caller *caller, const struct line *line);
enum status route_revoke(const struct caller *caller, const struct line *line);

#endif
