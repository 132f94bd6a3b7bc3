/*
 * Ports and lines that nobody is given, because one write there ends the split: the interrupt
 * controllers, the timer, DMA, PCI configuration, the reset registers, and the debug exits.
 * Ring 0. The list is the promise; it holds against a hostile pager.
 */
#include <ringpost/status.h>
#include "ports.h"

static const struct {
    uint16_t first, last;
} never[] = {
    {0x000, 0x00F}, /* DMA 1                          */
    {0x020, 0x021}, /* PIC 1                          */
    {0x040, 0x043}, /* PIT                            */
    {0x061, 0x061}, /* NMI and speaker gate           */
    {0x064, 0x064}, /* keyboard controller: reset     */
    {0x070, 0x071}, /* CMOS: NMI mask                 */
    {0x080, 0x08F}, /* DMA pages                      */
    {0x092, 0x092}, /* fast A20 and reset             */
    {0x0A0, 0x0A1}, /* PIC 2                          */
    {0x0C0, 0x0DF}, /* DMA 2                          */
    {0x0E9, 0x0E9}, /* debug port                     */
    {0x0F4, 0x0F7}, /* QEMU's exit                    */
};                  /* PCI configuration and 0xCF9 are beyond PORTS. */

bool line_grantable(uint32_t line) { return line != 0 && line != 2; /* the tick, the cascade */ }

uint32_t ports_grant(struct task *t, uint32_t first, uint32_t count)
{
    if (!count || first >= PORTS || count > PORTS - first)
        return STATUS_NOT_GRANTABLE;
    for (unsigned i = 0; i < sizeof never / sizeof never[0]; i++)
        if (first <= never[i].last && never[i].first < first + count)
            return STATUS_NOT_GRANTABLE;
    for (uint32_t p = first; p < first + count; p++)
        t->ports[p / 8] &= ~(1 << p % 8);
    t->has_ports = true;
    return STATUS_OK;
}
