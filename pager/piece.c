/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of moves and pieces, and what pieces mean in the books of the two tasks.
 *
 * Ring 3, pager. A message of four extents needs a move and four pieces. A loan keeps them until
 * it is returned. So the records lie in memory of the pager's own, which grows with the number of
 * loans that are open at one time: 44 bytes for a run of pages of any length.
 */
#include "piece.h"
#include "memory.h"

static struct piece *free_pieces;
static struct move *free_moves;

struct move *move_new(void)
{
    struct move *m = free_moves;

    if (m)
        free_moves = m->next_lent;
    else
        m = memory_own(task_pager()->id, sizeof *m);
    if (m)
        *m = (struct move){0};
    return m;
}

/* The pieces of a move are in no order: they do not touch each other. */
struct piece *piece_new(struct move *m)
{
    struct piece *p = free_pieces;

    if (p)
        free_pieces = p->next;
    else
        p = memory_own(task_pager()->id, sizeof *p);
    if (!p)
        return 0;
    p->next = m->pieces;
    p->moved = p->back = 0;
    m->pieces = p;
    return p;
}

void move_free(struct move *m)
{
    while (m->pieces) {
        struct piece *p = m->pieces;

        m->pieces = p->next;
        p->next = free_pieces;
        free_pieces = p;
    }
    m->next_lent = free_moves;
    free_moves = m;
}

/* Whole tables can go where both ends lie alike in a table, and the rights need no care. */
void piece_divide(struct piece *p)
{
    uint32_t lead = -p->address % TABLE_SPAN / PAGE_SIZE, rest;

    if ((p->address ^ p->target) % TABLE_SPAN || p->had != RIGHTS_ANY ||
        p->pages < lead + TABLE_PAGES) {
        p->parts = (struct parts){p->pages, 0, 0};
        return;
    }
    rest = p->pages - lead;
    p->parts = (struct parts){lead, rest / TABLE_PAGES, rest % TABLE_PAGES};
}

/* Lead and tail change the counts of their tables by `change`; whole tables become `whole`. */
static void note(struct tables *t, uint32_t address, const struct piece *p, uint16_t whole,
                 void change(struct tables *t, uint32_t address, uint32_t pages))
{
    const struct parts parts = p->parts;

    if (parts.lead && change)
        change(t, address, parts.lead);
    address += parts.lead * PAGE_SIZE;
    if (parts.tables)
        tables_set(t, address, parts.tables, whole);
    if (parts.tail && change)
        change(t, address + parts.tables * TABLE_SPAN, parts.tail);
}

void piece_expect(struct task *to, const struct piece *p)
{
    note(to->tables, p->target, p, TABLE_FULL, tables_add);
}

void piece_unexpect(struct task *to, const struct piece *p)
{
    note(to->tables, p->target, p, 0, tables_subtract);
}

void piece_gone(struct task *from, const struct piece *p)
{
    note(from->tables, p->address, p, 0, tables_subtract);
}

void piece_lent(struct task *from, const struct piece *p)
{
    note(from->tables, p->address, p, TABLE_PAGES, 0);
}

void piece_home(struct task *from, const struct piece *p)
{
    note(from->tables, p->address, p, TABLE_FULL, 0);
}
