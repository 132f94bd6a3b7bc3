/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registrar's table: for each slot the task that is up in it, and what its handles mean.
 *
 * Ring 3, the registrar; plain C, also built on the host. The table lies in pages that outlive the
 * registrar: when it dies, at whatever store, the pager keeps them for the next one. So:
 *
 * - Each change takes effect by one aligned store: of a handle's word, of a row's mark, of the
 * head. What is written before that store does not count yet, so the table is right after every
 * one.
 * - Head, marks and words carry a check. The next registrar checks all of them, and says what it
 *   drops. What is damaged is closed, not open: nobody knows whether it was revoked. A damaged
 *   handle is LOST, which is as good as revoked, and a task that has one can open nothing new.
 * - A row that is damaged itself waits for the pager, who tells all tasks that are up: words that
 *   are right for that task are kept. When the pager has told all, rows that it did not name are
 *   emptied: those tasks ended while there was no registrar.
 */
#include "table.h"

static struct table *table;
static uint8_t states[MAX_TASKS]; /* enum row_state */
static uint32_t slots;

static uint32_t mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    x *= 0x846CA68Bu;
    return x ^ x >> 16;
}

/* `low` with its check above it. */
static uint32_t checked(uint32_t id, uint32_t handle, uint32_t low)
{
    return low | mix(mix(id ^ 0x52474953) + (handle << 16 | low)) << 16;
}

static bool is_checked(uint32_t id, uint32_t handle, uint32_t word)
{
    return word == checked(id, handle, word & 0xFFFF);
}

static uint32_t mark_of(uint32_t id, const char name[NAME_BYTES])
{
    uint32_t sum = mix(id);

    for (uint32_t i = 0; i < NAME_BYTES; i++)
        sum = mix(sum + (uint8_t)name[i]);
    return sum | 1;
}

static bool row_good(const struct row *r, uint32_t slot)
{
    return r->mark == ROW_EMPTY || (TASK_SLOT(r->id) == slot && r->name[NAME_BYTES - 1] == 0 &&
                                    r->mark == mark_of(r->id, r->name));
}

/* Is it a word that this registrar would have written, for this task? */
static bool route_good(const struct policy *p, const struct row *r, uint32_t handle)
{
    uint32_t word = r->route[handle], line = word & ROUTE_RULE;

    if (!is_checked(r->id, handle, word) || line > p->count)
        return false;
    return line == 0 || policy_find(p, r->name, p->rule[line - 1].whom) == &p->rule[line - 1];
}

static void write_head(uint32_t count)
{
    table_store(&table->head, checked(0, 0, count));
    slots = count;
}

/* Takes the head over, or finds out how many rows there can be. */
static void check_head(uint32_t kept_pages, table_says *says)
{
    uint32_t rows = kept_pages * PAGE_SIZE / sizeof(struct row);

    slots = table->head & 0xFFFF;
    if (kept_pages && is_checked(0, 0, table->head) && slots <= MAX_TASKS)
        return;
    if (kept_pages)
        says(0, 0);
    write_head(rows < MAX_TASKS ? rows : MAX_TASKS);
}

/*
 * Takes over what an earlier registrar has left in the first `kept_pages` of the memory, which has
 * TABLE_PAGES; the rest of it is zero.
 */
void table_open(void *memory, uint32_t kept_pages, const struct policy *policy, table_says *says)
{
    table = memory;
    check_head(kept_pages, says);
    for (uint32_t slot = 0; slot < slots; slot++) {
        struct row *r = &table->row[slot];

        states[slot] = row_good(r, slot) ? ROW_KEPT : ROW_DAMAGED;
        if (states[slot] == ROW_DAMAGED)
            says(slot, 0);
        if (states[slot] == ROW_DAMAGED || r->mark == ROW_EMPTY)
            continue;
        for (uint32_t h = HANDLE_FIRST; h < HANDLES; h++) {
            if (route_good(policy, r, h))
                continue;
            says(slot, h);
            table_set_route(r, h, ROUTE_LOST);
        }
    }
}

uint32_t table_slots(void) { return slots; }

/* The row of a task that is up, or NULL. */
struct row *table_row(uint32_t slot)
{
    struct row *r = slot < slots ? &table->row[slot] : 0;

    return r && states[slot] != ROW_DAMAGED && r->mark != ROW_EMPTY ? r : 0;
}

struct row *table_find(uint32_t id)
{
    struct row *r = id ? table_row(TASK_SLOT(id)) : 0;

    return r && r->id == id ? r : 0;
}

uint32_t table_route(const struct row *row, uint32_t handle) { return row->route[handle] & 0xFFFF; }

void table_set_route(struct row *row, uint32_t handle, uint32_t route)
{
    table_store(&row->route[handle], checked(row->id, handle, route));
}

/* Makes the row that task's; of a damaged row the words that are right for it stay. */
static void write_row(struct row *r, uint32_t id, const char *name, bool damaged)
{
    union {
        char text[NAME_BYTES];
        uint32_t word[NAME_BYTES / 4];
    } full = {{0}};

    for (uint32_t i = 0; i < NAME_BYTES - 1 && name[i]; i++)
        full.text[i] = name[i];
    if (!damaged)
        table_store(&r->mark, ROW_EMPTY);
    table_store(&r->id, id);
    for (uint32_t i = 0; i < NAME_BYTES / 4; i++)
        table_store((uint32_t *)r->name + i, full.word[i]);
    for (uint32_t h = HANDLE_FIRST; h < HANDLES; h++)
        if (!damaged)
            table_set_route(r, h, 0);
        else if (!is_checked(id, h, r->route[h]))
            table_set_route(r, h, ROUTE_LOST);
    table_store(&r->mark, mark_of(id, full.text));
}

/* A task is up in that slot, as the pager says. Its row stays as it is if it is there already. */
void table_up(uint32_t id, const char *name)
{
    uint32_t slot = TASK_SLOT(id);
    struct row *r = &table->row[slot];
    bool damaged = slot < slots && states[slot] == ROW_DAMAGED;
    uint32_t next = slots;

    if (!table_find(id) || !names_equal(r->name, name)) {
        for (; next < slot; next++) /* rows that nobody has had yet */
            table_store(&table->row[next].mark, ROW_EMPTY);
        write_row(r, id, name, damaged);
    }
    states[slot] = ROW_NEW;
    if (slot >= slots)
        write_head(slot + 1);
}

void table_down(struct row *row) { table_store(&row->mark, ROW_EMPTY); }

/* The pager has told of all tasks that are up: no other row is anybody's. */
void table_confirmed(void)
{
    for (uint32_t slot = 0; slot < slots; slot++) {
        if (states[slot] == ROW_NEW)
            continue;
        if (table->row[slot].mark != ROW_EMPTY)
            table_store(&table->row[slot].mark, ROW_EMPTY);
        states[slot] = ROW_NEW;
    }
}
