/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * call-reply-64, call-reply-8: post_call to a peer that answers with the same words, 44 bytes each
 * way (what fits one line) or 8. Both users fill or read every word, and the whole round is the
 * figure. In place: the caller writes its outbox line and reads the reply where it lies, and
 * so does the peer.
 */
#include "bench.h"

/* The words of call n: from w[1] on, because w[0] is the call index. */
CONSTANT_FLAG void write_call(uint32_t *w, unsigned words, uint32_t n)
{
    uint32_t m = n * MULTIPLE;
#pragma GCC unroll 11
    for (unsigned i = 0; i < words; i++)
        w[i] = i % 2 ? m : n;
}

CONSTANT_FLAG uint32_t sum_call(const uint32_t *w, unsigned words)
{
    uint32_t sum = 0;
#pragma GCC unroll 11
    for (unsigned i = 0; i < words; i++)
        sum += w[i];
    return sum;
}

static uint32_t expected(uint32_t rounds, unsigned words)
{
    uint32_t w[CALL_WORDS], sum = 0;

    for (uint32_t n = 0; n < rounds; n++) {
        write_call(w, words, n);
        sum += sum_call(w, words);
    }
    return sum;
}

uint32_t expected_calls(uint32_t rounds, uint32_t peer)
{
    (void)peer;
    return expected(rounds, CALL_WORDS);
}

uint32_t expected_short_calls(uint32_t rounds, uint32_t peer)
{
    (void)peer;
    return expected(rounds, SHORT_CALL_WORDS);
}

CONSTANT_FLAG uint32_t ask(int handle, uint32_t rounds, uint64_t *ticks, unsigned words)
{
    uint32_t sum = 0, there[CALL_WORDS], back[CALL_WORDS];
    uint64_t start = time_stamp();

    for (uint32_t n = 0; n < rounds; n++) {
        write_call(there, words, n);
        if (post_call(handle, TAG_BENCH, there, words * 4, back, words * 4, NULL, POST_FOREVER) ==
            STATUS_OK)
            sum += sum_call(back, words);
    }
    *ticks = time_stamp() - start;
    return sum;
}

CONSTANT_FLAG uint32_t answer(uint32_t rounds, unsigned words)
{
    uint32_t sum = 0;

    for (uint32_t n = 0; n < rounds; n++) {
        const struct line *call = post_next(POST_FOREVER);
        struct post_caller caller = post_caller(call);
        sum += sum_call(&call->w[1], words);
        post_reply(&caller, &call->w[1], words * 4);
        post_done(call);
    }
    return sum;
}

uint32_t call_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    return ask(handle, rounds, ticks, CALL_WORDS);
}

uint32_t call_peer(uint32_t rounds) { return answer(rounds, CALL_WORDS); }

uint32_t short_call_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    return ask(handle, rounds, ticks, SHORT_CALL_WORDS);
}

uint32_t short_call_peer(uint32_t rounds) { return answer(rounds, SHORT_CALL_WORDS); }

uint32_t call_in_place_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    uint32_t sum = 0;
    uint64_t start = time_stamp();

    for (uint32_t n = 0; n < rounds; n++) {
        struct line *call = post_slot(1);
        post_address(call, handle, TAG_BENCH, 1, FLAG_CALL);
        call->badge = 0;
        call->cookie = n;
        write_call(&call->w[1], CALL_WORDS, n);
        post_commit(1);
        const struct line *reply = post_next(POST_FOREVER);
        if (reply->flags == FLAG_REPLY && reply->cookie == n)
            sum += sum_call(&reply->w[1], CALL_WORDS);
        post_done(reply);
    }
    *ticks = time_stamp() - start;
    return sum;
}

uint32_t call_in_place_peer(uint32_t rounds)
{
    uint32_t sum = 0;

    for (uint32_t n = 0; n < rounds; n++) {
        const struct line *call = post_next(POST_FOREVER);
        struct line *reply = post_slot(1);
        post_address(reply, call->peer, call->tag, 1, FLAG_REPLY);
        reply->badge = 0;
        reply->cookie = call->cookie;
#pragma GCC unroll 12
        for (int i = 0; i < PAYLOAD_WORDS; i++)
            reply->w[i] = call->w[i];
        sum += sum_call(&call->w[1], CALL_WORDS);
        post_done(call);
        post_commit(1);
    }
    return sum;
}
