/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often a task may be started again: RESTARTS_MAX times within RESTARTS_TICKS. A program
 * that dies at its first instruction would otherwise keep the machine busy with dying.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RESTARTS_MAX   5
#define RESTARTS_TICKS 1000

/* The last starts of one program. */
struct restarts {
    uint32_t count;            /* starts since boot */
    uint32_t at[RESTARTS_MAX]; /* their ticks; a ring */
};

/* May it start again now? If so, this notes the start. */
static inline bool restart_allowed(struct restarts *r, uint32_t now)
{
    uint32_t *oldest = &r->at[r->count % RESTARTS_MAX];

    if (r->count >= RESTARTS_MAX && now - *oldest < RESTARTS_TICKS)
        return false;
    *oldest = now;
    r->count++;
    return true;
}
