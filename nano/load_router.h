/* SPDX-License-Identifier: BSD-2-Clause */
/* The router's image, loaded and reset; see load_router.c. */
#pragma once

#include "multiboot.h"

void load_router(const struct module *m);

/* Text and data as they were at boot, the wake list empty (after a fault). */
void router_reset(void);

uint32_t router_upcall_entry(void);
