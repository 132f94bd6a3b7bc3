/* SPDX-License-Identifier: BSD-2-Clause */
/* The receiver of the restart test: counts mail that comes in order; restarts the router. */
#include "clerk.h"
#include "post.h"

static enum status restart(uint32_t pager)
{
    uint32_t words[POST_ANSWER] = {0};
    return post_ask(pager, TAG_RESTART_ROUTER, words, 1, words);
}

int main(void)
{
    uint32_t counted = 0, pager = post_open("pager");

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        uint32_t tag = line->tag, word = line->w[tag == TAG_COUNT ? 1 : 2];
        struct post_caller caller = post_caller(line);

        post_done(line);
        if (tag == TAG_COUNT) {
            counted += word == counted;
        } else {
            uint32_t answer[] = {STATUS_OK, tag == TAG_COUNTED ? counted : word};
            if (tag == TAG_RESTART_FIRST)
                answer[0] = restart(pager);
            post_reply(&caller, answer, sizeof answer);
        }
    }
}
