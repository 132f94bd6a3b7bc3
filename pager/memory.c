/*
 * Pages of a task, and the page tables under them.
 *
 * Ring 3, pager; every change is nano's, through the gate. The invariant is that of
 * frames.c: a frame leaves the bitmap right before nano gets it, and is back in it as soon as
 * nano has given it up, also when a call is refused.
 *
 * Page tables are given when a page needs one, and taken back when a walk finds them empty.
 */
#include "memory.h"
#include "frames.h"
#include "gate.h"

#define OWN_HEAP 0x10000000 /* where the pager maps memory of its own */

static enum status give(enum pager_op op, uint32_t id, uint32_t address, uint32_t rights)
{
    uint32_t frame = frames_take();
    struct gate g = {id, address, frame, rights, 0};
    enum status status = frame ? gate_call(op, &g) : STATUS_NO_MEMORY;

    if (frame && status != STATUS_OK)
        frames_give(frame);
    return status;
}

/* Sees to it that there is a page table at `address`. */
enum status memory_table(uint32_t id, uint32_t address)
{
    enum status status = give(PAGER_OP_TABLE_GIVE, id, address & ~(TABLE_SPAN - 1), 0);

    return status == STATUS_MAPPED ? STATUS_OK : status;
}

static enum status map(uint32_t id, uint32_t address, uint32_t rights)
{
    enum status status = give(PAGER_OP_MAP, id, address, rights);

    if (status == STATUS_NO_TABLE && (status = memory_table(id, address)) == STATUS_OK)
        status = give(PAGER_OP_MAP, id, address, rights);
    return status;
}

/* Maps a zeroed page. */
enum status memory_map(struct task *t, uint32_t address, uint32_t rights)
{
    enum status status = map(t->id, address, rights);

    t->pages += status == STATUS_OK;
    return status;
}

/* Zeroed memory of the pager's own, for good; NULL if there is none. */
void *memory_own(uint32_t pager, uint32_t bytes)
{
    static uint32_t next = OWN_HEAP;
    uint32_t start = next;

    for (; next - start < bytes; next += PAGE_SIZE)
        if (map(pager, next, MAP_W) != STATUS_OK)
            return 0;
    return (void *)(uintptr_t)start;
}

/* The first page table at or above `address`: where a walk goes on in it; false: there is none. */
static bool next_table(uint32_t id, uint32_t *address)
{
    uint32_t found;

    if (*address >= LANDING_END || gate_get(PAGER_OP_QUERY_TABLE, id, *address, &found))
        return false;
    found &= ~(TABLE_SPAN - 1);
    if (found > *address)
        *address = found;
    if (*address >= OWN_BASE && *address < LANDING_BASE) { /* this table is nano's */
        *address = LANDING_BASE;
        return next_table(id, address);
    }
    return *address < LANDING_END;
}

/*
 * Unmaps what is mapped in *from..to-1, and takes the tables that are empty then. It stops
 * after so many steps (a gate call or two each), *from being how far it got: true when all is done.
 */
bool memory_clear(struct task *t, uint32_t *from, uint32_t to, uint32_t steps)
{
    for (; steps && *from < to && next_table(t->id, from) && *from < to; steps--) {
        uint32_t table = *from & ~(TABLE_SPAN - 1);
        uint32_t end = to < table + TABLE_SPAN ? to : table + TABLE_SPAN;
        uint32_t page, frame;

        if (gate_get(PAGER_OP_QUERY_PAGE, t->id, *from, &page) == STATUS_OK && page < end) {
            if (gate_get(PAGER_OP_UNMAP, t->id, page, &frame) != STATUS_OK)
                return true; /* the task is not there any more */
            frames_give(frame);
            t->pages--;
            *from = page; /* not beyond: it may have been the last of its table */
        } else {
            if (gate_get(PAGER_OP_TABLE_TAKE, t->id, table, &frame) == STATUS_OK)
                frames_give(frame);
            *from = end;
        }
    }
    return steps != 0;
}

/* The first mapped page in from..to-1, or `to`. */
static uint32_t first_mapped(uint32_t id, uint32_t from, uint32_t to)
{
    uint32_t page;

    while (from < to && next_table(id, &from) && from < to) {
        if (gate_get(PAGER_OP_QUERY_PAGE, id, from, &page) == STATUS_OK)
            return page < to ? page : to;
        from = (from & ~(TABLE_SPAN - 1)) + TABLE_SPAN;
    }
    return to;
}

/*
 * Room in low..high-1. A hit sends the search to the next table: holes inside a table are
 * found only from its beginning, so 2 GiB are looked through in a thousand steps or two.
 */
static uint32_t search(struct task *t, uint32_t low, uint32_t high, uint32_t bytes, bool tables)
{
    for (uint32_t at = low, hit; at < high && high - at >= bytes;) {
        hit = at;
        if (tables ? !next_table(t->id, &hit) || hit >= at + bytes
                   : (hit = first_mapped(t->id, at, at + bytes)) == at + bytes)
            return at;
        at = (hit & ~(TABLE_SPAN - 1)) + TABLE_SPAN;
    }
    return 0;
}

/*
 * Finds room for `pages` in the landing zone; 0: there is none. Nothing is reserved: who asks maps
 * there before the next request is looked at. A run of a table or more lands as it lay: at
 * an address like `like` modulo 2 MiB, and with no page table in the way, so that whole
 * tables can move. The search begins where the last one ended.
 */
uint32_t memory_landing(struct task *t, uint32_t pages, uint32_t like)
{
    uint32_t whole = TABLE_SPAN / PAGE_SIZE, bytes, lead = 0, start, found;
    bool tables = pages >= whole;

    if (pages == 0 || pages > (LANDING_END - LANDING_BASE) / PAGE_SIZE - whole)
        return 0;
    if (tables)
        lead = like & (TABLE_SPAN - 1);
    bytes = pages * PAGE_SIZE + lead;
    start = t->landing;
    if (tables)
        start = (start + TABLE_SPAN - 1) & ~(TABLE_SPAN - 1);
    found = search(t, start, LANDING_END, bytes, tables);
    if (!found)
        found = search(t, LANDING_BASE, LANDING_END, bytes, tables);
    if (!found)
        return 0;
    t->landing = found + bytes;
    return found + lead;
}
