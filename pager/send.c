/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's outbox. The pager must never wait for room: the task that it would wait for may need
 * a page from the pager to go on. So:
 *
 * - Replies always find room, because the router keeps room for the reply to each open call. The
 *   router refuses a reply to a task that has died, and libpost voids it.
 * - News for the registrar (TASK_UP, TASK_DOWN) may find its inbox full. The pager sends each by
 *   itself; if one would have to wait, the pager voids it at once and tries again later. Nothing
 *   is lost, and no queue is needed, because the news are not events but a difference: each slot
 *   notes which task the registrar knows in it (`told`), and send_news tells what differs. The
 *   registrar never hears of a task that came and went in between.
 * - The router judges answers about frames (MOVE_ANSWER) at once. If it does not accept one, the
 *   pager voids it and moves the frames back (moving.c).
 *
 * Ring 3, pager. The invariant: when send_news returns, no entry of the outbox waits.
 */
#include "send.h"
#include "log.h"
#include "task.h"

static bool changed;  /* some slot may differ from what the registrar knows */
static bool all_told; /* this registrar knows that it has been told of all slots */

static bool waits(enum status status)
{
    return status == STATUS_FULL || status == STATUS_ROUTE || status == STATUS_MOVE ||
           status == STATUS_LEDGER;
}

/*
 * Posts all that is committed, and voids entries that would have to wait. Returns OK; or why an
 * entry was refused or would have waited; or RESET: the mailbox was lost, and nobody knows whether
 * the entries were delivered before.
 */
static enum status flush(void)
{
    enum status waited = STATUS_OK;

    for (;;) {
        enum status status = post_flush();

        if (status == STATUS_OK && post_own->in.out_head == post_own->out.out_tail)
            return post_gone(post_own->out.out_tail) ? STATUS_RESET : waited;
        if (waits(status)) {
            waited = status;
            post_own->outbox[post_own->in.out_head & post_own->in.out_mask].peer = HANDLE_VOID;
        } else if (status != STATUS_OK) {
            waited = status;
        }
    }
}

/* The next free line of the outbox. */
static struct line *slot(void)
{
    struct line *line = post_slot(1);

    if (!line) {
        enum status status = flush();

        if (waits(status))
            log_line("pager: a reply had to be dropped: %s", status_text(status));
        line = post_slot(1);
    }
    return line;
}

/* Commits a reply; it leaves with the next gate call. */
void send_reply(const struct post_caller *caller, const uint32_t words[REPLY_WORDS])
{
    struct line *line = slot();

    post_address(line, caller->task, caller->tag, 1, FLAG_REPLY);
    line->badge = 0;
    line->cookie = caller->cookie;
    line->w[0] = caller->index;
    memcpy(&line->w[1], words, REPLY_WORDS * 4);
    post_commit(1);
}

/*
 * Sends a MOVE_ANSWER by itself, because the router's verdict on it decides where the frames stay.
 * OK: the router has delivered the sender's message. RESET: nobody knows whether it has. Anything
 * else: it has not. `landed` is NULL or has INLINE_EXTENTS elements; unused ones are zero.
 */
enum status send_answer(const struct asked *asked, enum status status, uint32_t runs,
                        const struct extent *landed)
{
    struct line *line;

    if (post_own->in.out_head != post_own->out.out_tail)
        flush();
    line = slot();
    post_address(line, HANDLE_ROUTER, TAG_MOVE_ANSWER, 1, 0);
    line->badge = 0;
    line->cookie = 0;
    line->w[0] = asked->number;
    line->w[1] = asked->sender;
    line->w[2] = asked->index;
    line->w[3] = status | runs << 16;
    if (landed)
        memcpy(&line->w[4], landed, INLINE_EXTENTS * sizeof *landed);
    else
        memset(&line->w[4], 0, INLINE_EXTENTS * sizeof *landed);
    post_commit(1);
    return flush();
}

/* Sends the registrar one message by itself. OK: it is in the registrar's inbox. */
static enum status tell(uint16_t tag, uint32_t id, const char *name)
{
    struct line *line;

    flush();
    line = slot();
    post_address(line, HANDLE_REGISTRAR, tag, 1, 0);
    line->badge = 0;
    line->cookie = 0;
    memset(line->w, 0, sizeof line->w);
    line->w[1] = id;
    memcpy(&line->w[2], name, strlen(name));
    post_commit(1);
    return flush();
}

/* Tells the registrar what it does not know of one slot; true if it then knows all. */
static bool tell_slot(struct task *t)
{
    uint32_t up = t->stage == TASK_LIVE ? t->id : 0;

    if (t->told && t->told != up && tell(TAG_TASK_DOWN, t->told, "") == STATUS_OK)
        t->told = 0;
    if (up && !t->told && tell(TAG_TASK_UP, up, task_name(t)) == STATUS_OK)
        t->told = t->known = up;
    return t->told == up;
}

/* Called when a task has come up or gone down. */
void send_news(void)
{
    changed = true;
    send_news_left();
}

/*
 * Tells what is left to tell; true if some of it must be tried again later. First come tasks that
 * no registrar has heard of: the others are in the table that it has taken over.
 */
bool send_news_left(void)
{
    if (!changed || !task_by_name("registrar"))
        return false;
    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t slot = 1; slot < task_slots; slot++)
            if ((pass || tasks[slot].known != tasks[slot].id) && !tell_slot(&tasks[slot]))
                return true;
    if (!all_told && tell(TAG_TASK_ALL, 0, "") != STATUS_OK)
        return true;
    all_told = true;
    changed = false;
    return false;
}

/* Called when the registrar has ended: the next one must be told of all tasks. */
void send_forget(void)
{
    all_told = false;
    for (uint32_t slot = 1; slot < task_slots; slot++)
        tasks[slot].told = 0;
}
