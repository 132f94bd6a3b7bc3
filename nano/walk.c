/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk from a task and an address to a pte. Ring 0; tables are reached by physical
 * address. Host-testable.
 */
#include "walk.h"

bool view_address_ok(uint32_t address)
{
    return address % PAGE_SIZE == 0 && ((address >= PROGRAM_BASE && address < PROGRAM_END) ||
                                        (address >= LANDING_BASE && address < LANDING_END));
}

pte_t *view_directory_pte(struct task *t, uint32_t address)
{
    pte_t *directory = view_table(t->view[address / DIRECTORY_SPAN]);

    return directory ? directory + directory_index(address) : NULL;
}

pte_t *view_pte(struct task *t, uint32_t address)
{
    pte_t *d = view_directory_pte(t, address), *table = d ? view_table(*d) : NULL;

    return table ? table + page_index(address) : NULL;
}
