/* SPDX-License-Identifier: BSD-2-Clause */
/* Deeds about EFLAGS (attacker_flags.c). True: they were as they must be, each time. */
#ifndef ATTACKER_FLAGS_H
#define ATTACKER_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

/* IF, and none of AC, VM, NT, IOPL, DF and TF: what a task has that did nothing about it. */
static inline bool flags_good(uint32_t flags) { return (flags & 0x67700) == 0x200; }

bool preempted(void); /* whatever POPF was asked for */

/* On each way back to ring 3. */
bool iopl_by_gate(void);
bool iopl_by_handoff(void);
bool iopl_by_switch(void);
bool iopl_by_tick(void);

#endif
