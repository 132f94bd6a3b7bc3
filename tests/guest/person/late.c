/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that comes late: main waits for it by name. It notes how many bytes it is given, says
 * so when it is called, and ends. */
#include <post.h>

int main(void)
{
    uint32_t words[2] = {STATUS_OK, 0};

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_view v = post_view(line);

        if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            post_reply(&caller, words, sizeof words);
            return 0;
        }
        words[1] = v.bytes;
        post_done(line);
        post_free(&v.pages);
    }
}
