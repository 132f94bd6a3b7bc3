/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-frames: what large messages cost, against the same bytes in small ones. Ring 3; prints one
 * line each, "bench: NAME VALUE UNIT".
 *
 * Time is the TSC; under QEMU with -icount shift=0 it counts guest instructions: of both tasks,
 * router, pager and nano. A move is timed from the sender's call to the receiver's return, so the
 * receiver notes the time and sends it back; its check of what arrived is not in it.
 */
#include "frames.h"

#define ROUNDS 8
#define GIVES  64

static int partner;
static uint32_t seed; /* other contents each time: what lies there from before will not do */

/* Contents, and their sum. The index is in it, so that what is out of place shows. */
static uint32_t write_all(uint32_t *words, uint32_t bytes)
{
    uint32_t sum = 0;
    seed++;
    for (uint32_t i = 0; i < bytes / 4; i++)
        sum += (words[i] = (i + seed) * MULTIPLE) ^ i;
    return sum;
}

static uint32_t sum_all(const uint32_t *words, uint32_t bytes)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < bytes / 4; i++)
        sum += words[i] ^ i;
    return sum;
}

/* The same for the first and the last word of each page. */
static uint32_t write_ends(uint32_t *words, uint32_t pages)
{
    uint32_t sum = 0;
    seed++;
    for (uint32_t i = 0; i < pages * (PAGE_SIZE / 4); i += i % 2 ? 1 : PAGE_SIZE / 4 - 1)
        sum += (words[i] = (i + seed) * MULTIPLE) ^ i;
    return sum;
}

static uint32_t sum_ends(const uint32_t *words, uint32_t pages)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < pages * (PAGE_SIZE / 4); i += i % 2 ? 1 : PAGE_SIZE / 4 - 1)
        sum += words[i] ^ i;
    return sum;
}

/* ---- The driver ---- */

/* The peer's half has ended: when it had everything, and what. */
static uint64_t end(uint32_t *sum)
{
    uint32_t words[3] = {0};
    must("the peer",
         post_call(partner, TAG_DONE, words, 0, words, sizeof words, NULL, POST_FOREVER));
    *sum = words[2];
    return (uint64_t)words[1] << 32 | words[0];
}

static void measure_bulk(const char *name, enum phase phase, uint8_t *bulk,
                         struct post_buffer *chunk)
{
    uint32_t sum, expected = write_all((uint32_t *)(void *)bulk, BULK);

    begin_phase(partner, phase, 0);
    uint64_t start = time_stamp();
    bulk_send(phase, partner, bulk, chunk);
    uint64_t ticks = end(&sum) - start;
    check(name, sum, expected);
    print_value(name, ticks, 1);
}

/*
 * Grant `n` buffers that lie in a row and get them back in one run, ROUNDS times after one that
 * does not count; the time of the way there.
 */
static uint64_t there_and_back(const char *name, struct post_buffer *buffers, unsigned n)
{
    uint64_t ticks = 0;
    uint32_t pages = 0;

    for (unsigned i = 0; i < n; i++)
        pages += buffers[i].pages;
    begin_phase(partner, PHASE_BACK, ROUNDS + 1);
    for (unsigned i = 0; i <= ROUNDS; i++) {
        uint32_t words[2] = {0}, sum = write_ends(buffers[0].data, pages);
        uint32_t start = time_stamp();
        must(name, post_grant(partner, TAG_DATA, words, buffers, n, 0, POST_FOREVER));
        const struct line *line = post_next(POST_FOREVER);
        uint8_t *back = post_landed(line, 0).data;
        if (i > 0)
            ticks += line->w[1] - start;
        check(name, line->w[2], sum);
        post_done(line);
        for (unsigned j = 0; j < n; back += buffers[j++].pages * PAGE_SIZE) {
            buffers[j].data = back;
            buffers[j].state = POST_MINE;
        }
    }
    return ticks;
}

static uint32_t tables_moved(void)
{
    uint32_t words[POST_ANSWER] = {0};
    must("the pager", post_ask(HANDLE_PAGER, TAG_MEMORY, words, 1, words));
    return words[5];
}

static void measure_tables(void)
{
    struct post_buffer bulk = {0};
    uint32_t before = tables_moved();

    must("grant-100MiB", post_prepare(&bulk, BULK));
    uint64_t ticks = there_and_back("grant-100MiB", &bulk, 1);
    print_value("grant-100MiB", ticks, ROUNDS);
    post_printf("bench: grant-100MiB-tables %u directory moves\n",
                (tables_moved() - before) / (2 * (ROUNDS + 1)));
    print_value("100MiB-tables", ticks, ROUNDS);
    post_free(&bulk);
}

/*
 * `n` runs of 2 MiB, each beginning a page beyond a table, so that none holds a whole one. They
 * come back into an area that has just the room for them to lie like this again.
 */
#define UNALIGNED ((void *)(LANDING_BASE + (uint32_t)DIRECTORY_SPAN + PAGE_SIZE))
static void measure_frames(const char *name, unsigned n, uint32_t count)
{
    struct post_buffer area = {0}, runs[BULK / CHUNK];

    must(name, post_prepare(&area, (n + 1) * CHUNK));
    must(name, post_land(UNALIGNED, n * FRAMES));
    for (unsigned i = 0; i < n; i++)
        runs[i] = (struct post_buffer){.data = (uint8_t *)area.data + PAGE_SIZE + i * CHUNK,
                                       .pages = FRAMES,
                                       .state = POST_MINE};
    print_value(name, there_and_back(name, runs, n), count);
    post_release(runs[0].data, n * FRAMES);
    must(name, post_land(NULL, 0));
}

/* ---- Small and large, around the crossover ---- */

/* Give `bytes` and get them back, inline or by frames; the time of one way. */
static void measure_give(const char *name, uint32_t bytes, bool by_frames, unsigned parts)
{
    struct post_buffer b = {0};
    uint32_t words[2] = {bytes, 0}, sum = 0, expected = 0;
    uint64_t start = 0;

    must(name, post_prepare(&b, bytes));
    begin_phase(partner, PHASE_GIVE, (GIVES + 1) * parts);
    for (unsigned i = 0; i <= GIVES; i++) {
        if (i == 1)
            start = time_stamp();
        *(uint32_t *)b.data = i;
        for (unsigned j = 0; j < parts; j++)
            if (by_frames)
                must(name, post_grant(partner, TAG_DATA, words, &b, 1, 0, POST_FOREVER));
            else
                must(name, post_give(partner, TAG_DATA, &b));
        for (unsigned j = 0; j < parts; j++) {
            const struct line *line = post_next(POST_FOREVER);
            struct post_view v = post_view(line);
            sum += *(uint32_t *)v.data;
            expected += i;
            if (by_frames)
                b = v.pages;
            post_done(line);
        }
    }
    print_value(name, time_stamp() - start, 2 * GIVES);
    check(name, sum, expected);
    post_free(&b);
}

/* A fresh page each time, and the receiver releases it: what it costs to have no page to spare. */
static void measure_fresh(const char *name, uint32_t bytes)
{
    uint32_t sum, expected = 0;
    uint64_t start = 0;

    begin_phase(partner, PHASE_FREE, GIVES + 1);
    for (unsigned i = 0; i <= GIVES; i++) {
        struct post_buffer b = {0};
        if (i == 1)
            start = time_stamp();
        must(name, post_prepare(&b, bytes));
        *(uint32_t *)b.data = i;
        expected += i;
        must(name, post_give(partner, TAG_DATA, &b));
    }
    print_value(name, end(&sum) - start, GIVES);
    check(name, sum, expected);
}

static void measure_all_bulk(void)
{
    struct post_buffer bulk = {0}, chunk = {0};

    must("bulk", post_prepare(&bulk, BULK));
    must("chunk", post_prepare(&chunk, CHUNK));
    measure_bulk("100MiB-16-byte-messages", PHASE_16, bulk.data, &chunk);
    measure_bulk("100MiB-64-byte-messages", PHASE_64, bulk.data, &chunk);
    measure_bulk("100MiB-inline-2KiB", PHASE_INLINE, bulk.data, &chunk);
    measure_bulk("100MiB-copies-by-2MiB", PHASE_COPIES, bulk.data, &chunk);
    post_free(&bulk);
    post_free(&chunk);
}

static _Noreturn void frames(void)
{
    partner = open_task("frames-peer");
    measure_give("give-inline-256", 256, false, 1);
    measure_give("give-inline-1024", 1024, false, 1);
    measure_give("give-inline-2024", 2024, false, 1);
    measure_give("give-inline-4048", 2024, false, 2);
    measure_give("give-inline-6072", 2024, false, 3);
    measure_give("give-frames-4096", 4096, true, 1);
    measure_give("give-frames-65536", 65536, true, 1);
    measure_fresh("give-fresh-4096", 4096);
    measure_frames("grant-frame", 1, ROUNDS * FRAMES);
    measure_all_bulk();
    measure_frames("100MiB-frames", BULK / CHUNK, ROUNDS);
    measure_tables();
    end_machine();
}

/* ---- The peer ---- */

static struct post_buffer destination;

/* Pages in, time and sum out with the pages. */
static void grant_back(int handle, uint32_t rounds)
{
    while (rounds-- > 0) {
        const struct line *line = post_next(POST_FOREVER);
        uint32_t words[2] = {time_stamp()};
        struct post_buffer b = post_landed(line, 0);
        post_done(line);
        words[1] = sum_ends(b.data, b.pages);
        must("granting back", post_grant(handle, TAG_DATA, words, &b, 1, 0, POST_FOREVER));
    }
}

static void give_back(int handle, uint32_t rounds)
{
    while (rounds-- > 0) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_view v = post_view(line);
        uint32_t words[2] = {v.bytes, 0};
        if (v.pages.state == POST_MINE)
            must("giving back", post_grant(handle, TAG_DATA, words, &v.pages, 1, 0, POST_FOREVER));
        else
            must("giving back", post_give_bytes(handle, TAG_DATA, v.data, v.bytes));
        post_done(line);
    }
}

static uint32_t read_and_free(uint32_t rounds)
{
    uint32_t sum = 0;
    while (rounds-- > 0) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_view v = post_view(line);
        sum += *(uint32_t *)v.data;
        post_done(line);
        post_free(&v.pages);
    }
    return sum;
}

/* Runs the peer's half; what it found, and when it had all of it. */
static uint32_t peer_half(enum phase phase, int handle, uint32_t rounds, uint64_t *time)
{
    uint32_t sum = 0;

    if (phase == PHASE_BACK) {
        grant_back(handle, rounds);
    } else if (phase == PHASE_GIVE) {
        give_back(handle, rounds);
    } else if (phase == PHASE_FREE) {
        sum = read_and_free(rounds);
        *time = time_stamp();
    } else {
        bulk_receive(phase, handle, destination.data);
        *time = time_stamp();
        sum = sum_all(destination.data, BULK);
    }
    return sum;
}

/* The array that bulk arrives in is there before anything is measured. */
static _Noreturn void frames_peer(void)
{
    uint32_t sum = 0;
    uint64_t time = 0;
    int handle = open_task("frames");

    must("the peer's array", post_prepare(&destination, BULK));
    write_all(destination.data, BULK);
    for (;;) {
        const struct line *call = post_next(POST_FOREVER);
        struct post_caller caller = post_caller(call);
        uint32_t phase = call->w[1], rounds = call->w[2];
        post_done(call);
        if (caller.tag == TAG_PHASE) {
            post_answer(&caller, STATUS_OK);
            sum = peer_half(phase, handle, rounds, &time);
        } else {
            post_reply(&caller, (uint32_t[]){time, time >> 32, sum}, 12);
        }
    }
}

int main(void)
{
    if (!is_task("frames"))
        frames_peer();
    frames();
}
