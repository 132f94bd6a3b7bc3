/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router as libpost sees it, played by the test: post_gate with the drain of message.h, and
 * mailbox and clock at the same addresses as in a task. What happens to an entry is decided by
 * its handle.
 */
#ifndef ROUTER_MODEL_H
#define ROUTER_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/mailbox.h>
#include <ringpost/status.h>
#include <post_gate.h>

/* What becomes of an entry to a handle. */
enum model_handle {
    MODEL_TAKES = 10, /* delivered                                                */
    MODEL_DEAD,       /* refused: DEAD                                            */
    MODEL_DENIES,     /* refused: DENIED                                          */
    MODEL_FULL,       /* held: FULL, until model_full_waits waits have passed     */
    MODEL_SELF_FULL,  /* held: FULL for room in the task's own inbox              */
    MODEL_SERVES,     /* a CALL is answered with its own words at the next wait   */
    MODEL_SILENT,     /* a CALL is taken and not answered                         */
    MODEL_DIES,       /* a CALL is answered with a death notice                   */
    MODEL_MOVES,      /* held: MOVE, until model_full_waits waits have passed     */
};

#define MODEL_SELF 0x00010005u
#define CLIENT     0x00020007u /* somebody who may send */

extern struct line model_taken[4096]; /* first lines of what was delivered, in order */
extern unsigned model_taken_count;
extern unsigned model_gates, model_waits, model_full_waits;
extern bool model_restart_next; /* the next gate call is cut short by a restart */

/* Map mailbox and clock, and start anew with rings of `lines` lines. */
void model_reset(uint32_t lines);

/* For cmocka, before each test: 64 lines, and libpost as in a task that has just started. */
int model_begin(void **state);

extern unsigned model_cancelled; /* calls that were open when they were cancelled */

/* The call with this index is closed. */
void model_answered(uint32_t index);

/* The router has set the mailbox aside: open calls and unsent entries are lost. */
void model_set_aside(void);

/* Put a line of somebody else's into the inbox. */
void model_mail(uint32_t peer, uint16_t tag, uint8_t flags, uint32_t cookie, uint32_t w0);

/* The pager: makes the reply to a CALL of what was asked. NULL: there is no answer. */
extern void (*model_pager)(struct line *reply);

/* To be done at the next wait, as if by another task. */
extern void (*model_at_wait)(void);

#endif
