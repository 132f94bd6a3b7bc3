/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One row shows the line, ring 3. A line that is longer than the row is shown in part, and the row
 * moves along with the cursor: '<' and '>' stand where there is more. So the editor need not know
 * how wide the terminal is (80 columns at least), and nothing ever wraps.
 *
 * The row is drawn with printable characters, backspaces and spaces only, so any terminal will
 * do: it is made anew with each change and compared with what the terminal shows, and what differs
 * is written. A character takes one column. Invariant: `row` and `at` are what the terminal shows.
 */
#include <string.h>
#include "row.h"

unsigned row_before(const struct editor *e, unsigned at)
{
    const char *byte = e->text + at - 1;
    while (byte > e->text && is_inside(*byte))
        byte--;
    return byte - e->text;
}

unsigned row_behind(const struct editor *e, unsigned at)
{
    do
        at++;
    while (at < e->length && is_inside(e->text[at]));
    return at;
}

/* Columns from byte `from` to byte `to`. */
static unsigned columns(const struct editor *e, unsigned from, unsigned to)
{
    unsigned n = 0;
    for (; from < to; from++)
        n += !is_inside(e->text[from]);
    return n;
}

/* Moves the row along so that the cursor is in it, with a third of the row to spare. */
static void scroll(struct editor *e)
{
    unsigned spare = COLUMNS / 3;

    if (columns(e, 0, e->length) <= COLUMNS) {
        e->left = 0;
    } else if (e->cursor <= e->left && e->left > 0) {
        e->left = e->cursor;
        for (; e->left > 0 && spare > 0; spare--)
            e->left = row_before(e, e->left);
    } else {
        unsigned in_row = e->cursor > e->left ? columns(e, e->left, e->cursor) : 0;
        unsigned most = e->cursor == e->length ? COLUMNS : COLUMNS - 1;
        if (in_row >= most)
            for (in_row -= COLUMNS - spare; in_row > 0; in_row--)
                e->left = row_behind(e, e->left);
    }
}

static void make_row(const struct editor *e, struct row *row)
{
    unsigned at = e->left;

    row->columns = 0;
    while (at < e->length && row->columns < COLUMNS) {
        struct cell *cell = &row->cell[row->columns++];
        unsigned next = row_behind(e, at);
        cell->bytes = next - at <= sizeof cell->byte ? next - at : sizeof cell->byte;
        memcpy(cell->byte, e->text + at, cell->bytes);
        at = next;
    }
    if (e->left > 0)
        row->cell[0] = (struct cell){1, {'<'}};
    if (at < e->length)
        row->cell[COLUMNS - 1] = (struct cell){1, {'>'}};
}

/* Moves the terminal's cursor to a column of the row that it shows. */
static void go(struct editor *e, unsigned column)
{
    for (; e->at > column; e->at--)
        e->show("\b", 1);
    for (; e->at < column; e->at++)
        e->show(e->row.cell[e->at].byte, e->row.cell[e->at].bytes);
}

static bool same(const struct cell *a, const struct cell *b)
{
    return a->bytes == b->bytes && memcmp(a->byte, b->byte, a->bytes) == 0;
}

void row_draw(struct editor *e)
{
    struct row new;
    unsigned shown = e->row.columns, first = 0;

    scroll(e);
    make_row(e, &new);
    while (first < new.columns && first < shown &&same(&new.cell[first], &e->row.cell[first]))
        first++;
    if (first < new.columns || first < shown) {
        go(e, first);
        e->row = new;
        go(e, new.columns);
        for (; e->at < shown; e->at++)
            e->show(" ", 1);
    }
    go(e, columns(e, e->left, e->cursor));
}

void edit_again(struct editor *e)
{
    e->row.columns = e->at = 0;
    row_draw(e);
}

unsigned edit_row(const struct editor *e, char *to, unsigned size)
{
    unsigned n = 0;

    for (unsigned i = 0; i < e->row.columns; i++) {
        const struct cell *cell = &e->row.cell[i];
        if (n + cell->bytes > size)
            break;
        memcpy(to + n, cell->byte, cell->bytes);
        n += cell->bytes;
    }
    for (unsigned i = e->row.columns; i > e->at && n < size; i--)
        to[n++] = '\b';
    return n;
}
