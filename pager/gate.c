/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instruction that enters nano: int VECTOR_PAGER, ring 3 to ring 0. Nano answers it for
 * the pager's view only; every register but EBP and ESP may come back changed.
 */
#include "gate.h"
#include <ringpost/layout.h>

enum status nano_call(enum pager_op op, struct gate *g)
{
    uint32_t status = op;

    __asm__ volatile("int %[vector]"
                     : "+a"(status), "+b"(g->ebx), "+c"(g->ecx), "+d"(g->edx), "+S"(g->esi),
                       "+D"(g->edi)
                     : [vector] "i"(VECTOR_PAGER)
                     : "memory", "cc");
    return (enum status)status;
}
