/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers to calls, ring 3. A reply has room reserved at its caller, so these functions commit it
 * and leave it to the next gate call: a server that answers and waits enters the router once. The
 * router refuses a reply whose caller has died; libpost then drops it (post_dropped).
 */
#include "internal.h"

static enum status reply(const struct post_caller *caller, const void *data, unsigned bytes,
                         bool sealed)
{
    unsigned size = 4 + bytes + (sealed ? 4 : 0);
    if (bytes > MAX_INLINE || size > MAX_INLINE)
        return STATUS_BAD;
    unsigned lines = post_lines(size);
    struct line *line = post_slot_wait(lines);
    post_address(line, caller->task, caller->tag, lines, FLAG_REPLY);
    line->badge = 0;
    line->cookie = caller->cookie;
    line->w[0] = caller->index;
    post_copy(&line->w[1], data, bytes, lines * LINE_BYTES - 20);
    if (sealed)
        post_seal(line);
    post_commit(lines);
    return STATUS_OK;
}

enum status post_reply_rest(const struct post_caller *caller, const void *data, unsigned bytes)
{
    return reply(caller, data, bytes, false);
}

enum status post_reply_sealed(const struct post_caller *caller, const void *data, unsigned bytes)
{
    return reply(caller, data, bytes, true);
}

enum status post_reply_now(const struct post_caller *caller, const void *data, unsigned bytes)
{
    enum status status = post_reply(caller, data, bytes);
    return status ? status : post_deliver(post_lines(4 + bytes), POST_FOREVER);
}

void post_answer(const struct post_caller *caller, enum status status)
{
    uint32_t word = status;
    post_reply(caller, &word, sizeof word);
}
