/* SPDX-License-Identifier: BSD-2-Clause */
/* The server of the calls test: does what its requests say, also where it is wrong. */
#include "server.h"

static enum status told; /* how the router took the last doubtful reply */

/* Post what is committed, and note a refusal. */
static void tell(void)
{
    enum status status = post_flush();
    if (status != STATUS_OK && status != STATUS_FULL)
        told = status;
}

static void stuff(uint32_t main_task)
{
    for (;;) {
        const struct line *line;
        post_send_until(main_task, TAG_PING, NULL, 0, post_in(10));
        line = post_peek();
        if (line && line->tag == TAG_STOP)
            return;
    }
}

int main(void)
{
    static uint8_t data[MAX_INLINE - 4];
    struct post_caller kept = {0};

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_caller caller = post_caller(line);
        uint32_t words[12], tag = line->tag;

        memcpy(words, line->w, sizeof words);
        if (tag != TAG_STUFF && tag != TAG_PASS)
            post_done(line);
        switch (tag) {
        case TAG_PING: post_reply(&caller, words + 1, 44); break;
        case TAG_FIRST: kept = caller; break;
        case TAG_SECOND:
            post_answer(&caller, STATUS_OK);
            post_answer(&kept, STATUS_OK);
            break;
        case TAG_SLOW:
            if (words[2])
                post_sleep(words[2]);
            post_answer(&caller, STATUS_OK);
            break;
        case TAG_LINES:
            post_reply(&caller, data, words[2] * LINE_BYTES - 20);
            tell();
            break;
        case TAG_TWICE:
            post_answer(&caller, STATUS_OK);
            post_answer(&caller, STATUS_OK);
            tell();
            tell();
            break;
        case TAG_TOLD:
            words[1] = STATUS_OK;
            words[2] = told;
            post_reply(&caller, words + 1, 8);
            break;
        case TAG_PASS:
            if (!(line->flags & FLAG_FORWARD))
                told = post_forward(post_open("second"), line);
            else if (post_sealed(line) != STATUS_OK)
                post_answer(&caller, STATUS_CORRUPT);
            else
                post_reply_sealed(&caller, &line->w[1], line->lines * LINE_BYTES - 24);
            post_done(line);
            break;
        case TAG_NO_ANSWER: post_answer(&caller, STATUS_DENIED); break;
        case TAG_DIE: post_exit(7);
        case TAG_STUFF:
            post_done(line);
            stuff(post_open("main"));
            break;
        default: post_answer(&caller, STATUS_OK);
        }
    }
}
