/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server of the async test: keeps calls, and answers them in a random order when it is told. It
 * answers those that were cancelled, too, to see that nothing of that gets through.
 */
#include "server.h"

static struct {
    struct post_caller caller;
    uint32_t number;
} held[HOLD_MOST];
static unsigned held_count;

static struct {
    uint32_t status, kept, cancelled, refused, delivered;
} told;

static void keep(const struct line *line)
{
    if (held_count == HOLD_MOST)
        return;
    held[held_count].caller = post_caller(line);
    held[held_count++].number = line->w[1];
    told.kept++;
}

static void note_cancel(const struct line *line)
{
    for (unsigned i = 0; i < held_count; i++)
        told.cancelled += post_cancels(line, &held[i].caller);
}

static void answer_one(unsigned i)
{
    uint32_t word = held[i].number * 3;
    enum status status = post_reply_now(&held[i].caller, &word, sizeof word);

    told.refused += status == STATUS_NO_CALL;
    told.delivered += status == STATUS_OK;
    held[i] = held[--held_count];
}

static void answer_all(uint32_t seed, uint32_t letters)
{
    static int boss;
    uint32_t sent = 0;

    if (letters && boss <= 0)
        boss = post_open("main");
    while (held_count > 0) {
        answer_one(random_below(&seed, held_count));
        if (sent < letters && random_below(&seed, 2))
            post_send(boss, TAG_LETTER, &sent, sizeof sent), sent++;
    }
    for (; sent < letters; sent++)
        post_send(boss, TAG_LETTER, &sent, sizeof sent);
}

int main(void)
{
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_caller caller = post_caller(line);
        uint32_t tag = line->tag, seed = line->w[0], letters = line->w[1];

        if (line->flags & FLAG_CANCEL)
            note_cancel(line);
        else if (tag == TAG_HOLD)
            keep(line);
        post_done(line);
        if (tag == TAG_GO)
            answer_all(seed, letters);
        if (tag == TAG_TOLD) {
            post_reply(&caller, &told, sizeof told);
            memset(&told, 0, sizeof told);
        }
        if (tag == TAG_DIE)
            post_exit(3);
    }
}
