/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A task in whose every call the hostile router dies, once it has been told how (TAG_DIE), ring 3.
 * If that was a call, it answers first; the answer is in its outbox when the router dies.
 */
#include <post.h>
#include "hostile.h"

int main(void)
{
    const struct line *line = post_next(POST_FOREVER);
    uint32_t how = line->w[1], begin = line->w[2];
    struct post_caller caller = post_caller(line);
    bool call = line->flags & FLAG_CALL;

    post_done(line);
    if (begin)
        post_sleep(begin - post_now());
    if (call)
        post_answer(&caller, STATUS_OK);
    for (;;)
        post_gate(HOSTILE_DIE, how);
}
