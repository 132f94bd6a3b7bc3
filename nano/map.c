/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's operations on the pages and tables of a view: give, take, map, unmap, protect,
 * move. Ring 0. Each validates everything first and then does all of it; the order of a move
 * is unmap, then map, and the CR3 load on the way out stands between that and any use.
 *
 * Written for a hostile pager: a frame goes from FREE to MAPPED and back with its one pte,
 * a page is never writable and executable, and tables hold only what nano put there.
 */
#include "frame.h"
#include "map.h"
#include "refuse.h"
#include "string.h"
#include "walk.h"
#include <ringpost/assert.h>
#include <ringpost/status.h>

static bool rights_ok(uint32_t rights) { return (rights & (MAP_W | MAP_X)) != (MAP_W | MAP_X); }

/* Rights as bits of a pte. */
static pte_t rights_bits(uint32_t rights)
{
    return PTE_P | PTE_U | (rights & MAP_W ? PTE_W : 0) | (rights & MAP_X ? 0 : PTE_NX);
}

/* A pte in two halves: P, W and U are in the low one, NX alone in the high one. */
typedef uint32_t __attribute__((may_alias)) half;

/*
 * Moves ptes, with no more rights than `rights`; all of them, if all at `s` are present and none at
 * `d` is. A grant of 100 MiB spends a tenth of its time here: so the check is by halves and
 * backwards, the rest by string instructions, and ptes are narrowed only if they must be.
 */
static uint32_t move_ptes(pte_t *s, pte_t *d, uint32_t count, uint32_t rights, uint32_t missing)
{
    uint32_t keep = rights & MAP_W ? ~0u : ~(uint32_t)PTE_W;
    uint32_t deny = rights & MAP_X ? 0 : PTE_NX >> 32;
    uint32_t all = ~0u, nx = ~0u, any = 0, i = count;
    const half *from = (const half *)s;
    half *to = (half *)d;

    do {
        i--;
        all &= from[2 * i];
        nx &= from[2 * i + 1];
        any |= to[2 * i];
    } while (i);
    if (!(all & PTE_P))
        REFUSE(missing);
    if (any & PTE_P)
        REFUSE(STATUS_MAPPED);
    memcpy(d, s, count * sizeof *d);
    memset(s, 0, count * sizeof *s);
    if (keep == ~0u && (nx & deny) == deny)
        return STATUS_OK;
    for (; i < count; i++) {
        to[2 * i] &= keep;
        to[2 * i + 1] |= deny;
    }
    return STATUS_OK;
}

uint32_t view_give_table(struct task *t, uint32_t address, frame_t frame)
{
    pte_t *d;

    if (!view_address_ok(address))
        REFUSE(STATUS_BAD_ADDRESS);
    d = view_directory_pte(t, address);
    if (!d)
        REFUSE(STATUS_NO_TABLE);
    if (*d & PTE_P)
        REFUSE(STATUS_MAPPED);
    if (!frame_is(frame, FRAME_FREE))
        REFUSE(STATUS_BAD_FRAME);
    clear_page(frame_memory(frame));
    frame_set(frame, 1, FRAME_TABLE);
    *d = PTE_TO(frame) | PTE_P | PTE_W | PTE_U;
    return STATUS_OK;
}

uint32_t view_take_table(struct task *t, uint32_t address, frame_t *frame)
{
    pte_t *d, *table;

    if (!view_address_ok(address))
        REFUSE(STATUS_BAD_ADDRESS);
    d = view_directory_pte(t, address);
    if (!d || !(*d & PTE_P))
        REFUSE(STATUS_NO_TABLE);
    table = frame_memory(PTE_FRAME(*d));
    for (unsigned i = 0; i < PTES; i++)
        if (table[i] & PTE_P)
            REFUSE(STATUS_NOT_EMPTY);
    *frame = PTE_FRAME(*d);
    ASSERT(frame_is(*frame, FRAME_TABLE));
    *d = 0;
    frame_set(*frame, 1, FRAME_FREE);
    return STATUS_OK;
}

/* The pte of a page, or why there is none. */
static uint32_t find(struct task *t, uint32_t address, pte_t **e)
{
    if (!view_address_ok(address))
        REFUSE(STATUS_BAD_ADDRESS);
    *e = view_pte(t, address);
    if (!*e)
        REFUSE(STATUS_NO_TABLE);
    return STATUS_OK;
}

uint32_t view_map(struct task *t, uint32_t address, frame_t frame, uint32_t rights)
{
    pte_t *e;
    uint32_t status = find(t, address, &e);

    if (status)
        return status;
    if (*e & PTE_P)
        REFUSE(STATUS_MAPPED);
    if (!rights_ok(rights))
        REFUSE(STATUS_WRITE_EXEC);
    if (!frame_is(frame, FRAME_FREE))
        REFUSE(STATUS_BAD_FRAME);
    clear_page(frame_memory(frame));
    frame_set(frame, 1, FRAME_MAPPED);
    *e = PTE_TO(frame) | rights_bits(rights);
    return STATUS_OK;
}

uint32_t view_unmap(struct task *t, uint32_t address, frame_t *frame)
{
    pte_t *e;
    uint32_t status = find(t, address, &e);

    if (status)
        return status;
    if (!(*e & PTE_P))
        REFUSE(STATUS_NOT_MAPPED);
    *frame = PTE_FRAME(*e);
    ASSERT(frame_is(*frame, FRAME_MAPPED));
    *e = 0;
    frame_set(*frame, 1, FRAME_FREE);
    return STATUS_OK;
}

uint32_t view_protect(struct task *t, uint32_t address, uint32_t rights)
{
    pte_t *e;
    uint32_t status = find(t, address, &e);

    if (status)
        return status;
    if (!(*e & PTE_P))
        REFUSE(STATUS_NOT_MAPPED);
    if (!rights_ok(rights))
        REFUSE(STATUS_WRITE_EXEC);
    *e = PTE_TO(PTE_FRAME(*e)) | rights_bits(rights);
    return STATUS_OK;
}

uint32_t view_move(struct task *from, uint32_t source, struct task *to, uint32_t target,
                   uint32_t rights, uint32_t pages)
{
    pte_t *s, *d;
    uint32_t status;

    if (!pages || source / PAGE_SIZE % PTES + pages > PTES ||
        target / PAGE_SIZE % PTES + pages > PTES)
        REFUSE(STATUS_BAD_ADDRESS);
    if ((status = find(from, source, &s)) || (status = find(to, target, &d)))
        return status;
    /* What the source's table did not let them, they do not get here. */
    rights &= pte_rights(*view_directory_pte(from, source));
    return move_ptes(s, d, pages, rights, STATUS_NOT_MAPPED);
}

/*
 * Are the tables from `first` to `last`, less than 1 GiB apart, all a task's own, and in one
 * directory? The ends decide: what is not a task's own begins or ends with a directory.
 */
static bool tables_ok(uint32_t first, uint32_t last)
{
    return first / DIRECTORY_SPAN == last / DIRECTORY_SPAN && first >= PROGRAM_BASE &&
           last < LANDING_END && (last < PROGRAM_END || first >= LANDING_BASE);
}

uint32_t view_move_tables(struct task *from, uint32_t source, struct task *to, uint32_t target,
                          uint32_t rights, uint32_t tables)
{
    uint32_t last = (tables - 1) * TABLE_SPAN;
    pte_t *s, *d;

    if (!tables || tables > PTES || (source | target) % TABLE_SPAN ||
        !tables_ok(source, source + last) || !tables_ok(target, target + last))
        REFUSE(STATUS_BAD_ADDRESS);
    s = view_directory_pte(from, source);
    d = view_directory_pte(to, target);
    if (!s || !d)
        REFUSE(STATUS_NO_TABLE);
    return move_ptes(s, d, tables, rights, STATUS_NO_TABLE);
}
