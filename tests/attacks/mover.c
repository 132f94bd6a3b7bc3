/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mover: large messages with a hostile pager between. It starts a giver and a taker (peer.c),
 * has them send pages, tells the pager what to do wrong (hostile_moves.c), and looks at what each
 * of them is told and has. One row of attacks.def each; ring 3, honest, with the right to start and
 * to kill. It answers the judge with a verdict, and the line of the first thing that was not as it
 * must be.
 *
 * What must hold in every row: the frames are with the giver or with the taker, each once (nano's
 * check, asked in the middle), what is there is what was in them, small messages go on, and when
 * all have ended there are as many frames as before. What need not hold is said by THROUGH.
 */
#include <post.h>
#include "deeds.h"
#include "mover.h"

#define PAGES  4
#define TARGET 0x70000000u /* in the taker's landing zone, where nothing else lands */

/* ---- What the rows have in common ------------------------------------------------------------ */

static bool giver_has_all(void) { return has(&giver, pages_at, PAGES, 0); }

/* The taker has got one message, with these pages at that place. */
static bool told(uint32_t at, uint32_t pages)
{
    uint32_t w[POST_ANSWER + 1] = {0};
    return ask(taker.handle, TAG_GOT, w) == STATUS_OK && w[2] == 1 && w[3] == at && w[4] == pages;
}

static bool taker_has_all(void)
{
    uint32_t w[POST_ANSWER + 1] = {0};
    return ask(taker.handle, TAG_GOT, w) == STATUS_OK && has(&taker, w[3], PAGES, 0);
}

/* A touch of what it does not have ends the taker, and nobody else. (#GP: beyond the segment.) */
static bool taker_faults(uint32_t at)
{
    enum status status = ASK(taker.handle, TAG_LOOK, 0, at, 1, 0);
    uint32_t vector = peer_exit_code(&taker) - EXIT_KILLED;

    return status == STATUS_DEAD && (vector == 14 || (vector == 13 && at >= RING3_LIMIT));
}

/* What the router says to an answer. */
static enum status answer(uint32_t sender, uint32_t index, enum status status, uint32_t at)
{
    uint32_t w[POST_ANSWER + 1] = {0,  TRICK_ANSWER, sender, index, status | (status ? 0 : 1 << 16),
                                   at, PAGES};

    MUST(ask(pager, TAG_TRICK, w) == STATUS_OK);
    return w[2];
}

/* Pages of the giver to somebody, or back. */
static void move(const struct peer *to, uint32_t page, uint32_t target, uint32_t pages)
{
    MUST(TRICK(TRICK_MOVE, giver.id, pages_at + page * PAGE_SIZE, to->id, target, pages) ==
         STATUS_OK);
}

static void move_back(uint32_t from, uint32_t page, uint32_t pages)
{
    MUST(TRICK(TRICK_MOVE, taker.id, from, giver.id, pages_at + page * PAGE_SIZE, pages) ==
         STATUS_OK);
    MUST(TRICK(TRICK_TRIM, taker.id, from) == STATUS_OK);
}

/* The giver's message, put off. */
static struct asked begin_put_off(uint32_t ticks)
{
    begin(PAGES, 0);
    put_off(true);
    give(ticks, false);
    struct asked a = asked();
    post_sleep(2); /* until it has parked: else it may post again before it looks at a refusal */
    put_off(false);
    MUST(a.sender == giver.id && a.receiver == taker.id);
    MUST(others_go_on());
    return a;
}

/* The control: with an honest answer it arrives, once. */
static void honest(uint32_t count)
{
    MUST(TRICK(TRICK_GO) == STATUS_OK);
    MUST(how(&giver) == STATUS_OK);
    MUST(messages() == count && taker_has_all());
}

/* ---- Rows: never and late -------------------------------------------------------------------- */

static bool never(void)
{
    begin_put_off(100);
    MUST(how(&giver) == STATUS_MOVE);
    MUST(giver_has_all() && messages() == 0);
    give(0, false); /* it is not beyond asking */
    MUST(how(&giver) == STATUS_OK && messages() == 1 && taker_has_all());
    finish();
    return !first_wrong;
}

/* The real pager looks at the ask when the giver has given up. */
static bool late(void)
{
    begin_put_off(100);
    MUST(how(&giver) == STATUS_MOVE);
    MUST(TRICK(TRICK_GO) == STATUS_OK);
    MUST(giver_has_all() && messages() == 0);
    finish();
    return !first_wrong;
}

/* All is moved when the giver gives up; only then comes the answer, and all moves back. */
static bool late_moved(void)
{
    struct asked a = begin_put_off(100);

    move(&taker, 0, TARGET, PAGES);
    MUST(how(&giver) == STATUS_MOVE);
    frames_mapped();
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_NO_CALL);
    MUST(messages() == 0);
    move_back(TARGET, 0, PAGES);
    MUST(giver_has_all());
    finish();
    return !first_wrong;
}

/* The giver has given up, and sends the same again: the
 * answer to the first is not for the second. */
static bool late_again(void)
{
    struct asked a = begin_put_off(100), b;

    MUST(how(&giver) == STATUS_MOVE);
    put_off(true);
    give(0, false);
    b = asked();
    put_off(false);
    MUST(b.index != a.index && b.sender == a.sender);
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_NO_CALL);
    MUST(answer(a.sender, a.index, STATUS_NO_MEMORY, 0) == STATUS_NO_CALL);
    MUST(messages() == 0);
    honest(1);
    finish();
    return !first_wrong;
}

static bool late_receiver(void)
{
    struct asked a = begin_put_off(0);

    peer_end(&taker);
    MUST(how(&giver) == STATUS_DEAD);
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_NO_CALL);
    MUST(TRICK(TRICK_GO) == STATUS_OK);
    MUST(giver_has_all());
    peer_start(&taker, "taker"); /* in the same slot, perhaps: it is another */
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_NO_CALL);
    MUST(messages() == 0);
    finish();
    return !first_wrong;
}

static bool late_sender(void)
{
    struct asked a = begin_put_off(0);

    peer_end(&giver);
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_DEAD);
    MUST(TRICK(TRICK_GO) == STATUS_OK);
    MUST(messages() == 0);
    peer_start(&giver, "giver");
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_DEAD);
    MUST(messages() == 0);
    finish();
    return !first_wrong;
}

/* ---- Rows: answers that nobody asked for ----------------------------------------------------- */

/* The second answer to the same ask is refused: what was delivered is asked for no more. */
static bool twice(void)
{
    struct asked a = begin_put_off(0), b;

    honest(1);
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_NO_CALL);
    MUST(answer(a.sender, a.index, STATUS_NO_MEMORY, 0) == STATUS_NO_CALL);
    MUST(messages() == 1 && how(&giver) == STATUS_OK);
    uint32_t w[POST_ANSWER + 1] = {0, 0, PAGES};
    MUST(ask(giver.handle, TAG_FILL, w) == STATUS_OK);
    put_off(true);
    give(0, false);
    b = asked();
    put_off(false);
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_NO_CALL);
    MUST(messages() == 1); /* nor is it an answer to the next */
    MUST(b.index != a.index);
    honest(2);
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_NO_CALL);
    MUST(messages() == 2);
    finish();
    return !first_wrong;
}

static bool wrong_index(void)
{
    struct asked a = begin_put_off(0);
    const uint32_t indices[] = {a.index - 1, a.index + 1, a.index + 64, a.index + 128,
                                a.index ^ 0x80000000};

    for (unsigned i = 0; i < sizeof indices / sizeof *indices; i++) {
        enum status status = answer(a.sender, indices[i], STATUS_OK, TARGET);
        /* Of an entry that was delivered with pages, and of none, it may be told OK. */
        MUST(status == STATUS_NO_CALL || status == STATUS_OK);
        MUST(messages() == 0);
    }
    honest(1);
    finish();
    return !first_wrong;
}

static bool wrong_sender(void)
{
    struct asked a = begin_put_off(0);
    const struct {
        uint32_t sender;
        enum status status;
    } tries[] = {{taker.id, STATUS_NO_CALL},
                 {post_self(), STATUS_NO_CALL},
                 {TASK_ID(1, 1), STATUS_DENIED}, /* the pager itself */
                 {a.sender + 0x10000, STATUS_DEAD},
                 {a.sender - 0x10000, STATUS_DEAD},
                 {0, STATUS_DEAD},
                 {0xFFFF0000, STATUS_DEAD},
                 {0xFFFFFFFF, STATUS_DEAD}};

    for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) {
        MUST(answer(tries[i].sender, a.index, STATUS_OK, TARGET) == tries[i].status);
        MUST(messages() == 0);
    }
    honest(1);
    finish();
    return !first_wrong;
}

/* A status that a sender would wait for, or that there is not, is BAD to it. */
static bool wrong_status(void)
{
    static const uint32_t statuses[] = {STATUS_TIMEOUT, STATUS_FULL,  STATUS_MOVE,
                                        STATUS_LEDGER,  STATUS_COUNT, 0xFFFF};

    begin(PAGES, 0);
    for (unsigned i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        put_off(true);
        give(0, false);
        struct asked a = asked();
        post_sleep(2); /* as in begin_put_off */
        put_off(false);
        MUST(answer(a.sender, a.index, statuses[i], 0) == STATUS_OK);
        MUST(how(&giver) == STATUS_BAD && giver_has_all());
    }
    MUST(messages() == 0);
    finish();
    return !first_wrong;
}

/* ---- Rows: lies about memory ----------------------------------------------------------------- */

/* "It is done", and nothing was moved: the taker is told an address where nothing is. */
static bool moved_nothing(uint32_t at)
{
    struct asked a = begin_put_off(0);

    MUST(answer(a.sender, a.index, STATUS_OK, at) == STATUS_OK);
    MUST(how(&giver) == STATUS_OK && told(at, PAGES));
    MUST(giver_has_all()); /* whatever it was told */
    frames_mapped();
    MUST(taker_faults(at));
    peer_start(&taker, "taker");
    finish();
    return !first_wrong;
}

/* Two of four. */
static bool moved_some(void)
{
    struct asked a = begin_put_off(0);

    move(&taker, 0, TARGET, 2);
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_OK);
    MUST(how(&giver) == STATUS_OK && told(TARGET, PAGES));
    MUST(has(&taker, TARGET, 2, 0));
    MUST(has(&giver, pages_at + 2 * PAGE_SIZE, 2, 2));
    frames_mapped();
    MUST(taker_faults(TARGET + 2 * PAGE_SIZE));
    peer_start(&taker, "taker");
    finish();
    return !first_wrong;
}

static bool moved_in_disorder(void)
{
    struct asked a = begin_put_off(0);

    for (unsigned i = 0; i < PAGES; i++)
        move(&taker, i, TARGET + (PAGES - 1 - i) * PAGE_SIZE, 1);
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_OK);
    MUST(how(&giver) == STATUS_OK && told(TARGET, PAGES));
    for (unsigned i = 0; i < PAGES; i++)
        MUST(has(&taker, TARGET + (PAGES - 1 - i) * PAGE_SIZE, 1, i));
    finish();
    return !first_wrong;
}

/* The message goes to the taker, its pages to somebody else. */
static bool moved_elsewhere(void)
{
    struct asked a = begin_put_off(0);

    peer_start(&other, "other");
    move(&other, 0, TARGET, PAGES);
    MUST(answer(a.sender, a.index, STATUS_OK, TARGET) == STATUS_OK);
    MUST(how(&giver) == STATUS_OK && told(TARGET, PAGES));
    MUST(has(&other, TARGET, PAGES, 0));
    frames_mapped();
    MUST(taker_faults(TARGET));
    peer_end(&other);
    peer_start(&taker, "taker");
    finish();
    return !first_wrong;
}

/* "It cannot be done", and half of it is. */
static bool refused_half(void)
{
    struct asked a = begin_put_off(0);

    move(&taker, 0, TARGET, 2);
    MUST(answer(a.sender, a.index, STATUS_NO_MEMORY, 0) == STATUS_OK);
    MUST(how(&giver) == STATUS_NO_MEMORY && messages() == 0);
    MUST(has(&taker, TARGET, 2, 0));
    MUST(has(&giver, pages_at + 2 * PAGE_SIZE, 2, 2));
    frames_mapped();
    move_back(TARGET, 0, 2);
    MUST(giver_has_all());
    finish();
    return !first_wrong;
}

/* ---- Row: a large message of its own --------------------------------------------------------- */

static bool own_large(void)
{
    uint32_t w[POST_ANSWER + 1] = {0, TRICK_LARGE};

    begin(PAGES, 0);
    MUST(ask(pager, TAG_TRICK, w) == STATUS_OK);
    MUST(w[2] == STATUS_MOVE);   /* it asks itself, */
    MUST(w[3] == STATUS_MOVE);   /* and its own answer stands behind its own message; */
    MUST(w[4] == STATUS_DENIED); /* and when that is taken back, it is nobody's */
    MUST(others_go_on() && messages() == 0);
    give(0, false);
    MUST(how(&giver) == STATUS_OK && messages() == 1 && taker_has_all());
    finish();
    return !first_wrong;
}

/* ---- The switch ------------------------------------------------------------------------------ */

#define DEED_MOVER(...)      __VA_ARGS__
#define DEED_MOVER_LAST(...) __VA_ARGS__
#include "commit.h"

/* A CALL with w1 the row -> w1 the verdict, w2 where it went wrong. */
int main(void)
{
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_caller caller = post_caller(line);
        uint32_t row = line->w[1], words[2];

        post_done(line);
        words[0] = commit(row, 0);
        words[1] = first_wrong;
        post_reply(&caller, words, sizeof words);
    }
}
