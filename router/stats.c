/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Statistics, ring 1: STATS and WATCH, CALLs through a route with the MONITOR right. The answer
 * goes right into the caller's own inbox, so no ledger slot is opened.
 */
#include "stats.h"
#include "held.h"
#include "inbox.h"
#include "mailbox.h"
#include "room.h"

static void add(uint32_t sum[], const struct mailbox *box)
{
    struct counters counters = box->in.counters;
    const uint32_t *counter = (const uint32_t *)&counters;

    counters.sent = NUMBER_OF(box->in.out_head) - counters.sent;
    counters.received = NUMBER_OF(box->in.in_tail) - counters.received;
    counters.lines = NUMBER_OF(box->in.in_tail) - counters.lines;
    for (unsigned i = 0; i < sizeof(struct counters) / 4; i++)
        sum[i] += counter[i];
}

/* The counters of one task, or of all together (slot 0), into sum[0..7]; returns the task's id. */
static task_id_t sum_up(slot_t slot, uint32_t sum[])
{
    const struct mailbox *box;

    if (slot != 0) {
        box = mailbox_in_use(slot);
        if (box)
            add(sum, box);
        return box ? box->in.self : ID_NOBODY;
    }
    FOR_EACH_SLOT (each) {
        box = mailbox_in_use(each);
        if (box)
            add(sum, box);
    }
    return ID_ROUTER;
}

bool stats_answer(const struct caller *caller, const struct post *post)
{
    slot_t own = caller->slot;
    uint32_t word = read_once(&post_line_of(caller, post->index)->w[1]);
    struct line answer = {.peer = NUMBER_OF(ID_ROUTER),
                          .tag = post->tag,
                          .lines = 1,
                          .flags = FLAG_REPLY,
                          .cookie = post->cookie,
                          .w = {NUMBER_OF(post->index), STATUS_OK}};

    if (post->flags != FLAG_CALL || post->lines != 1)
        return held_refuse(caller, post->index, STATUS_BAD);
    if (post->tag != TAG_STATS && post->tag != TAG_WATCH)
        return held_refuse(caller, post->index, STATUS_BAD);
    if (room_used(box_of(own)) > entry_of(own)->in_mask + 1)
        return held_refuse(caller, post->index, STATUS_NO_ROOM);
    if (!room_for(caller, own, caller->id, 1))
        return room_hold(caller, post->index, own, caller->id, 1);
    if (post->tag == TAG_WATCH) {
        box_of(own)->in.watches = word;
    } else {
        if (word < nano_page.tasks)
            answer.w[2] = NUMBER_OF(sum_up(AS_KIND(slot_t, word), &answer.w[3]));
        if (answer.w[2] == 0)
            answer.w[1] = STATUS_BAD_TASK;
    }
    return inbox_put_instead(caller, own, post, &answer);
}
