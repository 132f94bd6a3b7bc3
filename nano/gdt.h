/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: GDT, IDT, TSS. SDM vol. 3, 3.4.5, 5.8.3, 6.11, 7.2.1. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "gatehouse.h"

/* Builds and loads all three; the IDT from the rows of gates. */
void descriptors_init(const struct gate *first, const struct gate *end);

/* With the segment fence off every segment reaches 4 GiB. */
void gdt_set_limits(bool segment_fence);
void gdt_set_call_gate(uint32_t entry);

/* The I/O ports of who runs next: 128 bytes as the CPU reads them, or NULL for none. */
void tss_set_ports(const uint8_t *ports);
