/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The coroner: has the router die without end, in the ways that the module `deaths` names by their
 * letters, and says what became of it, one line each, for deaths_test.py. Ring 3, less important
 * than those that it tells to kill, so it goes on only when they do not.
 *
 *   o  in each call of one task, at once          t  in each call of two tasks
 *   a  the same, after the task's answer has gone  p  in each call of the pager's
 *   h  the same, but it hangs
 */
#include <post.h>
#include "hostile.h"

static int pager, echo;

static uint32_t spawn(const char *name)
{
    uint32_t words[POST_ANSWER] = {0};

    memcpy(words + 1, name, strlen(name));
    return post_ask(pager, TAG_SPAWN, words, POST_ANSWER, words) == STATUS_OK ? words[1] : 0;
}

/* How many restarts since this was asked last. */
static uint32_t restarts(void)
{
    static uint32_t seen;

    for (uint32_t count = 0;; count++, seen++) {
        uint32_t words[POST_ANSWER] = {0, seen};
        enum status status = post_ask(HANDLE_PAGER, TAG_RESTARTS, words, 2, words);
        if (status != STATUS_OK && status != STATUS_NO_SUCH)
            return count;
    }
}

static uint32_t violations(uint16_t tag)
{
    uint32_t words[POST_ANSWER] = {0};
    return post_ask(pager, tag, words, 1, words) == STATUS_OK ? words[1] : ~0u;
}

/* Tells the killer how; by a call, it is in place, so that libpost drops no answer to it. */
static void tell(uint32_t killer, enum death how)
{
    struct line *line = post_slot(1);

    post_address(line, killer, TAG_DIE, 1, how == DEATH_AFTER ? FLAG_CALL : 0);
    line->badge = how == DEATH_AFTER; /* lines for the answer */
    line->cookie = 1;
    line->w[1] = how;
    line->w[2] = 0;
    post_commit(1);
    post_flush();
}

static void one(char letter, enum death how)
{
    uint32_t id = spawn("killer"), answer[POST_ANSWER] = {0, id}, answers = 0, notices = 0;
    uint32_t ping[POST_ANSWER] = {STATUS_OK, (uint32_t)letter};
    int killer = post_open("killer");

    restarts();
    tell(killer, how);
    post_ask(pager, TAG_WAIT_EXIT, answer, 2, answer);
    post_sleep(20);
    for (const struct line *line; (line = post_peek()); post_done(line)) {
        answers += line->w[1] == STATUS_OK;
        notices += line->w[1] != STATUS_OK;
    }
    bool alive =
        post_ask(echo, TAG_PING, ping, 2, ping) == STATUS_OK && ping[1] == (uint32_t)letter;
    post_printf("deaths: %c, code %u, restarts %u, answers %u, notices %u, echo %u, check %u, "
                "audit %u\n",
                letter, answer[1], restarts(), answers, notices, alive, violations(TAG_CHECK),
                violations(TAG_AUDIT));
    post_close(killer);
}

/* The more important of them would keep the coroner from telling the second: both by the clock. */
static void two(void)
{
    static const char *const names[] = {"killer", "second"};
    uint32_t begin = post_in(100);

    for (unsigned i = 0; i < 2; i++) {
        spawn(names[i]);
        post_send(post_open(names[i]), TAG_DIE, (uint32_t[]){0, DEATH_AT_ONCE, begin}, 12);
    }
    post_sleep(5000);
    post_printf("deaths: t, it goes on\n");
}

static void of_pager(void)
{
    post_gate(HOSTILE_DIE, DEATH_OF_PAGER);
    restarts();
    post_printf("deaths: p, it goes on\n");
}

int main(void)
{
    uint32_t words[POST_ANSWER] = {0};

    pager = post_open("pager");
    echo = post_open("echo");
    memcpy(words + 1, "deaths", 6);
    if (post_ask(HANDLE_PAGER, TAG_MODULE, words, POST_ANSWER, words) != STATUS_OK)
        return 1;
    for (const char *letter = (const char *)words[1]; *letter; letter++)
        switch (*letter) {
        case 'o': one(*letter, DEATH_AT_ONCE); break;
        case 'a': one(*letter, DEATH_AFTER); break;
        case 'h': one(*letter, DEATH_HANG); break;
        case 't': two(); break;
        case 'p': of_pager(); break;
        }
    post_printf("deaths: end\n");
    post_drain(post_in(20000));
    post_send(pager, TAG_OFF, (uint32_t[]){0, 0}, 8);
    for (;;)
        post_wait(POST_FOREVER);
}
