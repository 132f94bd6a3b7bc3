/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals and waking; signal.c says who is woken how. */
#ifndef ROUTER_SIGNAL_H
#define ROUTER_SIGNAL_H

#include "router.h"

/* What waking has left to be done. */
struct waking {
    bool yield; /* somebody more important than the caller was woken, or the wake list is full */
    bool owed;  /* the wake list was full: wake_owed() when somebody next enters; no lane opens */
};
extern struct waking waking;

void wake(const struct caller *caller, const struct task_entry *entry);
void wake_owed(const struct caller *caller);
void signal_raise(const struct caller *caller, slot_t slot, uint32_t bits);

#endif
