/* SPDX-License-Identifier: BSD-2-Clause */
/* The two 8259 interrupt controllers: lines 0-15 at vectors VECTOR_IRQ and up. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

void pic_init(void);
void pic_enable(uint32_t irq);
bool pic_is_raised(uint32_t irq); /* 0 to 7: it has come and was not taken yet */
/* Acknowledges the irq; false if the interrupt was spurious (7 and 15). */
bool pic_acknowledge(uint32_t irq);
