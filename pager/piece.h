/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A move is what one message carries; it is made of pieces, which are runs of pages. piece.c
 * hands out the records, move.c moves the pages, moving.c and loans.c decide when.
 */
#pragma once

#include <ringpost/pager_gate.h>
#include <ringpost/protocol.h>
#include "send.h"
#include "task.h"

#define RIGHTS_ANY 0xFF /* the pages keep the rights that they have, on both ways */

/* A piece moves in three parts: pages one by one, whole page tables, pages one by one again. */
struct parts {
    uint32_t lead;   /* pages */
    uint32_t tables; /* tables */
    uint32_t tail;   /* pages */
};

/* A run of pages: where it was, where it goes. */
struct piece {
    struct piece *next;
    uint32_t address; /* at the sender */
    uint32_t target;  /* at the receiver */
    uint32_t pages;
    uint32_t moved;     /* pages that have gone to the target, also those that came back since */
    uint32_t back;      /* pages of these that are at home again, on the way back */
    struct parts parts; /* piece_divide fills it when address, target, pages, rights are set */
    uint8_t rights;     /* the most that the pages may have when they arrive */
    uint8_t had;        /* RIGHTS_ANY, or the rights that they get again if they come back */
};

/* The frames of one message, from the router's ask until they belong to the receiver for good. */
struct move {
    struct task *from;
    struct task *to;
    struct asked asked; /* of a loan, asked.index is the call index */
    bool lend;
    struct piece *pieces;
    uint32_t runs;                        /* how many runs the receiver sees */
    struct extent landed[INLINE_EXTENTS]; /* where they are */
    struct move *next_lent;               /* the lender's next open loan */
    struct move *next_borrowed;           /* the borrower's next open loan */
};

struct move *move_new(void);
struct piece *piece_new(struct move *m); /* NULL: out of memory */
void move_free(struct move *m);

void piece_divide(struct piece *p);

/* What nano has moved for the pager since boot. */
struct move_counts {
    uint32_t tables; /* whole page tables */
    uint32_t pages;  /* pages one by one */
};

/* move.c */
extern struct move_counts move_counts;
enum status piece_tables(struct task *to, const struct piece *p);
enum status piece_there(struct task *from, struct task *to, struct piece *p);
enum status piece_back(struct task *from, struct task *to, struct piece *p);
enum status move_pages(struct task *from, uint32_t address, struct task *to, uint32_t target,
                       uint32_t pages, uint32_t rights);

/* These enter in a task's book of tables what becomes of the pages of a piece. */
void piece_expect(struct task *to, const struct piece *p);   /* they will arrive */
void piece_unexpect(struct task *to, const struct piece *p); /* they will not, or have left */
void piece_gone(struct task *from, const struct piece *p);   /* they left for good */
void piece_lent(struct task *from, const struct piece *p);   /* they left and will come back */
void piece_home(struct task *from, const struct piece *p);   /* they came back */
