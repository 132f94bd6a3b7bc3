/* SPDX-License-Identifier: BSD-2-Clause */
/* The call gate's C entry; entry.asm calls it. */
#ifndef ROUTER_CALL_H
#define ROUTER_CALL_H

#include "router.h"

BY_REGISTER uint32_t call_gate(uint32_t op, uint32_t deadline);

#endif
