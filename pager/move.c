/*
 * Moving mapped pages from one task to another: frames change their view, bytes stay where
 * they are. A whole page table moves in one write of nano's where both ends are 2 MiB-aligned; the
 * rest moves in runs that stay in one table at both ends.
 *
 * Ring 3, pager. All page tables that the target lacks are given first: after that only an error
 * of the pager's own (pages that are not there, a target that is not free) can stop it.
 */
#include "memory.h"
#include "gate.h"

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static bool aligned(uint32_t address)
{
    return address % TABLE_SPAN == 0;
}

/* Pages from `address` to the end of its table. */
static uint32_t rest(uint32_t address)
{
    return (TABLE_SPAN - address % TABLE_SPAN) / PAGE_SIZE;
}

/* Source, target and length of what is still to be moved. */
struct run {
    uint32_t address, target, pages;
};

/* How many whole tables can be moved at the beginning of the run. */
static uint32_t whole(const struct run *r)
{
    return aligned(r->address) && aligned(r->target) ? smaller(r->pages / rest(0), 512) : 0;
}

static void advance(struct run *r, uint32_t pages)
{
    r->address += pages * PAGE_SIZE;
    r->target += pages * PAGE_SIZE;
    r->pages -= pages;
}

static uint32_t part(const struct run *r)
{
    return smaller(r->pages, smaller(rest(r->address), rest(r->target)));
}

enum status move_pages(struct task *from, uint32_t address, struct task *to, uint32_t target,
                       uint32_t pages, uint32_t rights)
{
    struct run r = {address, target, pages};
    enum status status = STATUS_OK;

    while (r.pages && status == STATUS_OK) {
        uint32_t tables = whole(&r);

        if (!tables)
            status = memory_table(to->id, r.target);
        advance(&r, tables ? tables * rest(0) : part(&r));
    }
    r = (struct run){address, target, pages};
    while (r.pages && status == STATUS_OK) {
        uint32_t tables = whole(&r), moved = tables ? tables * rest(0) : part(&r);

        status =
            tables ? gate_move(PAGER_OP_MOVE_TABLE, from->id, r.address, to->id, r.target, rights,
                               tables)
                   : gate_move(PAGER_OP_MOVE, from->id, r.address, to->id, r.target, rights, moved);
        if (status == STATUS_OK) {
            from->pages -= moved;
            to->pages += moved;
            advance(&r, moved);
        }
    }
    return status;
}
