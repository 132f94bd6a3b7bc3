/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of a task, and the page tables under them.
 *
 * Ring 3, pager; nano makes every change, through the gate. Two invariants. That of frames.c: a
 * frame leaves the bitmap right before nano gets it, and is back as soon as nano has given it up,
 * also when nano refuses the call. That of tables.c: the task's book shows at once what happens to
 * pages and tables.
 *
 * The pager gives a page table when a page needs one, and takes it back when a walk finds it empty.
 */
#include "memory.h"
#include "frames.h"
#include "gate.h"

#define OWN_HEAP 0x10000000 /* where the pager maps memory of its own */

static enum status give(enum pager_op op, uint32_t id, uint32_t address, uint32_t rights)
{
    uint32_t frame = frames_take();
    struct gate g = {id, address, frame, rights, 0};
    enum status status = frame ? nano_call(op, &g) : STATUS_NO_MEMORY;

    if (frame && status != STATUS_OK)
        frames_give(frame);
    return status;
}

static enum status give_table(uint32_t id, uint32_t address)
{
    enum status status = give(PAGER_OP_TABLE_GIVE, id, address & ~(TABLE_SPAN - 1), 0);

    return status == STATUS_MAPPED ? STATUS_OK : status;
}

/* Gives the task a page table at `address`, if it has none. */
enum status memory_table(struct task *t, uint32_t address)
{
    enum status status;

    if (t->tables && t->tables->at[address / TABLE_SPAN] & TABLE_HERE)
        return STATUS_OK;
    status = give_table(t->id, address);
    if (t->tables && status == STATUS_OK)
        t->tables->at[address / TABLE_SPAN] |= TABLE_HERE;
    return status;
}

/* Maps a zeroed page. MAPPED: a page is there already. */
enum status memory_map(struct task *t, uint32_t address, uint32_t rights)
{
    enum status status = give(PAGER_OP_MAP, t->id, address, rights);

    if (status == STATUS_NO_TABLE && (status = memory_table(t, address)) == STATUS_OK)
        status = give(PAGER_OP_MAP, t->id, address, rights);
    if (status == STATUS_OK) {
        t->pages++;
        tables_add(t->tables, address, 1);
    }
    return status;
}

/* Takes zeroed memory for the pager itself, for good. NULL: there is none. */
void *memory_own(uint32_t pager, uint32_t bytes)
{
    static uint32_t next = OWN_HEAP, mapped = OWN_HEAP;
    uint32_t start = next;

    for (; mapped - start < bytes; mapped += PAGE_SIZE)
        if (give_table(pager, mapped) != STATUS_OK ||
            give(PAGER_OP_MAP, pager, mapped, MAP_W) != STATUS_OK)
            return 0;
    next = start + ((bytes + 15) & ~15u);
    return (void *)(uintptr_t)start;
}

/*
 * Does the book say what is mapped? The pager has none of its own pages; and a task that has ended
 * is emptied by what nano says, because nothing may be left then.
 */
static bool by_book(const struct task *t) { return t->tables && t->stage == TASK_LIVE; }

/* The first page table at or above `address`: where a walk goes on in it; false: there is none. */
static bool next_table(const struct task *t, uint32_t *address)
{
    uint32_t found = *address;

    if (by_book(t))
        while (found < LANDING_END && !(t->tables->at[found / TABLE_SPAN] & TABLE_HERE))
            found += TABLE_SPAN;
    else if (found >= LANDING_END || nano_get(PAGER_OP_QUERY_TABLE, t->id, found, &found))
        return false;
    found &= ~(TABLE_SPAN - 1);
    if (found > *address)
        *address = found;
    if (*address >= OWN_BASE && *address < LANDING_BASE) { /* this table is nano's */
        *address = LANDING_BASE;
        return next_table(t, address);
    }
    return *address < LANDING_END;
}

/* Takes the table back, if it is empty and no page that was lent is to come back to it. */
static void take_table(struct task *t, uint32_t table)
{
    uint32_t frame;

    if (by_book(t) && tables_count(t->tables, table))
        return;
    if (nano_get(PAGER_OP_TABLE_TAKE, t->id, table, &frame) == STATUS_OK) {
        frames_give(frame);
        tables_set(t->tables, table, 1, 0);
    }
}

/*
 * Does the next message land in this table? Then it stays with the task when it is empty, because
 * to take it back and to give it again costs more than the message. That is 4 KiB a task.
 */
static bool is_landing(const struct task *t, uint32_t table)
{
    return by_book(t) && table == (t->landing & ~(TABLE_SPAN - 1));
}

/* Unmaps the first page in *from..end-1, all in one table; *from goes behind it. False: there is no
 * page left. */
static bool clear_page(struct task *t, uint32_t *from, uint32_t end)
{
    enum status status;
    uint32_t frame;

    if (by_book(t) && !tables_count(t->tables, *from))
        return false;
    status = nano_get(PAGER_OP_UNMAP, t->id, *from, &frame);
    if (status == STATUS_NOT_MAPPED)
        return nano_get(PAGER_OP_QUERY_PAGE, t->id, *from, from) == STATUS_OK && *from < end;
    if (status != STATUS_OK)
        return false;
    frames_give(frame);
    t->pages--;
    tables_subtract(t->tables, *from, 1);
    *from += PAGE_SIZE;
    return true;
}

/*
 * Unmaps what is mapped in *from..to-1, and takes back the tables that are empty then. It stops
 * after `steps` steps of a gate call or two; *from says how far it got. True: all is done.
 */
bool memory_clear(struct task *t, uint32_t *from, uint32_t to, uint32_t steps)
{
    for (; steps && *from < to && next_table(t, from) && *from < to; steps--) {
        uint32_t table = *from & ~(TABLE_SPAN - 1);
        uint32_t end = to < table + TABLE_SPAN ? to : table + TABLE_SPAN;

        if (clear_page(t, from, end) && *from < end)
            continue;
        if (!is_landing(t, table))
            take_table(t, table);
        *from = end;
    }
    return steps != 0;
}

static void trim(struct task *t, uint32_t from, uint32_t to, bool all)
{
    for (uint32_t at = from & ~(TABLE_SPAN - 1); t->tables && at < to; at += TABLE_SPAN)
        if (t->tables->at[at / TABLE_SPAN] == TABLE_HERE && (all || !is_landing(t, at)))
            take_table(t, at);
}

/* Takes back the empty tables in from..to-1, but not the one where the next message lands. */
void memory_trim(struct task *t, uint32_t from, uint32_t to) { trim(t, from, to, false); }

/* Takes back all empty tables in from..to-1: they are in the way. */
void memory_trim_all(struct task *t, uint32_t from, uint32_t to) { trim(t, from, to, true); }

/* The first mapped page in from..to-1 and its rights, or `to`. */
uint32_t memory_mapped(struct task *t, uint32_t from, uint32_t to, uint32_t *rights)
{
    while (from < to) {
        struct gate g = {t->id, from, 0, 0, 0};

        if (t->tables->at[from / TABLE_SPAN] & TABLE_HERE &&
            nano_call(PAGER_OP_QUERY_PAGE, &g) == STATUS_OK) {
            *rights = g.edx;
            return g.ebx < to ? g.ebx : to;
        }
        from = (from & ~(TABLE_SPAN - 1)) + TABLE_SPAN;
    }
    return to;
}
