/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irq-to-task: from the instruction that raises an interrupt line to the first of the driver, which
 * is parked. The line is irq 3, the second UART's. bench-line (ports) has it raised by
 * allowing the UART to say that it has nothing to send; bench-driver (irq=) is more important,
 * notes the time as its first deed, and tells it. They are two tasks, because a task that raises
 * its own line is not parked. (National Semiconductor PC16550D, sections 8.4, 8.5, 8.9.)
 */
#include "bench.h"
#include <ringpost/x86.h>

enum uart_port {
    UART_IER = 0x2F9,
    UART_IIR = 0x2FA,
    UART_MCR = 0x2FC,
    UART_SCRATCH = 0x2FF,
};

#define IER_SENT 0x02 /* an interrupt when there is nothing to send */
#define MCR_OUT2 0x08 /* lets interrupts out */
#define LATE     1000 /* ticks after which the line is taken for dead */

_Noreturn void line_driver(void)
{
    int line = open_task("bench-line");

    for (;;) {
        post_own->out.looked = post_own->in.in_tail;
        post_gate(GATE_POST_WAIT, POST_FOREVER);
        uint32_t stamp = time_stamp();
        if (post_signals() & SIGNAL_IRQ)
            post_put(line, TAG_BENCH, &stamp, sizeof stamp);
    }
}

/* Returns how often the driver did not come; the mean is in *ticks. */
static uint32_t raise(uint32_t rounds, uint32_t *ticks)
{
    uint32_t total = 0;

    for (uint32_t n = 0; n < rounds; n++) {
        uint32_t start = time_stamp();
        outb(UART_IER, IER_SENT);
        const struct line *said = post_next(post_in(LATE));
        if (!said)
            return rounds - n;
        total += said->w[0] - start;
        post_done(said);
        outb(UART_IER, 0);
        inb(UART_IIR);
    }
    *ticks = total;
    return 0;
}

_Noreturn void line_raiser(void)
{
    outb(UART_SCRATCH, 0x5A);
    bool there = inb(UART_SCRATCH) == 0x5A;
    outb(UART_IER, 0);
    outb(UART_MCR, MCR_OUT2);
    for (;;) {
        const struct line *call = post_next(POST_FOREVER);
        struct post_caller caller = post_caller(call);
        uint32_t words[2] = {STATUS_NO_SUCH}, rounds = call->w[1];
        post_done(call);
        if (there)
            words[0] = raise(rounds, &words[1]) ? STATUS_TIMEOUT : STATUS_OK;
        post_reply(&caller, words, sizeof words);
    }
}

void measure_line(int pager)
{
    uint32_t words[POST_ANSWER] = {LINE_ROUNDS};
    uint32_t driver = spawn(pager, "bench-driver", NULL), raiser = spawn(pager, "bench-line", NULL);

    post_sleep(10); /* the driver is parked now */
    must("irq-to-task", post_ask(open_task("bench-line"), TAG_PHASE, words, 1, words));
    print_value("irq-to-task", words[1], LINE_ROUNDS);
    kill(pager, driver);
    kill(pager, raiser);
}
