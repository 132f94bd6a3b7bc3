/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nano's own view and the fourth directory that all other views share. Ring 0; the tables are
 * reached by physical address.
 *
 * The page fence is made here: shared_dir has no entry for nano, so a task's view, in which
 * ring 1 runs, simply does not contain it. Nothing is ever global, and ring 0 is left only
 * through a CR3 load, so no translation outlives a change (SDM vol. 3, 4.10.4.1).
 */
#include "frame.h"
#include "print.h"
#include "string.h"
#include "view.h"
#include "walk.h"

/* From tables.asm, at physical addresses: nano's directories and the shared one. */
extern pte_t nano_dirs[4][PTES], gate_table[PTES], nano_table[PTES], shared_dir[PTES];
extern pte_t nano_view[4];

/* From the linker script. */
extern uint8_t gate_descriptors[], gate_stack[], rodata_start[], data_start[], nano_end[];
extern uint8_t gate_phys[], nano_phys[];

static pte_t user_bit; /* PTE_U only with the user fence off */

static void set_pages(pte_t *table, uint32_t first, uint32_t end, frame_t frame, pte_t rights)
{
    for (; first < end; first += PAGE_SIZE, frame = frame_plus(frame, 1))
        table[page_index(first)] = PTE_TO(frame) | PTE_P | rights;
}

/* Two sets of rights for one image: what nano's view has, and what is in all others. */
static void map_gatehouse(pte_t *table, pte_t writable_descriptors)
{
    frame_t frame = frame_at((uint32_t)gate_phys);
    uint32_t text_end = (uint32_t)gate_descriptors, stack = (uint32_t)gate_stack;

    set_pages(table, GATEHOUSE, text_end, frame, user_bit);
    frame = frame_plus(frame, (text_end - GATEHOUSE) >> 12);
    set_pages(table, text_end, stack, frame, PTE_NX | writable_descriptors | user_bit);
    frame = frame_plus(frame, (stack - text_end) >> 12);
    set_pages(table, stack, stack + PAGE_SIZE, frame, PTE_NX | PTE_W | user_bit);
}

static void map_nano(void)
{
    frame_t frame = frame_at((uint32_t)nano_phys);
    uint32_t ro = (uint32_t)rodata_start, rw = (uint32_t)data_start;

    set_pages(nano_table, NANO_BASE, ro, frame, user_bit);
    frame = frame_plus(frame, (ro - NANO_BASE) >> 12);
    set_pages(nano_table, ro, rw, frame, PTE_NX | user_bit);
    frame = frame_plus(frame, (rw - ro) >> 12);
    set_pages(nano_table, rw, (uint32_t)nano_end, frame, PTE_NX | PTE_W | user_bit);
}

void view_init(bool user_fence, bool page_fence)
{
    pte_t *shared_gate = frame_memory(frame_run(1, FRAME_NANO));

    user_bit = user_fence ? 0 : PTE_U;
    for (unsigned d = 0; d < 3; d++)
        for (unsigned i = 0; i < PTES; i++)
            nano_dirs[d][i] |= PTE_NX;
    map_gatehouse(gate_table, PTE_W);
    map_nano();

    /* The gatehouse in other views: descriptors read-only under CR0.WP. */
    clear_page(shared_gate);
    map_gatehouse(shared_gate, 0);
    shared_dir[directory_index(GATEHOUSE)] = (uint32_t)shared_gate | PTE_P | PTE_W | user_bit;
    if (!page_fence)
        shared_dir[directory_index(NANO_BASE)] = (uint32_t)nano_table | PTE_P | PTE_W | user_bit;
    write_cr3((uint32_t)nano_view);
}

pte_t view_shared_pte(void) { return (uint32_t)shared_dir | PTE_P; }

void view_make_shared_table(uint32_t address)
{
    pte_t *d = &shared_dir[directory_index(address)];
    frame_t table;

    if (*d & PTE_P)
        return;
    table = frame_run(1, FRAME_NANO);
    if (!table)
        nano_stop("not enough memory for page tables of the router; give the machine more");
    clear_page(frame_memory(table));
    *d = PTE_TO(table) | PTE_P | PTE_W | user_bit;
}

static pte_t *shared_pte(uint32_t address)
{
    pte_t d = shared_dir[directory_index(address)];
    return (pte_t *)frame_memory(PTE_FRAME(d)) + page_index(address);
}

void view_map_shared(uint32_t address, frame_t frame, pte_t rights)
{
    view_make_shared_table(address);
    *shared_pte(address) = PTE_TO(frame) | PTE_P | rights | user_bit;
}

void view_unmap_shared(uint32_t address) { *shared_pte(address) = 0; }

void *view_make_shared(uint32_t address, uint32_t bytes, pte_t rights)
{
    uint32_t pages = (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    frame_t first = frame_run(pages, FRAME_ROUTER);

    if (!first)
        nano_stop("not enough memory at %08x; give the machine more, or boot with tasks=N",
                  address);
    for (uint32_t i = 0; i < pages; i++) {
        clear_page(frame_memory(frame_plus(first, i)));
        view_map_shared(address + i * PAGE_SIZE, frame_plus(first, i), PTE_NX | rights);
    }
    return frame_memory(first);
}
