/*
 * The walk from a task and an address to an entry. Ring 0; tables are reached by physical
 * address. Host-testable.
 */
#include "view.h"

bool view_address_ok(uint32_t address)
{
    return address % PAGE_SIZE == 0 && ((address >= PROGRAM_BASE && address < PROGRAM_END) ||
                                        (address >= LANDING_BASE && address < LANDING_END));
}

entry *view_directory_entry(struct task *t, uint32_t address)
{
    entry pointer = t->view[address / DIRECTORY_SPAN];

    if (!(pointer & ENTRY_P))
        return NULL;
    return (entry *)frame_memory(ENTRY_FRAME(pointer)) + directory_index(address);
}

entry *view_page_entry(struct task *t, uint32_t address)
{
    entry *d = view_directory_entry(t, address);

    if (!d || !(*d & ENTRY_P))
        return NULL;
    return (entry *)frame_memory(ENTRY_FRAME(*d)) + page_index(address);
}
