/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CANCEL: a task waits for one of its calls no more. Ring 1; called by deliver().
 *
 * It goes by the ledger, as a reply does, not by a route: that may be revoked or forgotten by now.
 * The server is told which call, and nothing else: more would be a way past a filter. It is told
 * only if it has room, for the call must end in any case.
 */
#include "cancel.h"
#include "held.h"
#include "inbox.h"
#include "ledger.h"
#include "mailbox.h"
#include "room.h"

/* The entry leaves the outbox and closes the call in w[0], if that is open. False: it is held. */
bool cancel(const struct caller *caller, const struct post *post)
{
    ring_index_t index = AS_KIND(ring_index_t, post->w0);
    const struct call *call = ledger_slot(caller->id, index);
    task_id_t server = call->server;
    struct line line = {
        .peer = NUMBER_OF(caller->id), .lines = 1, .flags = FLAG_CANCEL, .w = {NUMBER_OF(index)}};

    if (post->lines != 1)
        return held_refuse(caller, post->index, STATUS_BAD);
    if (server == ID_NOBODY || call->index != index)
        return post_pass(caller, post);
    if (call->room & CALL_LENT)
        return held_refuse(caller, post->index, STATUS_BUSY);
    if (mailbox_find(server) && room_for(caller, slot_of(server), caller->id, 1))
        return inbox_put_instead(caller, slot_of(server), post, &line);
    ledger_close(caller, caller->id, index, server);
    return post_pass(caller, post);
}
