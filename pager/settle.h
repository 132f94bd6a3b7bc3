/* SPDX-License-Identifier: BSD-2-Clause */
/* What a large message asks for, and making it ready to move. settle.c says how. */
#pragma once

#include "piece.h"

/* What a message asks for. */
struct ask {
    struct task *from, *to;
    struct asked asked;
    uint32_t flags, count;
    const struct extent *list;
};

enum status move_settle(struct move *m, const struct ask *a);
