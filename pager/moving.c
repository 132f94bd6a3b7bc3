/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large messages: the router asks (MOVE_ASK), the pager moves the frames and answers (MOVE_ANSWER),
 * and the router delivers in the pager's call, or refuses the answer.
 *
 *   ask -> checked -> settled -> moved -> answered -> accepted: the receiver's, or a loan
 *             |          |         |          `-> refused:  all moves back
 *             `----------+---------+-> a status to the sender, all moved back
 *
 * Ring 3, pager. Settled means: the receiver's book has the place where each run lands, the
 * receiver has the page tables, the sender's regions have let go, and the record (`under_way`)
 * holds all that. So the pager can end the move or take it back from the first frame on, whatever
 * stops it in between. One move is under way at a time; normally none is when the pager looks at
 * the next message.
 *
 * A router that was restarted asks again, and then accepts only the answer to its last ask. So the
 * pager moves back what the earlier asks moved, and no ask comes for what the router accepted: the
 * answer leaves the pager's outbox by the same commit that delivers the message.
 */
#include "moving.h"
#include "extents.h"
#include "loans.h"
#include "memory.h"
#include "place.h"
#include "send.h"
#include "settle.h"

static struct move *under_way;

static enum status carry_out(struct move *m)
{
    enum status status = STATUS_OK;

    for (struct piece *p = m->pieces; p && status == STATUS_OK; p = p->next)
        status = piece_there(m->from, m->to, p);
    return status;
}

/* Undoes the move, as if the router had never asked for it. */
static void take_back(struct move *m)
{
    for (struct piece *p = m->pieces; p; p = p->next) {
        piece_back(m->from, m->to, p);
        piece_unexpect(m->to, p);
        memory_trim(m->to, p->target, p->target + p->pages * PAGE_SIZE);
        regions_return(m->from->lazy, p->address, p->address + p->pages * PAGE_SIZE);
    }
    move_free(m);
}

/* The message is delivered: the frames belong to the receiver. */
static void accept(struct move *m)
{
    if (m->lend) {
        loans_open(m);
        return;
    }
    for (const struct piece *p = m->pieces; p; p = p->next) {
        piece_gone(m->from, p);
        regions_forget(m->from->lazy, p->address, p->address + p->pages * PAGE_SIZE);
        place_left(m->from, p->address, p->address + p->pages * PAGE_SIZE, FAULT_PLACE_GRANTED);
    }
    move_free(m);
}

/* Settles the move and leaves it under way; or refuses it, and changes nothing. */
static enum status begin(const struct ask *a)
{
    enum status status = extents_check(a->from, a->list, a->count);
    struct move *m = status == STATUS_OK ? move_new() : 0;

    if (!m)
        return status == STATUS_OK ? STATUS_NO_MEMORY : status;
    m->from = a->from;
    m->to = a->to;
    m->asked = a->asked;
    m->lend = a->flags & MOVE_LEND;
    status = move_settle(m, a);
    if (status == STATUS_OK)
        under_way = m;
    else
        take_back(m);
    return status;
}

/*
 * Moves what is left to move, answers, and accepts the move or takes it back. If the answer was
 * lost, the move stays under way.
 */
static void finish(void)
{
    struct move *m = under_way;
    struct asked asked = m->asked;
    enum status status = carry_out(m);

    if (status != STATUS_OK) {
        under_way = 0;
        take_back(m);
        send_answer(&asked, status, 0, 0);
        return;
    }
    status = send_answer(&asked, STATUS_OK, m->runs, m->landed);
    if (status == STATUS_RESET)
        return;
    under_way = 0;
    if (status == STATUS_OK)
        accept(m);
    else
        take_back(m);
}

/* Checks and moves. First it ends a move that was cut short, whether that is asked again or not. */
static void move(const struct ask *a)
{
    enum status status;

    if (under_way)
        finish();
    status = under_way ? STATUS_BUSY : begin(a);
    if (status == STATUS_OK)
        finish();
    else
        send_answer(&a->asked, status, 0, 0);
}

/* Handles a MOVE_ASK, which only the router may send. */
void moving_ask(const struct line *in)
{
    struct ask a = {.from = task_by_id(in->w[1]),
                    .to = task_by_id(in->w[3]),
                    .asked = {in->w[0], in->w[1], in->w[2]},
                    .flags = in->w[4] & 0xFFFF};

    if (a.flags & MOVE_RETURN) {
        loans_return(in);
        return;
    }
    a.count = extents_read(in, &a.list);
    if (!a.from || !a.to)
        send_answer(&a.asked, STATUS_DEAD, 0, 0);
    else if (a.from == task_pager() || a.to == task_pager())
        send_answer(&a.asked, STATUS_DENIED, 0, 0);
    else
        move(&a);
}

/* Called when the task is about to end: ends its move that was cut short, if there is one. */
void moving_end(const struct task *t)
{
    struct move *m = under_way;

    if (!m || (m->from != t && m->to != t))
        return;
    finish();
    if (under_way) {
        under_way = 0;
        take_back(m);
    }
}
