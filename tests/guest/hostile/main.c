/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile task, and those that stand by. The villain (villain.c) does whatever a seed says, by
 * every way out of ring 3 that there is; when it has died of it, or has lived for long enough, main
 * starts it again with the next seed. Meanwhile others (bystander.c), which are no more important
 * than the villain, call echo, pass pages, and ask the registrar, and check every message. In the
 * end nobody has seen a wrong, lost or doubled one, all still work, the router has not died once,
 * and nano's check and audit are clean.
 *
 * LIVES and SEED come from the environment (make hostile LIVES=7000 SEED=1); life n has the seed
 * SEED + n. QEMU is not deterministic in time, so a seed repeats what the villain does, and not
 * what it meets.
 */
#include "frames.h"
#include "hostile.h"
#include "peer.h"
#include "settings.h"

#define LIFE 30 /* ticks that a villain may live */

static uint32_t pager, lives, seed;

static struct bystander {
    const char *name;
    uint32_t handle, rounds, wrong, first;
} bystanders[] = {{.name = "caller"}, {.name = "giver"}, {.name = "taker"}, {.name = "asker"}};
#define BYSTANDERS (sizeof bystanders / sizeof *bystanders)

/* The villain's mail is nobody's. */
static void drain(void)
{
    const struct line *line;

    for (unsigned i = 0; i < 64 && (line = post_peek()); i++)
        post_done(line);
}

/* As post_ask, with a deadline, and with room for the answer whatever the villain sends. */
static enum status ask(uint32_t handle, uint16_t tag, uint32_t *words, uint32_t ticks)
{
    uint32_t until = post_in(ticks), answer[POST_ANSWER];
    enum status status;

    do {
        drain();
        status = post_call(handle, tag, words, POST_ANSWER * 4, answer, sizeof answer, NULL, until);
    } while (status == STATUS_NO_ROOM);
    if (status == STATUS_OK) {
        memcpy(words, answer, sizeof answer);
        status = answer[0];
    }
    return status;
}

/* How a bystander is: false if it does not answer, or has seen something wrong. */
static bool report(struct bystander *b)
{
    uint32_t w[POST_ANSWER] = {0};
    enum status status = ask(b->handle, TAG_REPORT, w, 10000);

    if (status != STATUS_OK) {
        post_printf("# %s: %s\n", b->name, post_status_text(status));
        return false;
    }
    b->rounds = w[1];
    b->wrong = w[2];
    b->first = w[3];
    return b->wrong == 0;
}

static bool all_well(uint32_t life)
{
    bool good = true;

    for (unsigned i = 0; i < BYSTANDERS; i++)
        if (!report(&bystanders[i])) {
            post_printf("# %s: %u wrong, the first %u, by life %u, seed %u\n", bystanders[i].name,
                        bystanders[i].wrong, bystanders[i].first, life, seed + life);
            good = false;
        }
    return good;
}

/* The call by which the villain asks for its seed; 0 if it does not. */
static struct post_caller asked(uint32_t id)
{
    const struct line *line;
    uint32_t until = post_in(5000);

    while ((line = post_next(until))) {
        struct post_caller caller = post_caller(line);
        bool it_is = line->peer == id && line->tag == TAG_SEED && line->flags & FLAG_CALL;

        post_done(line);
        if (it_is)
            return caller;
    }
    return (struct post_caller){0};
}

/* One life; the vector that ended it, EXIT_KILLED + 255 if main did, or 0; ~0: there was none. */
static uint32_t live(uint32_t life)
{
    uint32_t w[POST_ANSWER] = {0}, id;

    memcpy(w + 1, "villain", 7);
    if (ask(pager, TAG_SPAWN, w, 5000) != STATUS_OK)
        return ~0u;
    id = w[1];
    struct post_caller caller = asked(id);
    if (!caller.task)
        return ~0u;
    post_reply(&caller, (uint32_t[]){STATUS_OK, seed + life}, 8);
    memset(w, 0, sizeof w);
    w[1] = id;
    enum status status = ask(pager, TAG_WAIT_EXIT, w, LIFE);
    if (status != STATUS_TIMEOUT)
        return status == STATUS_OK ? w[1] : 0;
    memset(w, 0, sizeof w);
    w[1] = id;
    ask(pager, TAG_KILL, w, 5000);
    memset(w, 0, sizeof w);
    w[1] = id;
    ask(pager, TAG_WAIT_EXIT, w, 5000);
    return EXIT_KILLED + 255;
}

static bool router_died(void)
{
    uint32_t w[POST_ANSWER] = {0};
    bool died = ask(pager, TAG_RESTARTS, w, 5000) != STATUS_NONE;

    if (died)
        post_printf("# the router died: vector %x, address %x, EIP %x, of task %x\n", w[1], w[2],
                    w[3], w[4]);
    return died;
}

static enum status audit(uint32_t w[POST_ANSWER])
{
    memset(w, 0, POST_ANSWER * 4);
    return ask(pager, TAG_AUDIT, w, 5000);
}

int main(void)
{
    uint32_t ends[EXIT_KILLED + 256] = {0}, before[POST_ANSWER], after[POST_ANSWER], failed = 0;

    pager = tap_open("pager");
    lives = setting("LIVES");
    seed = setting("SEED");
    for (unsigned i = 0; i < BYSTANDERS; i++)
        bystanders[i].handle = tap_open(bystanders[i].name);
    audit(before);
    struct frames frames = frames_now();

    bool good = all_well(0);
    for (uint32_t life = 0; life < lives && good; life++) {
        uint32_t end = live(life);

        if (end >= sizeof ends / sizeof *ends)
            failed++;
        else
            ends[end]++;
        if (life % 10 == 9)
            good = all_well(life) && !router_died();
    }
    post_printf("# seed %u, %u lives: killed %u, ended by themselves %u, by exception", seed, lives,
                ends[EXIT_KILLED + 255], ends[0]);
    for (unsigned v = 0; v < 32; v++)
        if (ends[EXIT_KILLED + v])
            post_printf(" %u: %u", v, ends[EXIT_KILLED + v]);
    post_printf("\n");
    tap_is(failed, 0, "each life began");
    tap_ok(ends[EXIT_KILLED + 255] + ends[0] < lives, "and some ended by an exception");
    for (unsigned i = 0; i < BYSTANDERS; i++) {
        struct bystander *b = &bystanders[i];

        report(b);
        uint32_t rounds = b->rounds;
        tap_ok(b->wrong == 0 && rounds > 0, "%s has seen nothing wrong", b->name);
        post_sleep(50);
        tap_ok(report(b) && b->rounds > rounds, "and goes on");
        post_printf("# after %u rounds\n", b->rounds);
    }
    tap_ok(!router_died(), "the router has not died");
    uint32_t violations;
    enum status status = check_nano(&violations);
    struct frames now = frames_now();
    tap_ok(status == STATUS_OK && violations == 0, "nano's check is clean");
    tap_is(now.free + now.mapped + now.tables, frames.free + frames.mapped + frames.tables,
           "no frame is lost");
    status = audit(after);
    tap_ok(status == STATUS_BAD_OP ||
               (status == STATUS_OK && after[1] == 0 && after[2] == before[2]),
           "the audit is clean, nano's and the router's text and descriptors are what they were");
    tap_end();
}
