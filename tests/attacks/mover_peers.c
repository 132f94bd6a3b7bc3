/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mover's peers, the pager, and echo: what it asks of them; ring 3. mover.h says what for.
 */
#include <post.h>
#include "mover.h"

#define SOON post_in(5000)

int pager;
struct peer giver, taker, other;
uint32_t pages_at, to_taker, first_wrong;

static int echo;
static uint32_t mapped_before, frames_all;

/* ---- Asking ---------------------------------------------------------------------------------- */

/* w[1].. there, w[1].. back; a status, if only that nobody answered. */
enum status ask(int handle, uint16_t tag, uint32_t w[POST_ANSWER + 1])
{
    enum status status =
        post_call(handle, tag, &w[1], POST_ANSWER * 4, &w[1], POST_ANSWER * 4, NULL, SOON);
    return status ? status : w[1];
}

enum status ask_by_name(int handle, uint16_t tag, const char *name, uint32_t *result)
{
    uint32_t w[POST_ANSWER + 1] = {0};
    enum status status;

    memcpy(&w[2], name, strlen(name));
    status = ask(handle, tag, w);
    *result = w[2];
    return status;
}

/* The frames of all: how many are mapped; and that none is lost, or in two places. */
uint32_t frames_mapped(void)
{
    uint32_t check[POST_ANSWER + 1] = {0}, memory[POST_ANSWER + 1] = {0};

    MUST(ask(pager, TAG_CHECK, check) == STATUS_OK && check[2] == 0);
    MUST(ask(pager, TAG_MEMORY, memory) == STATUS_OK);
    MUST(!frames_all || memory[3] + memory[4] + memory[5] == frames_all);
    frames_all = memory[3] + memory[4] + memory[5];
    return memory[4];
}

bool small_messages_flow(void)
{
    return ASK(echo, TAG_PING, 7) == 7 && ASK(giver.handle, TAG_GOT, 0) == STATUS_OK &&
           ASK(taker.handle, TAG_GOT, 0) == STATUS_OK;
}

/* The same while the giver waits for its move. */
bool others_go_on(void)
{
    return ASK(echo, TAG_PING, 7) == 7 && ASK(taker.handle, TAG_GOT, 0) == STATUS_OK;
}

/* ---- Peers ----------------------------------------------------------------------------------- */

void peer_start(struct peer *p, const char *name)
{
    if (p->handle > 0)
        post_close(p->handle);
    MUST(ask_by_name(pager, TAG_SPAWN, name, &p->id) == STATUS_OK);
    for (unsigned i = 0; i < 100 && (p->handle = post_open(name)) < 0; i++)
        post_sleep(1);
    MUST(p->handle > 0);
    MUST(ASK(p->handle, TAG_GOT, 0) == STATUS_OK);
}

uint32_t peer_exit_code(const struct peer *p)
{
    uint32_t w[POST_ANSWER + 1] = {0, 0, p->id};
    return ask(pager, TAG_WAIT_EXIT, w) == STATUS_OK ? w[2] : ~0u;
}

void peer_end(struct peer *p)
{
    ASK(pager, TAG_KILL, 0, p->id);
    peer_exit_code(p);
}

/* Giver and taker, and pages that the giver has. */
static void start_both(uint32_t pages, uint32_t before)
{
    uint32_t w[POST_ANSWER + 1] = {0, 0, pages, before};

    peer_start(&giver, "giver");
    peer_start(&taker, "taker");
    MUST(ask_by_name(giver.handle, TAG_NAMED, "taker", &to_taker) == STATUS_OK);
    MUST(ask(giver.handle, TAG_FILL, w) == STATUS_OK);
    pages_at = w[2];
}

/* All is done once before it counts: stacks grow, and so do the pager's books. */
void begin(uint32_t pages, uint32_t before)
{
    pager = post_open("pager");
    echo = post_open("echo");
    ASK(echo, TAG_PING, 0);
    peer_start(&other, "other");
    start_both(pages, before);
    give(0, true);
    MUST(how(&giver) == STATUS_OK);
    frames_mapped();
    peer_end(&giver);
    peer_end(&taker);
    peer_end(&other);
    mapped_before = frames_mapped();
    start_both(pages, before);
}

void finish(void)
{
    MUST(small_messages_flow());
    frames_mapped();
    peer_end(&giver);
    peer_end(&taker);
    MUST(frames_mapped() == mapped_before);
}

/* The giver begins to send its pages; it gives up after `ticks`, or never (0). */
void give(uint32_t ticks, bool lend)
{
    MUST(post_send(giver.handle, TAG_GIVE, (uint32_t[]){0, to_taker, ticks, lend}, 16) ==
         STATUS_OK);
}

enum status how(const struct peer *p) { return ASK(p->handle, TAG_HOW, 0); }

bool has(const struct peer *p, uint32_t at, uint32_t pages, uint32_t which)
{
    return ASK(p->handle, TAG_LOOK, 0, at, pages, which) == STATUS_OK;
}

uint32_t messages(void)
{
    uint32_t w[POST_ANSWER + 1] = {0};
    return ask(taker.handle, TAG_GOT, w) == STATUS_OK ? w[2] : ~0u;
}

/* The ask that the pager has put off: once there is one. */
struct asked asked(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        uint32_t w[POST_ANSWER + 1] = {0, TRICK_ASKED};
        if (ask(pager, TAG_TRICK, w) == STATUS_OK)
            return (struct asked){w[2], w[3], w[4]};
        post_sleep(1);
    }
    MUST(false);
    return (struct asked){0, 0, 0};
}

void put_off(bool on) { MUST(TRICK(TRICK_PUT_OFF, on) == STATUS_OK); }
