/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU's features, and what of them is on. SDM vol. 3, 2.5 and 4.6. */
#pragma once

#include <stdbool.h>

struct cpu {
    char vendor[13];
    bool smep;
    bool smap;
    bool umip;
};
extern struct cpu cpu;

/* Turns on what there is; boot.asm has refused a CPU without PAE and NX. */
void cpu_init(void);
