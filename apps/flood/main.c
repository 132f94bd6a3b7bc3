/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flood: streams messages to the task "sink" as fast as sink makes room, ring 3. Sink, which is the
 * same program under its other name, checks that each arrives once, in order, and with the right
 * words. Messages have 1 to 4 lines, in turn. At the end flood calls sink for its verdict, prints
 * it, and ends with 0 or 1.
 */
#include <post.h>

#define MESSAGES   10000u /* if no argument says another number */
#define LINES_MOST 4u

#define TAG_STREAM  96 /* w[0] sequence number, then words made from it              */
#define TAG_VERDICT 97 /* CALL -> w1 messages in order, w2 lines, w3 wrong ones       */

static unsigned lines_of(uint32_t sequence) { return 1 + sequence * 7 % LINES_MOST; }

/* Payload word i of message `sequence`. */
static uint32_t word_of(uint32_t sequence, unsigned i)
{
    return i == 0 ? sequence : (sequence + i) * 2654435761u;
}

static unsigned words_of(unsigned lines) { return PAYLOAD_WORDS + (lines - 1) * (LINE_BYTES / 4); }

static int flood(uint32_t messages)
{
    uint32_t verdict[3] = {0}, lines_sent = 0;
    int sink = post_open("sink");

    if (sink < 0) {
        post_printf("flood: sink: %s\n", post_status_text(-sink));
        return 1;
    }
    uint32_t start = post_now();
    for (uint32_t n = 0; n < messages && post_dropped == 0; n++) {
        unsigned lines = lines_of(n);
        struct line *line = post_slot_wait(lines);
        post_address(line, sink, TAG_STREAM, lines, 0);
        line->badge = line->cookie = 0;
        for (unsigned i = 0; i < words_of(lines); i++)
            line->w[i] = word_of(n, i); /* past w[11] the next lines follow without a gap */
        post_commit(lines);
        lines_sent += lines;
    }
    enum status status =
        post_call(sink, TAG_VERDICT, verdict, 0, verdict, sizeof verdict, NULL, post_in(10000));
    if (status == STATUS_OK && post_dropped)
        status = post_dropped_reason;
    if (status != STATUS_OK) {
        post_printf("flood: sink: %s\n", post_status_text(status));
        return 1;
    }
    bool good = verdict[0] == messages && verdict[1] == lines_sent && verdict[2] == 0;
    post_printf("flood: %u messages sent, %u arrived in order, %u lines, %u wrong, %u ms: %s\n",
                messages, verdict[0], verdict[1], verdict[2], post_now() - start,
                good ? "good" : "BAD");
    return good ? 0 : 1;
}

static bool is_right(const struct line *line, uint32_t expected)
{
    if (line->w[0] != expected || line->lines != lines_of(expected))
        return false;
    for (unsigned i = 1; i < words_of(line->lines); i++)
        if (line->w[i] != word_of(expected, i))
            return false;
    return true;
}

static _Noreturn void sink(void)
{
    uint32_t sender = ID_NOBODY, verdict[3] = {0};

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        if (line->tag == TAG_VERDICT && line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            post_reply(&caller, verdict, sizeof verdict);
            sender = ID_NOBODY;
        } else if (line->tag == TAG_STREAM) {
            if (line->peer != sender) {
                sender = line->peer; /* a new stream */
                memset(verdict, 0, sizeof verdict);
            }
            if (is_right(line, verdict[0] + verdict[2]))
                verdict[0]++;
            else
                verdict[2]++;
            verdict[1] += line->lines;
        } else if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            post_answer(&caller, STATUS_BAD_OP);
        }
        post_done(line);
    }
}

/* A number of messages; 0: the word is none. */
static uint32_t number_of(const char *word)
{
    uint32_t n = 0;
    for (; *word >= '0' && *word <= '9' && n < 100000000; word++)
        n = n * 10 + (*word - '0');
    return *word ? 0 : n;
}

int main(int argc, char **argv)
{
    uint32_t messages = argc > 1 ? number_of(argv[1]) : MESSAGES;

    if (strcmp(argv[0], "sink") == 0)
        sink();
    if (messages == 0) {
        post_printf("usage: run flood [MESSAGES]\n");
        return 1;
    }
    return flood(messages);
}
