/* SPDX-License-Identifier: BSD-2-Clause */
/* The receiver of the messages test: checks what comes and tells on request. Never ends. */
#include "sink.h"

int main(void)
{
    uint32_t messages = 0, faults = 0, first_fault = 0, sender = ID_NOBODY, stall = 0;

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        bool sealed = line->tag == TAG_SEALED || line->tag == TAG_CALLED;
        if (sealed && post_sealed(line) != STATUS_OK) {
            first_fault = faults++ ? first_fault : messages;
            post_drop(line);
            continue;
        }
        if (line->tag == TAG_STREAM || line->tag == TAG_SEALED) {
            unsigned bytes = line->lines * LINE_BYTES - (sealed ? 20 : 16);
            if (!sink_check(line->w, bytes, messages) && !faults++)
                first_fault = messages;
            sender = line->peer;
            messages++;
        } else if (line->tag == TAG_CALLED) {
            struct post_caller caller = post_caller(line);
            uint32_t word = line->w[1];
            (word % 2 ? post_reply : post_reply_sealed)(&caller, &word, sizeof word);
        } else if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            uint32_t answer[] = {STATUS_OK, messages, faults, sender, first_fault};
            if (line->tag == TAG_STALL)
                stall = line->w[2];
            post_reply(&caller, answer, sizeof answer);
            messages = faults = first_fault = 0;
        }
        post_done(line);
        if (stall) {
            post_sleep(stall);
            stall = 0;
        }
    }
}
