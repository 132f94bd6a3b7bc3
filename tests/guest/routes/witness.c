/* SPDX-License-Identifier: BSD-2-Clause */
/* The receiver of the routes test, under several names: answers calls with peer and badge. */
#include "post.h"

int main(void)
{
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            uint32_t answer[] = {STATUS_OK, line->peer, line->badge};
            post_reply(&caller, answer, sizeof answer);
        }
        post_done(line);
    }
}
