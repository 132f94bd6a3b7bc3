/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A 16550 UART at COM1, driven from ring 3: the manifest gives the console its eight ports and its
 * irq, which arrives as SIGNAL_IRQ. (National Semiconductor PC16550D, section 8.)
 *
 * Irq 4 is edge-triggered: it rises when the first reason to interrupt comes and falls when the
 * last is gone. So uart_service goes on until IIR says that nothing is pending; otherwise there
 * would never be another edge.
 *
 * This driver loses no input when its queue is full: the input stays in the UART with the receive
 * interrupt off, and uart_service turns it on again when there is room.
 */
#include <post.h>
#include "uart.h"

#define COM1 0x3F8

enum uart_register {
    UART_DATA = 0, /* RBR on reading, THR on writing; DLL with DLAB */
    UART_IER = 1,  /* interrupt enable; DLM with DLAB               */
    UART_IIR = 2,  /* interrupt identification, on reading          */
    UART_FCR = 2,  /* FIFO control, on writing                      */
    UART_LCR = 3,  /* line control                                  */
    UART_MCR = 4,  /* modem control                                 */
    UART_LSR = 5,  /* line status                                   */
    UART_MSR = 6,  /* modem status                                  */
    UART_SCR = 7,  /* scratch: keeps what is written                */
};

#define IER_RECEIVE   0x01
#define IER_TRANSMIT  0x02 /* THR empty                                     */
#define IIR_NONE      0x01 /* nothing is pending                            */
#define FCR_ON        0x01 /* FIFOs on, receive trigger 1 byte              */
#define LCR_8N1       0x03
#define LCR_DLAB      0x80
#define MCR_ON        0x0B /* DTR, RTS, and OUT2, which lets the interrupt out of the chip */
#define LSR_DATA      0x01
#define LSR_THR_EMPTY 0x20 /* and with it the FIFO                          */
#define LSR_ALL_EMPTY 0x40 /* and the shift register: everything is out     */
#define FIFO_BYTES    16
#define LOOKS_MAX     100000 /* at LSR for the last bits: some 100 ms; they need 87 us */

static char out[UART_OUT], in[UART_IN];
static uint32_t out_head, out_tail, in_head, in_tail; /* run free, masked on use */
static uint32_t sent;                                 /* bytes of out that have left the UART */
static uint8_t enabled;                               /* what IER holds          */

static void port_out(enum uart_register port, uint8_t value)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"((uint16_t)(COM1 + port)));
}

static uint8_t port_in(enum uart_register port)
{
    uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"((uint16_t)(COM1 + port)));
    return value;
}

static void receive(void)
{
    while (in_tail - in_head < UART_IN && port_in(UART_LSR) & LSR_DATA)
        in[in_tail++ % UART_IN] = port_in(UART_DATA);
}

/* A port where nothing is answers 0xFF, or what was last on the bus. */
static bool is_there(void)
{
    port_out(UART_SCR, 0x5A);
    port_out(UART_LCR, LCR_8N1); /* the bus holds another byte now */
    if (port_in(UART_SCR) != 0x5A)
        return false;
    port_out(UART_SCR, 0xA5);
    port_out(UART_LCR, LCR_8N1);
    return port_in(UART_SCR) == 0xA5;
}

bool uart_start(void)
{
    if (!is_there())
        return false;
    port_out(UART_IER, 0);
    port_out(UART_LCR, LCR_DLAB | LCR_8N1);
    port_out(UART_DATA, 1); /* 1,843,200 Hz / 16 / 115,200 */
    port_out(UART_IER, 0);
    port_out(UART_LCR, LCR_8N1);
    receive(); /* turning the FIFOs on forgets what was typed before */
    port_out(UART_FCR, FCR_ON);
    port_out(UART_MCR, MCR_ON);
    uart_service();
    return true;
}

/* There is no interrupt for the end of the very last byte; it is 87 microseconds away at most. */
static void transmit(void)
{
    while (sent != out_tail && port_in(UART_LSR) & LSR_THR_EMPTY) {
        for (uint32_t looks = 0; out_head == out_tail && looks < LOOKS_MAX; looks++)
            if (port_in(UART_LSR) & LSR_ALL_EMPTY)
                break;
        sent = out_head;
        for (int i = 0; i < FIFO_BYTES && out_head != out_tail; i++)
            port_out(UART_DATA, out[out_head++ % UART_OUT]);
    }
}

/* Asks for interrupts: for input while there is room, for output while some of it is not out. */
static void enable(void)
{
    uint8_t want =
        (in_tail - in_head < UART_IN ? IER_RECEIVE : 0) | (sent != out_tail ? IER_TRANSMIT : 0);
    if (want != enabled)
        port_out(UART_IER, enabled = want);
}

void uart_service(void)
{
    do {
        receive();
        transmit();
        enable();
        port_in(UART_MSR); /* reading takes back a modem status interrupt */
    } while (!(port_in(UART_IIR) & IIR_NONE));
}

bool uart_write(const char *text, unsigned bytes)
{
    unsigned need = bytes;
    for (unsigned i = 0; i < bytes; i++)
        need += text[i] == '\n';
    if (need > UART_OUT - (out_tail - out_head))
        return false;
    for (unsigned i = 0; i < bytes; i++) {
        if (text[i] == '\n')
            out[out_tail++ % UART_OUT] = '\r';
        out[out_tail++ % UART_OUT] = text[i];
    }
    return true;
}

unsigned uart_read(char *to, unsigned most, bool one_line)
{
    bool ended = false;
    unsigned n = 0;
    while (n < most && in_head != in_tail && !ended) {
        to[n] = in[in_head++ % UART_IN];
        ended = one_line && (to[n] == '\r' || to[n] == '\n');
        n++;
    }
    return n;
}

void uart_unread(unsigned n) { in_head -= n; }

unsigned uart_typed(char key)
{
    static uint32_t looked; /* there is none before it */
    if ((int32_t)(looked - in_head) < 0)
        looked = in_head;
    while (looked != in_tail)
        if (in[looked++ % UART_IN] == key) {
            unsigned taken = looked - in_head;
            in_head = looked;
            return taken;
        }
    return 0;
}

unsigned uart_readable(void) { return in_tail - in_head; }

uint32_t uart_queued(void) { return out_tail; }

uint32_t uart_sent(void) { return sent; }
