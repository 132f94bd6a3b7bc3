/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * @: a driver of the second serial line, COM2, ring 3. It writes its arguments there, a byte for
 * each interrupt: `run @ hello`. QEMU has one with
 *
 *   QEMU_ARGS="-chardev file,id=com2,path=com2.txt -device isa-serial,index=1,chardev=com2"
 *
 * Ports and interrupt line are its own by the manifest; any other port is its fault (#GP).
 * (National Semiconductor PC16550D, section 8.)
 */
#include <post.h>

#define COM2    0x2F8
#define IER     1 /* interrupt enable: 2, the transmitter is empty   */
#define IIR     2 /* on reading: bit 0 is clear while there is a reason to interrupt */
#define MCR     4 /* 0x0B: OUT2 lets interrupts out of the chip      */
#define LSR     5 /* 0x20: the transmitter is empty                  */
#define SCRATCH 7

static void outb(uint16_t port, uint8_t value)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t inb(uint16_t port)
{
    uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void write(const char *text)
{
    for (; *text; text++) {
        while (!(inb(COM2 + LSR) & 0x20)) /* lines are edge-triggered: look, then wait */
            if (!(post_wait(post_in(100)) & SIGNAL_IRQ))
                inb(COM2 + IIR); /* takes back a reason that came meanwhile */
        outb(COM2, *text);
    }
}

int main(int argc, char **argv)
{
    outb(COM2 + SCRATCH, 0x5A);
    if (inb(COM2 + SCRATCH) != 0x5A) {
        post_printf("@: there is no COM2\n");
        return 1;
    }
    outb(COM2 + MCR, 0x0B);
    outb(COM2 + IER, 0x02);
    /* It is empty, so the first interrupt comes at once. */
    bool signalled = post_wait(post_in(1000)) & SIGNAL_IRQ;
    for (int i = 1; i < argc; i++) {
        write(argv[i]);
        write(i + 1 < argc ? " " : "\n");
    }
    outb(COM2 + IER, 0);
    post_printf("@: written; %s\n", signalled ? "it interrupts" : "it does not interrupt");
    return signalled ? 0 : 1;
}
