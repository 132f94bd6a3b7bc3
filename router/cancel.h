/* SPDX-License-Identifier: BSD-2-Clause */
/* CANCEL: a task waits for one of its calls no more. */
#ifndef ROUTER_CANCEL_H
#define ROUTER_CANCEL_H

#include "post.h"

bool cancel(const struct caller *caller, const struct post *post);

#endif
