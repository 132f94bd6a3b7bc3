/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The audit: everything that the split between the rings rests on, looked at as the CPU sees it.
 * At boot, and whenever the pager asks (PAGER_OP_AUDIT, the shell's `audit`).
 */
#pragma once

#include <stdint.h>

struct audit {
    uint32_t violations; /* each is a line on the debug port                             */
    uint32_t text;       /* digest: text and constants of nano and router, GDT, IDT, TSS  */
    uint32_t tables;     /* digest: nano's own tables, and the shared ones but mailboxes */
};

void audit(struct audit *result);

/* At boot. Stops if something is wrong though no fence was taken down. */
void audit_boot(void);
