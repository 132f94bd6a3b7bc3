/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nano that goes astray: the real one, whole, but each upcall goes beyond ring 1's limit, as if
 * the check of the router's entries at load had let that through. On Bochs the IRET of the upcall
 * faults then, in ring 0 and in the idle view; under TCG, which checks no limits, the router's
 * first privileged instruction there.
 */
#include <ringpost/layout.h>
#include "load_router.h"

uint32_t __wrap_router_upcall_entry(void);

uint32_t __wrap_router_upcall_entry(void) { return RING1_LIMIT; }
