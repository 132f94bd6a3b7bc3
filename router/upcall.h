/* SPDX-License-Identifier: BSD-2-Clause */
/* Nano's events; entry.asm jumps here. */
#ifndef ROUTER_UPCALL_H
#define ROUTER_UPCALL_H

#include "router.h"

BY_REGISTER _Noreturn void upcall(uint32_t event, uint32_t argument);

#endif
