/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial line COM1: bytes out through a bounded queue, bytes in through another. uart.c
 * says how. Only the console's main.c calls this; it never waits.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define UART_OUT 8192 /* bytes of output queued at most; a power of two */
#define UART_IN  4096 /* bytes of input queued at most; a power of two  */

/* 115,200 baud, 8 data bits, no parity, 1 stop bit; FIFOs on; receive interrupt on. False: there is
 * no UART. */
bool uart_start(void);

/* Do all that the UART is ready for. Call it after each SIGNAL_IRQ, uart_write and uart_read. */
void uart_service(void);

/* Queue text, each \n as \r\n. False: there is no room for all of it, and nothing was queued. */
bool uart_write(const char *text, unsigned bytes);

/* Take up to `most` bytes of input, or no further than a line's end; how many there were. */
unsigned uart_read(char *to, unsigned most, bool one_line);

/* Put the last `n` bytes that were taken back; uart_service was not called since. */
void uart_unread(unsigned n);

/* Was that key typed? If so, this takes it and all input before it; how many bytes these are. */
unsigned uart_typed(char key);
unsigned uart_readable(void);

/* Positions in the stream of output: the end of the text queued, and of the text sent. */
uint32_t uart_queued(void);
uint32_t uart_sent(void);
