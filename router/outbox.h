/* SPDX-License-Identifier: BSD-2-Clause */
/* The entry at the head of an outbox. */
#ifndef ROUTER_OUTBOX_H
#define ROUTER_OUTBOX_H

#include "router.h"

bool outbox_deliver(const struct caller *caller);

#endif
