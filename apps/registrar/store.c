/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ring 3, the registrar: the one store by which its table changes (table.c). It is a function of
 * its own so that the compiler keeps the order of the stores, and so that a host test can cut a
 * change short at any of them.
 */
#include "table.h"

void table_store(uint32_t *word, uint32_t value) { *(volatile uint32_t *)word = value; }
