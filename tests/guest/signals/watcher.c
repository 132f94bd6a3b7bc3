/* SPDX-License-Identifier: BSD-2-Clause */
/* The receiver of the signals test: collects signals and tells on request. */
#include "watcher.h"

static void echo(uint32_t rounds)
{
    uint32_t peer = post_open("main");

    while (rounds > 0) {
        if (post_wait(POST_FOREVER) & SIGNAL_USER) {
            post_notify(peer, 0);
            rounds--;
        }
    }
}

int main(void)
{
    uint32_t seen = 0;

    for (;;) {
        seen |= post_wait(POST_FOREVER);
        const struct line *line = post_peek();
        if (!line)
            continue;
        uint32_t tag = line->tag, word = line->w[2];
        if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            uint32_t answer[] = {STATUS_OK, seen & (0xFFFFu * SIGNAL_USER)};
            post_reply(&caller, answer, sizeof answer);
        }
        post_done(line);
        post_flush();
        if (tag == TAG_SEEN)
            seen = 0;
        else if (tag == TAG_SLEEP)
            post_sleep(word);
        else if (tag == TAG_ECHO)
            echo(word);
    }
}
