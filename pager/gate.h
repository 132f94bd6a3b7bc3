/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's side of nano's gate (ring 3 to ring 0, <ringpost/pager_gate.h>): nano_call, and
 * short forms of it.
 *
 * gate.c has the instruction. The host tests put a nano of their own behind the same call, so no
 * other file knows the difference.
 */
#pragma once

#include <stdint.h>
#include <ringpost/pager_gate.h>
#include <ringpost/status.h>

/* The argument registers; after the call, the results. */
struct gate {
    uint32_t ebx;
    uint32_t ecx;
    uint32_t edx;
    uint32_t esi;
    uint32_t edi;
};

enum status nano_call(enum pager_op op, struct gate *g);

/* An operation with up to three arguments and no result. */
static inline enum status nano_do(enum pager_op op, uint32_t b, uint32_t c, uint32_t d)
{
    struct gate g = {b, c, d, 0, 0};

    return nano_call(op, &g);
}

/* An operation whose result is one frame number or address; `*result` is left alone unless OK. */
static inline enum status nano_get(enum pager_op op, uint32_t b, uint32_t c, uint32_t *result)
{
    struct gate g = {b, c, 0, 0, 0};
    enum status status = nano_call(op, &g);

    if (status == STATUS_OK)
        *result = g.ebx;
    return status;
}

static inline enum status nano_protect(uint32_t id, uint32_t address, uint32_t rights)
{
    struct gate g = {id, address, 0, rights, 0};

    return nano_call(PAGER_OP_PROTECT, &g);
}

/* MOVE counts pages, MOVE_TABLE counts tables. */
static inline enum status nano_move(enum pager_op op, uint32_t from, uint32_t address, uint32_t to,
                                    uint32_t target, uint32_t rights, uint32_t count)
{
    struct gate g = {from, address, to, rights | count << 16, target};

    return nano_call(op, &g);
}
