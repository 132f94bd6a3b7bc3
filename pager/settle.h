/* SPDX-License-Identifier: BSD-2-Clause */
/* Making a large message ready to move. settle.c says how. */
#pragma once

#include "piece.h"

/* What one MOVE_ASK says. */
struct ask {
    struct task *from;
    struct task *to;
    struct asked asked;
    uint32_t flags; /* MOVE_* */
    uint32_t count; /* extents in the list */
    const struct extent *list;
};

enum status move_settle(struct move *m, const struct ask *a);
