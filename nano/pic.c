/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 8259s (Intel 8259A data sheet). Ring 0. Edge-triggered, acknowledged at once: a device
 * that is not serviced raises no further edge, so nothing needs to be masked while its driver, a
 * task in ring 3, gets round to it.
 */
#include <ringpost/layout.h>
#include "pic.h"
#include <ringpost/x86.h>

#define PIC1          0x20
#define PIC2          0xA0
#define CASCADE       2
#define ICW1_INIT     0x11 /* edge, cascade, ICW4 follows */
#define ICW4_8086     0x01
#define OCW2_EOI      0x20
#define OCW3_READ_IRR 0x0A
#define OCW3_READ_ISR 0x0B

void pic_init(void)
{
    outb(PIC1, ICW1_INIT);
    outb(PIC2, ICW1_INIT);
    outb(PIC1 + 1, VECTOR_IRQ);
    outb(PIC2 + 1, VECTOR_IRQ + 8);
    outb(PIC1 + 1, 1 << CASCADE);
    outb(PIC2 + 1, CASCADE);
    outb(PIC1 + 1, ICW4_8086);
    outb(PIC2 + 1, ICW4_8086);
    outb(PIC1 + 1, (uint8_t) ~(1 << CASCADE));
    outb(PIC2 + 1, 0xFF);
}

static uint16_t mask_port(uint32_t irq) { return (irq < 8 ? PIC1 : PIC2) + 1; }

void pic_enable(uint32_t irq) { outb(mask_port(irq), inb(mask_port(irq)) & ~(1 << irq % 8)); }

bool pic_is_raised(uint32_t irq)
{
    outb(PIC1, OCW3_READ_IRR);
    return inb(PIC1) >> irq & 1;
}

bool pic_acknowledge(uint32_t irq)
{
    if (irq % 8 == 7) {
        uint16_t port = irq < 8 ? PIC1 : PIC2;
        outb(port, OCW3_READ_ISR);
        if (!(inb(port) & 0x80)) {
            if (irq >= 8)
                outb(PIC1, OCW2_EOI); /* the cascade's was real */
            return false;
        }
    }
    if (irq >= 8)
        outb(PIC2, OCW2_EOI);
    outb(PIC1, OCW2_EOI);
    return true;
}
