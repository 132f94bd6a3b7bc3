/* SPDX-License-Identifier: BSD-2-Clause */
/* One row for each gate, emitted by gatehouse.asm beside its stub. */
#pragma once

#include <stdint.h>

struct gate {
    uint32_t stub;
    uint16_t vector;
    uint16_t dpl;
};
extern const struct gate gate_table_start[], gate_table_end[];
