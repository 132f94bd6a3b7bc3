/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the benchmark tasks share. "bench" drives and prints; "bench-peer", the same
 * program under another name, is the other end of most paths. For each phase bench calls
 * the peer, both run their half, and bench asks for the peer's sum: what was read must be
 * what was written, or the figure is worth nothing.
 */
#ifndef BENCH_H
#define BENCH_H

#include "measure.h"

#define TAG_SUM   97 /* CALL -> w1 the sum of what the peer read */
#define TAG_BENCH 98

enum phase {
    PHASE_ONEWAY,
    PHASE_ONEWAY_CHECKED,
    PHASE_ONEWAY_COPIED,
    PHASE_STREAM,
    PHASE_STREAM_CHECKED,
    PHASE_STREAM_COPIED,
    PHASE_CALL,
    PHASE_SHORT_CALL,
    PHASE_CALL_IN_PLACE,
    PHASE_NOTIFY,
    PHASE_NOTIFY_FLUSHED,
    PHASE_POST,
    PHASE_SWITCH_SHORT,
    PHASE_SWITCH_PLAIN
};

#define BATCH 64

#define CALL_WORDS       11 /* what fits one line beside the call index */
#define SHORT_CALL_WORDS 2
#define LINE_ROUNDS      500u
#define PAGER_CALLS      2000u

/* The other end's half of each path. `handle` leads to the partner; returns what was read. */
uint32_t oneway_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t oneway_peer(int handle, uint32_t rounds);
uint32_t oneway_checked_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t oneway_checked_peer(int handle, uint32_t rounds);
uint32_t oneway_copied_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t oneway_copied_peer(int handle, uint32_t rounds);
uint32_t stream_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t stream_peer(int handle, uint32_t rounds);
uint32_t stream_checked_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t stream_checked_peer(int handle, uint32_t rounds);
uint32_t stream_copied_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t stream_copied_peer(int handle, uint32_t rounds);
uint32_t call_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t call_peer(uint32_t rounds);
uint32_t short_call_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t short_call_peer(uint32_t rounds);
uint32_t call_in_place_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t call_in_place_peer(uint32_t rounds);
uint32_t notify_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t notify_peer(int handle, uint32_t rounds);
uint32_t notify_flushed_bench(int handle, uint32_t rounds, uint64_t *ticks);
uint32_t notify_flushed_peer(int handle, uint32_t rounds);
uint32_t post_bench(int handle, uint32_t rounds, uint64_t *ticks, uint32_t *ring0_entries);
uint32_t post_peer(int handle, uint32_t rounds);
void switch_bench(int handle, uint32_t rounds, bool plain, uint64_t *ticks);
void switch_peer(int handle, uint32_t rounds, bool plain);

/* What the halves of calls and of notify come to, at both ends. */
uint32_t expected_calls(uint32_t rounds, uint32_t peer);
uint32_t expected_short_calls(uint32_t rounds, uint32_t peer);
uint32_t expected_signals(uint32_t rounds, uint32_t peer);

/* Paths without bench-peer. `pager` is a route with BADGE_CONTROL. */
void measure_pager_call(void);
void measure_line(int pager);
_Noreturn void line_driver(void);
_Noreturn void line_raiser(void);

/* For functions with a flag that is a constant at each call, and costs nothing so. */
#define CONSTANT_FLAG static inline __attribute__((always_inline))

/* The words of message n: payload words are n and its multiple in turn, the cookie is n. */
static inline void write_words(uint32_t w[PAYLOAD_WORDS], uint32_t n)
{
    uint32_t m = n * MULTIPLE;
#pragma GCC unroll 6
    for (int i = 0; i < PAYLOAD_WORDS; i += 2) {
        w[i] = n;
        w[i + 1] = m;
    }
}

static inline uint32_t sum_words(const uint32_t w[PAYLOAD_WORDS])
{
    uint32_t sum = 0;
#pragma GCC unroll 12
    for (int i = 0; i < PAYLOAD_WORDS; i++)
        sum += w[i];
    return sum;
}

/* Every word of a line in place: four of header, twelve of payload, the last of them the seal. */
CONSTANT_FLAG void write_line(struct line *line, int handle, uint32_t n, bool sealed)
{
    post_address(line, handle, TAG_BENCH, 1, 0);
    line->badge = n;
    line->cookie = n;
    write_words(line->w, n);
    if (sealed)
        post_seal(line);
}

/* With a seal, that is verified, and added up in the place of the last word. */
CONSTANT_FLAG uint32_t sum_line(const struct line *line, bool sealed)
{
    if (sealed && post_sealed(line) != STATUS_OK)
        return 0;
    return line->peer + ((const post_word *)line)[1] + line->badge + line->cookie +
           sum_words(line->w);
}

/* A copied message: who sent it, and its payload. */
static inline uint32_t sum_mail(const struct post_mail *mail, const uint32_t w[PAYLOAD_WORDS])
{
    return mail->peer + sum_words(w);
}

/* What sum_mail and sum_line come to, over messages 0 to rounds - 1; the route's badge is 0. */
static inline uint32_t expected_mail(uint32_t rounds, uint32_t peer)
{
    uint32_t sum = rounds * peer;
    for (uint32_t n = 0; n < rounds; n++)
        sum += 6 * (n + n * MULTIPLE);
    return sum;
}

static inline uint32_t expected_lines(uint32_t rounds, uint32_t peer)
{
    uint32_t sum = expected_mail(rounds, peer) + rounds * (TAG_BENCH | 1 << 16);
    for (uint32_t n = 0; n < rounds; n++)
        sum += n;
    return sum;
}

static inline uint32_t expected_sealed(uint32_t rounds, uint32_t peer)
{
    uint32_t sum = expected_lines(rounds, peer);
    struct line line;

    for (uint32_t n = 0; n < rounds; n++) {
        write_line(&line, HANDLE_VOID, n, true);
        sum += line.w[PAYLOAD_WORDS - 1] - n * MULTIPLE;
    }
    return sum;
}

#endif
