/* SPDX-License-Identifier: BSD-2-Clause */
/* What router and pager must be before nano loads them; see program.c. */
#pragma once

#include "multiboot.h"

/* Stops, in words, if the module is no program for low..high-1. */
void program_check(const struct module *m, uint32_t low, uint32_t high);
