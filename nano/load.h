/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two programs that nano loads itself: the router into ring 1, the pager into ring 3.
 */
#pragma once

#include <stdint.h>

struct module {
    const char *name;
    uint32_t start, end; /* physical */
};

void load_router(const struct module *m);
/* Text and data as they were at boot, the wake list empty (after a fault). */
void router_reset(void);
uint32_t router_upcall_entry(void);

/* Makes the pager's task and its view with everything in `modules` mapped for it. */
void load_pager(const struct module *m, const struct module *modules, uint32_t count,
                const char *command_line);
