/* The receiver of the messages test: checks what comes and tells on request. Never ends. */
#include "sink.h"

int main(void)
{
    uint32_t messages = 0, faults = 0, first_fault = 0, sender = ID_NOBODY, stall = 0;

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        if (line->tag == TAG_STREAM) {
            if (!sink_check(line->w, line->lines * LINE_BYTES - 16, messages) && !faults++)
                first_fault = messages;
            sender = line->peer;
            messages++;
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
