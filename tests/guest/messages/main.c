/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages from one task to another: all arrive, once, in order, with their content and under the
 * sender's true name, from one line to thirty-two, and also when the receiver has no room.
 * The task `sink` (sink.c) counts and checks what it gets, and is asked about it.
 */
#include "peer.h"
#include "sink.h"
#include "post_gate.h"
#include "tap.h"

static uint32_t sink;

/* Asks the sink what came since the last question: answer[1..3] are messages, faults, sender. */
static bool report_faults(uint32_t messages, uint32_t faults, const char *what)
{
    uint32_t answer[POST_ANSWER];
    enum status status = peer_ask(sink, TAG_REPORT, 0, answer);
    bool good =
        tap_ok(status == STATUS_OK && answer[1] == messages && answer[2] == faults, "%s", what);

    if (!good)
        post_printf("# %s; %u of %u came, %u of %u faults, the first at message %u\n",
                    post_status_text(status), answer[1], messages, answer[2], faults, answer[4]);
    if (status == STATUS_OK)
        tap_is(answer[3], post_self(), "the sender that the receiver saw is this task");
    return good;
}

static bool report(uint32_t messages, const char *what) { return report_faults(messages, 0, what); }

static void order(void)
{
    bool sent = true;
    for (uint32_t i = 0; i < 500; i++) {
        uint32_t words[12];
        sink_fill(words, sizeof words, i);
        sent &= post_send(sink, TAG_STREAM, words, sizeof words) == STATUS_OK;
    }
    tap_ok(sent, "500 messages of a line are sent");
    report(500, "they arrive in order, unchanged");
}

static void lengths(void)
{
    static uint8_t data[MAX_INLINE];
    bool sent = true;

    for (uint32_t lines = 1; lines <= MAX_LINES; lines++) {
        unsigned bytes = lines * LINE_BYTES - 16;
        sink_fill(data, bytes, lines - 1);
        sent &= post_send(sink, TAG_STREAM, data, bytes) == STATUS_OK;
    }
    tap_ok(sent, "messages of 1 to 32 lines are sent");
    report(MAX_LINES, "each length arrives whole");
    tap_status(post_send(sink, TAG_STREAM, data, MAX_INLINE + 1), STATUS_BAD,
               "one byte more than 32 lines hold is refused");
}

/* See everything delivered. A wait posts too, and has then
 * nothing to wait for: hence the deadline. */
static void flush(void)
{
    while (post_flush() != STATUS_OK)
        post_wait(post_in(10));
}

/* Many entries and few gate calls. */
static void batch(void)
{
    uint32_t before;

    post_flush();
    before = post_own->in.counters.calls;
    for (uint32_t i = 0; i < 60; i++) {
        uint32_t words[12];
        sink_fill(words, sizeof words, i);
        post_put(sink, TAG_STREAM, words, sizeof words);
    }
    flush();
    tap_ok(post_own->in.counters.calls - before <= 20, "60 messages take few gate calls");
    post_printf("# they took %u\n", post_own->in.counters.calls - before);
    report(60, "they arrive in order, unchanged");
}

/* The sink sleeps with its mail unread; more is sent than its inbox holds. */
static void full(void)
{
    uint32_t before = post_own->in.counters.full, words[12];
    bool held = false;

    peer_ask(sink, TAG_STALL, 100, words);
    for (uint32_t i = 0; i < 300; i++) {
        sink_fill(words, sizeof words, i);
        post_put(sink, TAG_STREAM, words, sizeof words);
        if (post_flush() == STATUS_FULL)
            held |= post_own->in.held.reason == STATUS_FULL;
    }
    tap_ok(held, "a full inbox holds the entry, and the held slot says FULL");
    tap_ok(post_own->in.counters.full != before, "the counter of such entries moved");
    flush();
    report(300, "300 messages into a full inbox arrive in order, none lost");
}

/* A void entry is skipped, a message to oneself comes back. */
static void odd(void)
{
    uint32_t words[12], self = tap_open("main");
    struct post_mail mail;

    post_put(HANDLE_VOID, TAG_STREAM, words, 0);
    sink_fill(words, sizeof words, 0);
    post_put(sink, TAG_STREAM, words, sizeof words);
    tap_status(post_flush(), STATUS_OK, "a void entry is passed over");
    report(1, "the one behind it arrives");

    tap_status(post_send(self, TAG_STREAM, words, sizeof words), STATUS_OK,
               "a task may send to itself");
    enum status status = post_recv(&mail, words, sizeof words, post_in(1000));
    tap_ok(status == STATUS_OK && mail.peer == post_self() && sink_check(words, sizeof words, 0),
           "and reads it");
}

/* A sealed message of one to thirty-two lines; `spoil`: a bit of it is changed after the seal. */
static void send_sealed(uint32_t number, bool spoil)
{
    unsigned lines = 1 + number % MAX_LINES, bytes = lines * LINE_BYTES - 20;
    struct line *line = post_slot_wait(lines);

    post_address(line, sink, TAG_SEALED, lines, 0);
    line->cookie = 0;
    sink_fill(line->w, bytes, number);
    post_seal(line);
    if (spoil)
        line->w[number % (bytes / 4)] ^= 1u << number % 32;
    post_commit(lines);
}

static void sealed(void)
{
    uint32_t word = 4, answer[11] = {0};

    for (uint32_t i = 0; i < 200; i++) {
        send_sealed(i, false);
        if (i % 10 == 9)
            send_sealed(i, true);
    }
    flush();
    report_faults(200, 20,
                  "200 sealed messages arrive; 20 that were changed are CORRUPT, not messages");
    tap_status(post_send(sink, TAG_SEALED, &word, sizeof word), STATUS_OK, "one without a seal");
    report_faults(0, 1, "is CORRUPT, too");
    tap_status(post_call_sealed(sink, TAG_CALLED, &word, 4, answer, 40, NULL, post_in(1000)),
               STATUS_OK, "a sealed call is answered");
    tap_is(answer[0], word, "with what was sent");
    word = 5;
    tap_status(post_call_sealed(sink, TAG_CALLED, &word, 4, answer, 40, NULL, post_in(1000)),
               STATUS_CORRUPT, "a reply without a seal is CORRUPT");
    tap_is(answer[0], 4, "and not delivered");
}

/*
 * The call gate lets the flags through: with DF the router's copies would run backwards. It would
 * die of it and be restarted, and the messages arrive all the same: so the status counts, too.
 */
static void flags(void)
{
    uint32_t words[28], status;

    post_flush();
    for (uint32_t i = 0; i < 2; i++) {
        unsigned bytes = i ? sizeof words : 48;
        sink_fill(words, bytes, i);
        post_put(sink, TAG_STREAM, words, bytes);
    }
    asm volatile("pushl $0x44602; popf" ::: "cc", "memory"); /* AC, NT, DF, IF */
    status = post_gate(GATE_POST, 0);
    asm volatile("pushl $0x202; popf" ::: "cc", "memory");
    tap_status(status, STATUS_OK, "the gate with DF, NT and AC set does not kill the router");
    report(2, "messages posted so arrive unchanged");
}

int main(void)
{
    sink = tap_open("sink");
    order();
    lengths();
    batch();
    full();
    sealed();
    odd();
    flags();
    tap_end();
}
