/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * @: a server that adds two numbers, ring 3. It answers each call and waits for the next; the
 * answer leaves with the wait. What comes in is the client's word: who it is, the router's.
 */
#include <post.h>
#include "@.h"

int main(void)
{
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);

        if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            uint32_t sum[] = {STATUS_OK, line->w[2] + line->w[3]};

            if (line->tag == TAG_ADD)
                post_reply(&caller, sum, sizeof sum);
            else
                post_answer(&caller, STATUS_BAD_OP);
        }
        post_done(line);
    }
}
