/* SPDX-License-Identifier: BSD-2-Clause */
/* Passing on a line of the inbox; forward.c says which lines will do. */
#ifndef ROUTER_FORWARD_H
#define ROUTER_FORWARD_H

#include "lane.h"
#include "post.h"

enum status forward_prepare(const struct caller *caller, struct post *post,
                            const struct route *route);

#endif
