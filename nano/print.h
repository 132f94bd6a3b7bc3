/* SPDX-License-Identifier: BSD-2-Clause */
/* The debug port (0xE9). Formats: %s, %u, %x, with a width of zeros (%08x). */
#pragma once

#include <stdint.h>

void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_char(char c);

/* Ends the run with an exit code, 0-127: QEMU (isa-debug-exit) and Bochs. */
_Noreturn void power_off(uint32_t code);

/* Cannot go on because of what was booted or how: says so in words and stops. */
_Noreturn void nano_stop(const char *format, ...) __attribute__((format(printf, 1, 2)));
