/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pages and page tables of the fake nano, as pager_gate.h has them (fake.h). A frame is of one
 * type; what is mapped in the pager's view can be touched at its address.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include "fake_nano.h"

static bool address_ok(uint32_t a)
{
    return a % PAGE_SIZE == 0 && a >= PROGRAM_BASE && a < LANDING_END &&
           !(a >= PROGRAM_END && a < LANDING_BASE);
}

/* The page with the rights that the task has there: no more than its table's. */
struct fake_page effective(int slot, uint32_t address)
{
    struct fake_page p = task[slot].page[address / PAGE_SIZE];

    p.rights &= task[slot].table_rights[address / TABLE_SPAN];
    return p;
}

void show(int slot, uint32_t address)
{
    struct fake_page p = effective(slot, address);
    void *at = (void *)(uintptr_t)address;
    int prot = PROT_READ | (p.rights & MAP_W ? PROT_WRITE : 0);

    if (slot != (int)TASK_SLOT(FAKE_PAGER))
        return;
    if (p.frame)
        assert(mmap(at, PAGE_SIZE, prot, MAP_SHARED | MAP_FIXED, file, p.frame * PAGE_SIZE) == at);
    else
        assert(munmap(at, PAGE_SIZE) == 0);
}

enum status fake_table_give(int s, const struct gate *g)
{
    uint16_t *t = &task[s].table[g->ecx / TABLE_SPAN];

    if (!address_ok(g->ecx))
        return STATUS_BAD_ADDRESS;
    if (!task[s].parts[g->ecx / DIRECTORY_SPAN])
        return STATUS_NO_TABLE;
    if (*t)
        return STATUS_MAPPED;
    if (!frame_free(g->edx))
        return STATUS_BAD_FRAME;
    use(g->edx, TABLE);
    *t = g->edx;
    task[s].table_rights[g->ecx / TABLE_SPAN] = MAP_W | MAP_X;
    return STATUS_OK;
}

enum status fake_table_take(int s, struct gate *g)
{
    uint32_t n = g->ecx / TABLE_SPAN;

    if (!address_ok(g->ecx))
        return STATUS_BAD_ADDRESS;
    if (!task[s].table[n])
        return STATUS_NO_TABLE;
    for (uint32_t p = 0; p < TABLE_SPAN / PAGE_SIZE; p++)
        if (task[s].page[n * (TABLE_SPAN / PAGE_SIZE) + p].frame)
            return STATUS_NOT_EMPTY;
    g->ebx = task[s].table[n];
    task[s].table[n] = 0;
    type[g->ebx] = FREE;
    return STATUS_OK;
}

static enum status page_of(int s, uint32_t address, struct fake_page **p)
{
    if (!address_ok(address))
        return STATUS_BAD_ADDRESS;
    *p = &task[s].page[address / PAGE_SIZE];
    return task[s].table[address / TABLE_SPAN] ? STATUS_OK : STATUS_NO_TABLE;
}

enum status fake_map(int s, const struct gate *g)
{
    struct fake_page *p;
    enum status status = page_of(s, g->ecx, &p);

    if (status != STATUS_OK)
        return status;
    if (p->frame)
        return STATUS_MAPPED;
    if ((g->esi & (MAP_W | MAP_X)) == (MAP_W | MAP_X))
        return STATUS_WRITE_EXEC;
    if (!frame_free(g->edx))
        return STATUS_BAD_FRAME;
    use(g->edx, MAPPED);
    *p = (struct fake_page){g->edx, g->esi & (MAP_W | MAP_X)};
    show(s, g->ecx);
    return STATUS_OK;
}

enum status fake_unmap(int s, struct gate *g)
{
    struct fake_page *p;
    enum status status = page_of(s, g->ecx, &p);

    if (status != STATUS_OK)
        return status;
    if (!p->frame)
        return STATUS_NOT_MAPPED;
    g->ebx = p->frame;
    type[p->frame] = FREE;
    p->frame = 0;
    show(s, g->ecx);
    return STATUS_OK;
}

enum status fake_protect(int s, const struct gate *g)
{
    struct fake_page *p;
    enum status status = page_of(s, g->ecx, &p);

    if (status == STATUS_OK && !p->frame)
        status = STATUS_NOT_MAPPED;
    if (status == STATUS_OK) {
        p->rights = g->esi;
        show(s, g->ecx);
    }
    return status;
}

enum status fake_move(int s, const struct gate *g, uint32_t pages)
{
    int to = find(g->edx);
    struct fake_page *p, *q;

    if (!to)
        return STATUS_BAD_TASK;
    if (!pages || g->ecx % TABLE_SPAN + pages * PAGE_SIZE > TABLE_SPAN ||
        g->edi % TABLE_SPAN + pages * PAGE_SIZE > TABLE_SPAN)
        return STATUS_BAD_ADDRESS;
    if (page_of(s, g->ecx, &p) || page_of(to, g->edi, &q))
        return STATUS_NO_TABLE;
    for (uint32_t i = 0; i < pages; i++) {
        if (!p[i].frame)
            return STATUS_NOT_MAPPED;
        if (q[i].frame)
            return STATUS_MAPPED;
    }
    for (uint32_t i = 0; i < pages; i++) {
        q[i] = p[i];
        q[i].rights &= g->esi & 0xFFFF;
        p[i].frame = 0;
        show(s, g->ecx + i * PAGE_SIZE);
        show(to, g->edi + i * PAGE_SIZE);
    }
    return STATUS_OK;
}

enum status fake_move_tables(int s, const struct gate *g, uint32_t tables)
{
    int to = find(g->edx);
    uint32_t a = g->ecx / TABLE_SPAN, b = g->edi / TABLE_SPAN, each = TABLE_SPAN / PAGE_SIZE;

    if (!to)
        return STATUS_BAD_TASK;
    if (g->ecx % TABLE_SPAN || g->edi % TABLE_SPAN || !tables)
        return STATUS_BAD_ADDRESS;
    for (uint32_t i = 0; i < tables; i++) {
        if (!task[s].table[a + i])
            return STATUS_NO_TABLE;
        if (task[to].table[b + i])
            return STATUS_MAPPED;
    }
    for (uint32_t i = 0; i < tables; i++) {
        task[to].table[b + i] = task[s].table[a + i];
        task[to].table_rights[b + i] = task[s].table_rights[a + i] & g->esi;
        task[s].table[a + i] = 0;
        for (uint32_t j = 0; j < each; j++) {
            task[to].page[(b + i) * each + j] = task[s].page[(a + i) * each + j];
            task[s].page[(a + i) * each + j].frame = 0;
            show(s, g->ecx + (i * each + j) * PAGE_SIZE);
        }
    }
    return STATUS_OK;
}

enum status fake_query_table(int s, struct gate *g)
{
    for (uint32_t t = g->ecx / TABLE_SPAN; t < TABLES; t++) {
        if (task[s].table[t]) {
            g->ebx = t * TABLE_SPAN;
            return STATUS_OK;
        }
    }
    return STATUS_NONE;
}

enum status fake_query_page(int s, struct gate *g)
{
    uint32_t n = g->ecx / PAGE_SIZE, each = TABLE_SPAN / PAGE_SIZE;

    for (uint32_t end = (n / each + 1) * each; n < end; n++) {
        if (task[s].page[n].frame) {
            *g = (struct gate){n * PAGE_SIZE, task[s].page[n].frame, task[s].page[n].rights, 0, 0};
            return STATUS_OK;
        }
    }
    return STATUS_NONE;
}
