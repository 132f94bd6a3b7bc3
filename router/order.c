/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Orders, ring 1: plain messages to the router itself. The registrar tells it about routes, the
 * pager about frames. They take effect at once and leave no line in an inbox; doing one twice,
 * after a restart, is harmless.
 *
 * The pager's answer about an entry delivers that entry there and then, in the pager's call: if the
 * entry is void by now, or its route leads elsewhere, or there is no room, the answer is refused,
 * and the pager moves the frames back. The entry and the answer leave their outboxes by the same
 * commit (record.h), so no answer comes twice.
 */
#include "order.h"
#include "deliver.h"
#include "held.h"
#include "mailbox.h"
#include "route.h"
#include "signal.h"

/*
 * The sender's entry, whose frames have landed or not. `by` is where the pager's head goes. False:
 * it is held.
 */
static bool deliver_answered(const struct caller *sender, struct held *held,
                             const struct line *answer, ring_index_t by)
{
    uint32_t status = answer->w[3] & 0xFFFF;
    ring_index_t index = held->index;
    bool delivered = false;

    /* If the router dies of the entry, that is in the pager's call, and counted here. */
    if (++held->kills > KILLS_MAX) {
        held_refuse(sender, index, STATUS_POISONED);
    } else if (status != STATUS_OK) {
        bool passed_on = status >= STATUS_NO_ROUTE && status < STATUS_COUNT;

        held_refuse(sender, index, passed_on ? (enum status)status : STATUS_BAD);
    } else if (read_once(&post_line_of(sender, index)->peer) != NUMBER_OF(HANDLE_VOID)) {
        delivered = deliver_landed(sender, index, answer, by);
    }
    held->kills--;
    return delivered;
}

/*
 * MOVE_ANSWER: w0 number, w1 sender, w2 entry, w3 status | runs << 16, w4.. where each landed, and
 * its pages.
 */
static enum status move_answer(const struct caller *pager, const struct line *answer,
                               ring_index_t by)
{
    task_id_t id = AS_KIND(task_id_t, answer->w[1]);
    ring_index_t index = AS_KIND(ring_index_t, answer->w[2]);
    struct mailbox *box = mailbox_find(id);

    if (!box)
        return STATUS_DEAD;
    if (id == pager->id)
        return STATUS_DENIED;

    struct caller sender = {.id = id, .slot = slot_of(id)};
    struct held *held = &box->in.held;

    if (held->reason != STATUS_MOVE || held->index != index || held->ask != answer->w[0])
        return STATUS_NO_CALL;

    bool delivered = deliver_answered(&sender, held, answer, by);

    if (delivered) {
        held->reason = STATUS_OK;
        held->kills = 0;
    }
    signal_raise(pager, sender.slot, SIGNAL_HELD);
    return delivered || (answer->w[3] & 0xFFFF) != STATUS_OK ? STATUS_OK : STATUS_NO_CALL;
}

/* Who may give which order. */
static enum status obey(const struct caller *caller, const struct post *post,
                        const struct line *line)
{
    if (caller->id == nano_page.registrar && post->tag == TAG_ROUTE_ANSWER)
        return route_answer(caller, line);
    if (caller->id == nano_page.registrar && post->tag == TAG_ROUTE_REVOKE)
        return route_revoke(caller, line);
    if (caller->id == nano_page.pager && post->tag == TAG_MOVE_ANSWER)
        return move_answer(caller, line, index_plus(post->index, post->lines));
    return STATUS_DENIED;
}

/* A message to HANDLE_ROUTER without flags. False: it is held. */
bool order(const struct caller *caller, const struct post *post)
{
    struct line line; /* copied, because its task could change it between check and use */

    copy_line(&line, post_line_of(caller, post->index));

    enum status status = obey(caller, post, &line);

    return status == STATUS_OK ? post_pass(caller, post) : held_refuse(caller, post->index, status);
}
