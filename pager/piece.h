/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moves and the runs of pages that they are made of. piece.c hands out the records, move.c
 * moves them, moving.c and loans.c say when.
 */
#pragma once

#include <ringpost/pager_gate.h>
#include <ringpost/protocol.h>
#include "send.h"
#include "task.h"

#define RIGHTS_ANY 0xFF /* rights that need no care: what the pages had is what they have */

/* What of a piece goes page by page, what by whole tables, what page by page again. */
struct parts {
    uint32_t lead, tables, tail;
};

/* A run of pages: where it was, where it goes. */
struct piece {
    struct piece *next;
    uint32_t address, target, pages;
    uint32_t moved;     /* pages that are at the target, or were before they went back */
    uint32_t back;      /* of these: on the way back, those that are at home again */
    struct parts parts; /* by piece_divide, when all but the counts is known */
    uint8_t rights;     /* that they arrive with, at most */
    uint8_t had;        /* RIGHTS_ANY, or what they must have again if they come back */
};

/* One message's frames, from the asking until they are the receiver's for good. */
struct move {
    struct task *from, *to;
    struct asked asked; /* its index: of a loan, the ledger slot */
    bool lend;
    struct piece *pieces;
    uint32_t runs;                        /* that the receiver sees, */
    struct extent landed[INLINE_EXTENTS]; /* and where */
    struct move *next_lent, *next_borrowed;
};

struct move *move_new(void);
struct piece *piece_new(struct move *m); /* NULL: out of memory */
void move_free(struct move *m);

void piece_divide(struct piece *p);

/* What nano has moved for us since boot: whole page tables, and pages one by one. */
struct move_counts {
    uint32_t tables, pages;
};

/* move.c */
extern struct move_counts move_counts;
enum status piece_tables(struct task *to, const struct piece *p);
enum status piece_there(struct task *from, struct task *to, struct piece *p);
enum status piece_back(struct task *from, struct task *to, struct piece *p);
enum status move_pages(struct task *from, uint32_t address, struct task *to, uint32_t target,
                       uint32_t pages, uint32_t rights);

/* The book's side of it: pages that will be at the target, or will not; or are gone, lent, back. */
void piece_expect(struct task *to, const struct piece *p);
void piece_unexpect(struct task *to, const struct piece *p);
void piece_gone(struct task *from, const struct piece *p);
void piece_lent(struct task *from, const struct piece *p);
void piece_home(struct task *from, const struct piece *p);
