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
    pte_t pointer = t->view[address / DIRECTORY_SPAN];

    if (!(pointer & PTE_P))
        return NULL;
    return (pte_t *)frame_memory(PTE_FRAME(pointer)) + directory_index(address);
}

pte_t *view_pte(struct task *t, uint32_t address)
{
    pte_t *d = view_directory_pte(t, address);

    if (!d || !(*d & PTE_P))
        return NULL;
    return (pte_t *)frame_memory(PTE_FRAME(*d)) + page_index(address);
}
