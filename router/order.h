/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the router itself; order.c says whose. */
#ifndef ROUTER_ORDER_H
#define ROUTER_ORDER_H

#include "post.h"

bool order(const struct caller *caller, const struct post *post);

#endif
