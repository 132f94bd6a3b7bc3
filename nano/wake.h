/* SPDX-License-Identifier: BSD-2-Clause */
/* The wake list: the router writes which tasks are to run on, nano reads it; see wake.c. */
#pragma once

#include <ringpost/directory.h>

void wake_list_init(struct wake_list *list);
void wake_list_clear(void);

/* Wakes who stands in it, and empties it. */
void wake_list_read(void);
