/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bystanders: tasks that do their work, check every message of it, and count. What they do
 * depends on their name.
 *
 *   caller   calls echo, and compares what comes back
 *   giver    grants numbered pages to taker, and wants the same ones back, turned over
 *   taker    the other end of it
 *   asker    opens and closes routes, and asks for names
 *
 * The villain may write to all of them. What it sends is thrown away, what it calls is answered,
 * and pages that it gives are released.
 */
#include "hostile.h"

static uint32_t rounds, wrong, first_wrong;

static void check(bool good, uint32_t what)
{
    if (!good && !wrong++)
        first_wrong = what;
}

/* Mail that is not the partner's: main's question, or the villain's. Reads it. */
static void stranger(const struct line *line)
{
    struct post_caller caller = post_caller(line);

    if (line->flags & FLAG_GRANT && !(line->flags & FLAG_LEND))
        for (unsigned i = 0; i < post_runs(line); i++)
            post_release(post_landed(line, i).data, post_landed(line, i).pages);
    if (line->flags & FLAG_CALL) {
        uint32_t answer[] = {STATUS_OK, rounds, wrong, first_wrong};

        if (line->badge == BADGE_BOSS && line->tag == TAG_REPORT)
            post_reply(&caller, answer, sizeof answer);
        else
            post_answer(&caller, STATUS_DENIED);
    }
    post_done(line);
}

static void strangers(void)
{
    const struct line *line;

    for (unsigned i = 0; i < 64 && (line = post_peek()); i++)
        stranger(line);
}

/* ---- caller ---------------------------------------------------------------------------------- */

static void call_echo(int echo)
{
    uint32_t words[40], back[40], n = 1 + rounds % 40, got = 0;
    enum status status;

    for (unsigned i = 0; i < n; i++)
        words[i] = mixed(rounds * 64 + i);
    do {
        strangers();
        status = post_call(echo, TAG_PING, words, n * 4, back, sizeof back, &got, POST_FOREVER);
    } while (status == STATUS_NO_ROOM);
    check(status == STATUS_OK, status);
    check(got >= n * 4, 100 + got);
    for (unsigned i = 0; i < n && status == STATUS_OK; i++)
        check(back[i] == words[i], 1000 + i);
    rounds++;
}

/* ---- giver and taker ------------------------------------------------------------------------- */

static void fill(uint32_t *words, uint32_t pages, uint32_t round)
{
    for (unsigned i = 0; i < pages * (PAGE_SIZE / 4); i += 64)
        words[i] = mixed(round * 8192 + i);
}

static bool filled(const uint32_t *words, uint32_t pages, uint32_t round)
{
    for (unsigned i = 0; i < pages * (PAGE_SIZE / 4); i += 64)
        if (words[i] != mixed(round * 8192 + i))
            return false;
    return true;
}

/* The partner's next message. */
static const struct line *partner(void)
{
    const struct line *line;

    while (line = post_next(POST_FOREVER), line->badge != BADGE_PARTNER || line->tag != TAG_PAGES)
        stranger(line);
    return line;
}

/* One message with pages, of this round; false if it is anything else. */
static struct post_buffer take(uint32_t round)
{
    const struct line *line = partner();
    struct post_buffer b = post_landed(line, 0);

    check(line->w[1] == round && post_runs(line) == 1 && b.pages == line->w[2], 2000 + line->w[1]);
    b.bytes = b.pages * PAGE_SIZE;
    post_done(line);
    return b;
}

static void give(int to, struct post_buffer *b, uint32_t round)
{
    uint32_t words[] = {round, b->pages};
    enum status status = post_grant(to, TAG_PAGES, words, b, 1, 0, POST_FOREVER);

    check(status == STATUS_OK, 3000 + status);
}

static void give_and_take(int to)
{
    struct post_buffer b = {0};
    uint32_t pages = 1 + rounds % 5;

    check(post_prepare(&b, pages * PAGE_SIZE) == STATUS_OK, 4000);
    fill(b.data, pages, rounds);
    give(to, &b, rounds);
    b = take(rounds);
    check(b.pages == pages && filled(b.data, pages, ~rounds), 5000);
    check(post_free(&b) == STATUS_OK, 5001);
    rounds++;
}

static void take_and_give(int to)
{
    struct post_buffer b = take(rounds);

    check(filled(b.data, b.pages, rounds), 6000);
    fill(b.data, b.pages, ~rounds);
    give(to, &b, rounds);
    rounds++;
}

/* ---- asker ----------------------------------------------------------------------------------- */

static void ask_registrar(void)
{
    char name[NAME_BYTES];
    int echo;

    while ((echo = post_open("echo")) == -STATUS_NO_ROOM)
        strangers();
    check(echo > 0, 7000 - echo);
    strangers();
    check(post_open("registrar") < 0, 7100);
    check(post_name_of(post_self(), name) == STATUS_OK && strcmp(name, "asker") == 0, 7200);
    check(post_close(echo) == STATUS_OK, 7300);
    rounds++;
}

int main(void)
{
    char name[NAME_BYTES];

    post_name_of(post_self(), name);
    int to = post_open(name[0] == 'c' ? "echo" : name[0] == 'g' ? "taker" : "giver");
    for (;;) {
        if (name[0] != 't') /* whose next mail may be its partner's */
            strangers();
        switch (name[0]) {
        case 'c': call_echo(to); break;
        case 'g': give_and_take(to); break;
        case 't': take_and_give(to); break;
        default: ask_registrar();
        }
    }
}
