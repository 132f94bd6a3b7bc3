/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Room in an inbox that many flood at once: every sender gets through again and again, within a
 * bound that depends on nobody's luck (router/README.md, Room). main is the receiver. It counts,
 * for each sender, how many messages it has read since that sender's last one, and checks that each
 * sender's messages come once, in order and unchanged.
 *
 * The senders s01 to s30 are more important than main, so they are always there before its next
 * read; e01 to e03 are as important, and post all the time. Once main enters the router after each
 * read, and once only when it has read all, as most programs do.
 *
 * Who stands first in the queue is in before ONE more lines are read; so thirty that stand there
 * may need thirty times that. Of the eager ones nothing is promised: one that is told, and does not
 * get the CPU before main enters the router again, has missed its turn.
 */
#include "peer.h"
#include "room.h"
#include "settings.h"

#define SENDERS 30
#define ONE     80 /* lines read until who stands first in the queue is in: 64 unread, 16 pass it */

static uint32_t pager, reads;

static struct sender {
    uint32_t id, lines, next, last;
} sender[SENDERS];

struct round {
    const char *what, *letter; /* of the senders' names */
    unsigned count;
    uint8_t lines[4]; /* of the first two, and of all others in turn */
    enum how how;
    bool each;      /* main enters the router after each read */
    uint32_t bound; /* messages read between two of one sender; 0: told, and not judged */
};

/* The next message of that tag: main may still have mail of a sender that was killed. */
static const struct line *mail(uint16_t tag)
{
    const struct line *line;

    while ((line = post_next(POST_FOREVER))->tag != tag)
        post_done(line);
    return line;
}

/* Starts them, and lets all go at once. False if one cannot be started. */
static bool begin(const struct round *r)
{
    struct post_caller caller[SENDERS];
    char name[NAME_BYTES];

    for (unsigned n = 0; n < r->count; n++) {
        post_format(name, sizeof name, "%s%02u", r->letter, n + 1);
        sender[n] = (struct sender){peer_spawn(pager, name), r->lines[n < 2 ? n : 2 + n % 2], 0, 0};
        if (!sender[n].id)
            return false;
        const struct line *line = mail(TAG_READY);
        caller[n] = post_caller(line);
        post_done(line);
    }
    for (unsigned n = 0; n < r->count; n++)
        post_reply(&caller[n], (uint32_t[]){STATUS_OK, sender[n].lines, r->how}, 12);
    return true;
}

/* The sender whose message this is; SENDERS if it is nobody's or not the one that is due. */
static unsigned check(const struct line *line, unsigned count)
{
    unsigned n = 0;

    while (n < count && sender[n].id != line->peer)
        n++;
    if (n == count || line->lines != sender[n].lines || line->w[1] != sender[n].next)
        return SENDERS;
    for (unsigned i = 0; i < room_words(line->lines); i++)
        if (line->w[2 + i] != room_word(line->w[1], i))
            return SENDERS;
    return n;
}

/* A call in the middle of the flood: there must be room for its reply. */
static enum status ask_pager(uint16_t tag, uint32_t word)
{
    enum status status;

    do {
        const struct line *line;
        uint32_t end = post_own->in.in_tail;
        while ((int32_t)(end - post_own->out.in_head) > 0 && (line = post_peek()))
            post_done(line);
        status = peer_ask(pager, tag, word, (uint32_t[POST_ANSWER]){0});
    } while (status == STATUS_NO_ROOM);
    return status;
}

static void end(unsigned count)
{
    for (unsigned n = 0; n < count; n++)
        if (ask_pager(TAG_KILL, sender[n].id) || ask_pager(TAG_WAIT_EXIT, sender[n].id))
            post_printf("# sender %u does not end\n", n + 1);
}

static void flood(const struct round *r)
{
    uint32_t wrong = 0, longest = 0, full = 0, who = 0, when = 0;

    if (!tap_ok(begin(r), "%s: %u senders", r->what, r->count))
        return;
    for (uint32_t read = 0; read < reads; read++) {
        const struct line *line = mail(TAG_FLOOD);
        unsigned n = check(line, r->count);

        if (n < SENDERS) {
            sender[n].next++;
            sender[n].last = read;
        } else {
            wrong++;
        }
        uint32_t used = post_own->in.in_tail - post_own->out.in_head;
        full += used >= (post_own->in.in_mask + 1) / 2;
        post_done(line);
        if (r->each)
            post_flush();
        for (unsigned i = 0; i < r->count; i++)
            if (read - sender[i].last > longest)
                longest = read - sender[i].last, who = i, when = read;
    }
    end(r->count);
    post_printf("# the longest wait: %u reads, of sender %u, at %u; half full or more: %u of %u\n",
                longest, who + 1, when, full, reads);
    tap_is(wrong, 0, "each one's messages come once, in order, unchanged");
    if (!r->bound)
        return;
    tap_ok(longest <= r->bound, "nobody waits longer than %u reads", r->bound);
    if (r->each)
        tap_ok(full > reads / 16, "and it was a flood");
}

int main(void)
{
    static const struct round rounds[] = {
        {"single lines", "s", 3, {1, 1, 1, 1}, HOW_WAITS, true, 60},
        {"single lines", "s", 30, {1, 1, 1, 1}, HOW_WAITS, true, ONE},
        {"single lines, told when all is read", "s", 30, {1, 1, 1, 1}, HOW_WAITS, false, 120},
        {"15 lines and 17", "s", 2, {15, 17, 0, 0}, HOW_WAITS, true, 60},
        {"15 lines, 17, and single ones", "s", 3, {15, 17, 1, 1}, HOW_WAITS, true, 60},
        {"15 lines, 17, and 28 of single ones", "s", 30, {15, 17, 1, 1}, HOW_WAITS, true, ONE},
        {"lengths of all kinds", "s", 30, {32, 8, 9, 1}, HOW_WAITS, true, 240},
        {"one of 15 lines, one of 17, eager", "e", 2, {15, 17, 0, 0}, HOW_EAGER, true, 0},
        {"single lines, eager", "e", 3, {1, 1, 1, 1}, HOW_EAGER, true, 0},
    };

    pager = tap_open("pager");
    reads = setting("READS");
    for (unsigned i = 0; i < sizeof rounds / sizeof *rounds; i++)
        flood(&rounds[i]);
    tap_end();
}
