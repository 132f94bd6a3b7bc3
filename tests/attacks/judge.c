/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge: has every row that the module `rows` asks for committed, one after the other, and
 * writes down what became of it, one line each, for the runner on the host to compare with the
 * table. It knows no expectations; it is honest, and lives through everything but the last rows.
 *
 * After each row: does a message still go to echo and back, does nano find its invariants in order
 * (CHECK), does the audit find every table and descriptor as it must be, and tasks' programs what
 * they were (AUDIT), are the digests of nano's and the router's text, of constants, descriptors and
 * nano's own tables what they were, and is the bystander's memory whole?
 *
 *   @ row end detail : error address eip : restarts vector error address eip culprit : ping changed
 *     late gap check audit text tables : now attacker
 */
#include <post.h>
#include "hostile.h"

static const struct row {
    const char *name, *ring, *expect;
} rows[] = {
#define ROW(id, name, ring, what, rule, expect, ...) {#id "." #name, #ring, expect},
#include "attacks.def"
#undef ROW
};
#define ROWS (sizeof rows / sizeof *rows)

#define PATIENCE 4000 /* ticks for one row */

static int pager, echo, bystander;
static uint32_t restarts_seen;

static bool is_ring(uint32_t row, const char *ring)
{
    return strncmp(rows[row].ring, ring, strlen(ring)) == 0;
}

struct facts {
    uint32_t end, detail, error, address, eip, attacker;
};

static uint32_t spawn(const char *name)
{
    uint32_t words[POST_ANSWER] = {0};

    memcpy(words + 1, name, strlen(name));
    return post_ask(pager, TAG_SPAWN, words, POST_ANSWER, words) == STATUS_OK ? words[1] : 0;
}

/* What an attacker wrote to the judge: peer and badge must be the router's, not its own, words. */
static bool no_forgery(uint32_t id)
{
    bool good = true;

    for (const struct line *line; (line = post_peek()); post_done(line))
        if (line->tag == TAG_FORGED)
            good &= line->peer == id && line->badge == 7;
    return good;
}

/*
 * A row of two who may not talk to each other: the attacker sends, the witness receives, each by
 * the clock, from the same tick on. What the witness found is what counts.
 */
static void by_pair(uint32_t row, struct facts *facts)
{
    static const char *const names[] = {"attacker", "witness"};
    uint32_t begin = post_now() + 20, answer[POST_ANSWER], id[2];

    facts->end = 999;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t words[4] = {0, row, 0, begin << 1 | i};
        id[i] = spawn(names[i]);
        int task = post_open(names[i]);
        if (!id[i] || task < 0)
            return;
        post_send(task, TAG_PING, words, sizeof words);
        post_close(task);
    }
    facts->attacker = id[1];
    for (unsigned i = 0; i < 2; i++) { /* both: the next row wants an attacker of its own */
        memset(answer, 0, sizeof answer);
        answer[1] = id[i];
        if (post_call(pager, TAG_WAIT_EXIT, answer, 8, answer, sizeof answer, NULL,
                      post_in(PATIENCE)) == STATUS_OK &&
            answer[0] == STATUS_OK)
            facts->end = answer[1];
    }
}

/* A task's row, or a router's, which a task must ask for. */
static void by_task(uint32_t row, bool router, struct facts *facts)
{
    uint32_t id = spawn("attacker"),
             words[4] = {0, row, router, strncmp(rows[row].expect, "task-", 5) == 0};
    uint32_t answer[POST_ANSWER] = {0};
    int attacker = post_open("attacker");

    facts->end = 999;
    facts->attacker = id;
    if (!id || attacker < 0)
        return;
    post_send(attacker, TAG_PING, words, sizeof words);
    words[1] = id;
    if (post_call(pager, TAG_WAIT_EXIT, words, 8, answer, sizeof answer, NULL,
                  post_in(strcmp(rows[row].expect, "STUCK") ? PATIENCE : PATIENCE / 10)) ==
            STATUS_OK &&
        answer[0] == STATUS_OK) {
        *facts = (struct facts){answer[1], 0, answer[2], answer[3], answer[4], id};
        if (!no_forgery(id))
            facts->end = CHANGED;
    } else {
        facts->end = 998; /* it is still there */
        post_call(pager, TAG_KILL, words, 8, answer, sizeof answer, NULL, post_in(1000));
    }
    post_close(attacker);
}

static void by_pager(uint32_t row, struct facts *facts)
{
    uint32_t words[4] = {0, row}, answer[POST_ANSWER] = {0};

    post_send(bystander, TAG_SENTRY, words, 4);
    enum status status =
        post_call(pager, TAG_HOSTILE, words + 1, 4, answer, sizeof answer, NULL, post_in(60000));

    facts->end = status == STATUS_OK ? answer[1] : 900 + status;
    facts->detail = answer[2];
}

/* A row about large messages: the mover commits it, the
 * pager lies. Returns the mover's id, or 0. */
static uint32_t by_mover(uint32_t row, struct facts *facts)
{
    uint32_t id = spawn("mover"), words[POST_ANSWER] = {row};
    int mover = post_open("mover");

    facts->end = 999;
    if (!id || mover < 0)
        return 0;
    enum status status =
        post_call(mover, TAG_HOSTILE, words, 4, words, sizeof words, NULL, post_in(60000));
    facts->end = status == STATUS_OK ? words[0] : 900 + status;
    facts->detail = words[1];
    post_close(mover);
    return id;
}

static void kill(uint32_t id)
{
    uint32_t words[POST_ANSWER] = {0, id};

    post_call(pager, TAG_KILL, words, 8, words, sizeof words, NULL, post_in(1000));
    words[1] = id;
    post_call(pager, TAG_WAIT_EXIT, words, 8, words, sizeof words, NULL, post_in(1000));
}

/* Nano's fault reports of the router since the last row: how many, and the first of them. */
static unsigned restarts(uint32_t report[5])
{
    unsigned count = 0;
    uint32_t words[POST_ANSWER];

    for (;; restarts_seen++, count++) {
        words[0] = 0, words[1] = restarts_seen;
        if (post_call(pager, TAG_RESTARTS, words, 8, words, sizeof words, NULL, post_in(2000)) !=
                STATUS_OK ||
            words[0] != STATUS_OK)
            return count;
        if (!count)
            memcpy(report, words + 1, 20);
    }
}

static void write_down(uint32_t row, const struct facts *f)
{
    uint32_t report[5] = {0}, ping[POST_ANSWER] = {row}, check[POST_ANSWER] = {0},
             audit[POST_ANSWER] = {0}, whole[POST_ANSWER] = {row};
    bool known = post_call(bystander, TAG_WHOLE, whole, 4, whole, sizeof whole, NULL,
                           post_in(2000)) == STATUS_OK &&
                 whole[0] == row;
    bool answers =
        post_call(echo, TAG_PING, ping, 4, ping, sizeof ping, NULL, post_in(2000)) == STATUS_OK &&
        ping[0] == row;
    unsigned count = restarts(report), watched = is_ring(row, "PAGER");
    bool good = post_call(pager, TAG_CHECK, check, 4, check, sizeof check, NULL, post_in(5000)) ==
                    STATUS_OK &&
                check[0] == STATUS_OK;

    good = good &&
           post_call(pager, TAG_AUDIT, audit, 4, audit, sizeof audit, NULL, post_in(5000)) ==
               STATUS_OK &&
           audit[0] == STATUS_OK;
    /* More arguments than the macro of that name looks at. */
    (post_printf)("@ %s %u %x : %x %x %x : %u %u %x %x %x %x : %u %d %u %u %d %d %x %x : %u %x\n",
                  rows[row].name, f->end, f->detail, f->error, f->address, f->eip, count,
                  report[0] & 0xFFFF, report[0] >> 16, report[1], report[2], report[3], answers,
                  known ? (int)whole[1] : -1, watched * whole[2], watched * whole[3],
                  good ? (int)check[1] : -1, good ? (int)audit[1] : -1, audit[2], audit[3],
                  post_now(), f->attacker);
}

/* TASK_LAST, ROUTER_LAST, PAGER_LAST, MOVER_LAST: a boot ends with them. */
static bool is_last(uint32_t row)
{
    const char *ring = rows[row].ring;

    return strlen(ring) > 5 && strcmp(ring + strlen(ring) - 5, "_LAST") == 0;
}

/* What ends the pager or nano: afterwards only echo can be asked, or nobody. */
static void last(uint32_t row)
{
    struct facts facts = {0};

    post_printf("last %s\n", rows[row].name);
    post_drain(post_in(20000));
    if (is_ring(row, "PAGER") || is_ring(row, "MOVER")) {
        uint32_t ping[POST_ANSWER] = {row};
        if (is_ring(row, "PAGER"))
            by_pager(row, &facts);
        else
            by_mover(row, &facts);
        bool answers = post_call(echo, TAG_PING, ping, 4, ping, sizeof ping, NULL, post_in(2000)) ==
                           STATUS_OK &&
                       ping[0] == row;
        post_printf("@last %s %u %x : %u\n", rows[row].name, facts.end, facts.detail, answers);
    } else {
        post_gate(HOSTILE_OPERATION | row, POST_FOREVER);
    }
}

/* The module `rows`: a '1' for each row that is wanted. NULL: all. */
static const char *wanted(void)
{
    uint32_t words[POST_ANSWER] = {0};

    memcpy(words + 1, "rows", 4);
    return post_ask(HANDLE_PAGER, TAG_MODULE, words, POST_ANSWER, words) == STATUS_OK
               ? (const char *)words[1]
               : NULL;
}

/* In the last row the pager is dead, and nobody would map another page of stack. */
static void touch_stack(void)
{
    volatile char stack[3 * PAGE_SIZE];

    for (unsigned i = 0; i < sizeof stack; i += PAGE_SIZE)
        stack[i] = 0;
}

int main(void)
{
    touch_stack();
    const char *mask = wanted();
    struct facts facts = {0};
    uint32_t report[5];

    pager = post_open("pager");
    echo = post_open("echo");
    bystander = post_open("bystander");
    restarts(report);
    write_down(0, &facts); /* as it is before anything was tried */
    post_printf("begin\n");
    for (uint32_t row = 0; row < ROWS; row++) {
        if ((mask && mask[row] != '1') || is_ring(row, "NONE") || is_ring(row, "CAMPAIGN") ||
            is_last(row))
            continue;
        facts = (struct facts){0};
        if (is_ring(row, "PAGER"))
            by_pager(row, &facts);
        else if (is_ring(row, "TOGETHER")) {
            by_pager(row, &facts);
            facts.attacker = TASK_ID(1, 1); /* the router did it on the pager's behalf */
        } else if (is_ring(row, "PAIR"))
            by_pair(row, &facts);
        else if (is_ring(row, "MOVER"))
            kill(by_mover(row, &facts));
        else
            by_task(row, is_ring(row, "ROUTER"), &facts);
        write_down(row, &facts);
    }
    for (uint32_t row = 0; row < ROWS; row++)
        if ((!mask || mask[row] == '1') && is_last(row))
            last(row);
    post_printf("end\n");
    post_drain(post_in(20000));
    post_send(pager, TAG_OFF, (uint32_t[]){0, 0}, 8);
    for (;;)
        post_wait(POST_FOREVER);
}
