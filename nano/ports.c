/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports and lines that nobody is given, because one write there ends the split. Ring 0. This is the
 * promise; it holds against a hostile pager.
 *
 * Everything below 0x100 is the mainboard's own: interrupt controllers, timer, DMA, NMI and CMOS,
 * the ways to reset, the debug exits, and 0xB2, which calls the firmware in system management mode:
 * it runs what its caller names, beyond every ring. Chipsets show some of them a second time in
 * between, so the whole of it is kept. PCI configuration and 0xCF9 are beyond PORTS.
 */
#include <ringpost/pager_gate.h>
#include <ringpost/status.h>
#include "ports.h"
#include "refuse.h"

_Static_assert(PORTS == PORTS_END, "the TSS has a bit for each port that may be granted");

bool irq_grantable(uint32_t irq) { return !(IRQ_NEVER >> irq & 1); }

uint32_t ports_grant(struct task *t, uint32_t first, uint32_t count)
{
    if (!count || first < PORTS_FIRST || first >= PORTS || count > PORTS - first)
        REFUSE(STATUS_NOT_GRANTABLE);
    for (uint32_t p = first; p < first + count; p++)
        t->ports[p / 8] &= ~(1 << p % 8);
    t->has_ports = true;
    return STATUS_OK;
}
