/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loans: moves whose frames come back where they came from, with the reply or when the borrower
 * ends. Each is in two lists, its lender's and its borrower's.
 *
 * Ring 3, pager. A return cannot fail, because the pager keeps all that it needs while the loan is
 * open. At the lender the regions are away and the tables count the pages as there; so nothing
 * else lands there, or is allocated or mapped there, and the tables are not taken back. The
 * borrower can neither release nor grant what it has borrowed. This fixes the order, too: the
 * frames move, the pager tells the router, and it closes the loan only if the router accepts;
 * otherwise the frames move to the borrower again.
 *
 * When the lender ends nobody is left to return to. The frames stay with the borrower, who may be
 * working on them, and belong to it from then on.
 */
#include "loans.h"
#include "log.h"
#include "memory.h"
#include "send.h"

void loans_open(struct move *m)
{
    m->next_lent = m->from->lent;
    m->from->lent = m;
    m->next_borrowed = m->to->borrowed;
    m->to->borrowed = m;
    for (const struct piece *p = m->pieces; p; p = p->next)
        piece_lent(m->from, p);
}

/* Does from..to-1 touch a loan of the list, at the lender's end or at the borrower's? */
bool loans_touch(const struct move *list, bool borrowed, uint32_t from, uint32_t to)
{
    for (; list; list = borrowed ? list->next_borrowed : list->next_lent) {
        for (const struct piece *p = list->pieces; p; p = p->next) {
            uint32_t at = borrowed ? p->target : p->address;

            if (at < to && from < at + p->pages * PAGE_SIZE)
                return true;
        }
    }
    return false;
}

static void unlink(struct move *m)
{
    struct move **at;

    for (at = &m->from->lent; *at != m;)
        at = &(*at)->next_lent;
    *at = m->next_lent;
    for (at = &m->to->borrowed; *at != m;)
        at = &(*at)->next_borrowed;
    *at = m->next_borrowed;
    move_free(m);
}

static void move_back(struct move *m)
{
    for (struct piece *p = m->pieces; p; p = p->next) {
        enum status status = piece_back(m->from, m->to, p);

        if (status != STATUS_OK)
            log_line("pager: a loan of %s cannot be returned by %s: %s", task_name(m->from),
                     task_name(m->to), status_text(status));
    }
}

/* Undoes move_back. A whole table can go only if the lender's book has it as full (piece_home). */
static void move_out_again(struct move *m)
{
    for (struct piece *p = m->pieces; p; p = p->next) {
        enum status status;

        piece_home(m->from, p);
        status = piece_there(m->from, m->to, p);
        piece_lent(m->from, p);
        if (status != STATUS_OK)
            log_line("pager: a loan of %s cannot be left with %s: %s", task_name(m->from),
                     task_name(m->to), status_text(status));
    }
}

/* Closes the loan: the frames are with the lender again, and now the books of both say so. */
static void close(struct move *m)
{
    for (const struct piece *p = m->pieces; p; p = p->next) {
        piece_unexpect(m->to, p);
        memory_trim(m->to, p->target, p->target + p->pages * PAGE_SIZE);
        piece_home(m->from, p);
        regions_return(m->from->lazy, p->address, p->address + p->pages * PAGE_SIZE);
    }
    unlink(m);
}

/*
 * The router asks to deliver a borrower's reply: the loan goes back first. If there is no such
 * loan, it has gone back already.
 */
void loans_return(const struct line *in)
{
    struct task *replier = task_by_id(in->w[1]), *lender = task_by_id(in->w[3]);
    struct asked asked = {in->w[0], in->w[1], in->w[2]};
    enum status status;
    struct move *m = lender ? lender->lent : 0;

    while (m && m->asked.index != in->w[5])
        m = m->next_lent;
    if (!replier || (m && m->to != replier)) {
        send_answer(&asked, STATUS_NO_CALL, 0, 0);
        return;
    }
    if (m)
        move_back(m);
    status = send_answer(&asked, STATUS_OK, 0, 0);
    if (status == STATUS_OK || status == STATUS_RESET) { /* RESET: asked again, it will be home */
        if (m)
            close(m);
        return;
    }
    if (m)
        move_out_again(m);
}

/* Called when the task ends: what it has borrowed goes back, what it has lent stays for good. */
void loans_end(struct task *t)
{
    while (t->borrowed) {
        struct move *m = t->borrowed;

        move_back(m);
        close(m);
    }
    while (t->lent)
        unlink(t->lent);
}
