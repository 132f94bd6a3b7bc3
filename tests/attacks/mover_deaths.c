/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows in which the pager dies about a large message: before each of its steps, and with
 * several open at once. Ring 3, in the mover (mover.c); each needs a boot of its own.
 *
 * A block of a page, a whole page table and a page is lent and returned, so that there are three
 * runs in each direction. Afterwards nobody would map a page for anybody, so all that is needed was
 * used once before; and nano's invariants are looked at by nano itself (mourning_nano.c).
 */
#include <post.h>
#include <ringpost/pager_gate.h>
#include "mover.h"

/* The block, as it lies in its first page table; and where it lands. */
#define BLOCK_LEAD  511
#define BLOCK_PAGES 514
#define BLOCK_AREA  0x60000000u
#define BLOCK_AT    (BLOCK_AREA + BLOCK_LEAD * PAGE_SIZE)
#define PAGES       4

/* A loan of the block and its return, step by step, as the real pager makes it. */
static const uint8_t path[] = {PAGER_OP_TABLE_GIVE,
                               PAGER_OP_TABLE_GIVE,
                               PAGER_OP_MOVE,
                               PAGER_OP_MOVE_TABLE,
                               PAGER_OP_MOVE,
                               STEP_ANSWER,
                               STEP_END,
                               PAGER_OP_MOVE,
                               PAGER_OP_MOVE_TABLE,
                               PAGER_OP_MOVE,
                               STEP_ANSWER,
                               PAGER_OP_TABLE_TAKE,
                               PAGER_OP_TABLE_TAKE,
                               STEP_END};

/* Giver and taker, with all that they will need before the pager is dead. */
static void begin_block(void)
{
    touch_stack();
    begin(BLOCK_PAGES, BLOCK_LEAD);
    MUST(pages_at % TABLE_SPAN == BLOCK_LEAD * PAGE_SIZE);
    MUST(ASK(taker.handle, TAG_AREA, 0, BLOCK_AREA, 4 * 512) == STATUS_OK);
    give(0, true);
    MUST(how(&giver) == STATUS_OK && how(&taker) == STATUS_OK);
    MUST(has(&giver, pages_at, BLOCK_PAGES, 0));
}

/* The steps are those that the rows below die at. */
bool steps(void)
{
    uint32_t w[POST_ANSWER + 1] = {0, TRICK_STEPS};

    begin_block();
    MUST(TRICK(TRICK_COUNT, 0) == STATUS_OK);
    give(0, true);
    MUST(how(&giver) == STATUS_OK && how(&taker) == STATUS_OK);
    MUST(ask(pager, TAG_TRICK, w) == STATUS_OK);
    MUST(w[2] == sizeof path && memcmp(&w[3], path, sizeof path) == 0);
    finish();
    return !first_wrong;
}

/* How often that operation or answer comes before step n of the path. */
static unsigned before(unsigned n, uint8_t what)
{
    unsigned count = 0;

    for (unsigned i = 0; i + 1 < n; i++)
        count += path[i] == what;
    return count;
}

/* Whose the pages of a part of the block are, after `moves` moves of it: to the taker, and back. */
static void part_is_there(unsigned moves, uint32_t page, uint32_t pages)
{
    if (moves == 1)
        MUST(has(&taker, BLOCK_AT + page * PAGE_SIZE, pages, page));
    else
        MUST(has(&giver, pages_at + page * PAGE_SIZE, pages, page));
}

/*
 * Dies before step n of the path (counted from 1). Every page is with giver or taker, as it was;
 * the giver is told: of its message if that was not delivered, or by its deadline that no reply
 * came.
 */
bool dies_at(unsigned n)
{
    begin_block();
    MUST(TRICK(TRICK_COUNT, n) == STATUS_OK);
    give(400, true);
    unsigned runs = before(n, PAGER_OP_MOVE), answers = before(n, STEP_ANSWER);
    MUST(how(&giver) == (answers == 0   ? STATUS_PAGER_DEAD
                         : answers == 1 ? STATUS_TIMEOUT
                                        : STATUS_OK));
    if (answers != 0)
        MUST(how(&taker) == (answers == 1 ? STATUS_PAGER_DEAD : STATUS_OK));
    part_is_there((runs + 1) / 2, 0, 1);
    part_is_there(before(n, PAGER_OP_MOVE_TABLE), 1, 512);
    part_is_there(runs / 2, 513, 1);
    MUST(small_messages_flow());
    MUST(ASK(pager, TAG_PING, 0) == STATUS_DEAD);
    return !first_wrong;
}

/* Dies while a loan is out, and a message and a loan's
 * return wait for it: each is told so, once. */
bool dies_open(void)
{
    begin_block();
    peer_start(&other, "other");
    uint32_t from_other, w[POST_ANSWER + 1] = {0, 0, PAGES};
    MUST(ask_by_name(other.handle, TAG_NAMED, "taker", &from_other) == STATUS_OK);
    MUST(ask(other.handle, TAG_FILL, w) == STATUS_OK);
    uint32_t others_pages = w[2];
    MUST(ASK(taker.handle, TAG_HOLD, 0, 1) == STATUS_OK);
    give(400, true);
    for (unsigned i = 0; i < 500 && messages() < 2; i++)
        post_sleep(1);
    MUST(messages() == 2); /* the loan is out */
    put_off(true);
    post_send(other.handle, TAG_GIVE, (uint32_t[]){0, from_other, 0, 0}, 16);
    MUST(asked().sender == other.id);
    post_send(taker.handle, TAG_HOLD, (uint32_t[]){0, 0, 0}, 12);
    for (unsigned i = 0; i < 500 && asked().sender != taker.id; i++)
        post_sleep(1);
    MUST(asked().sender == taker.id); /* and is to return */
    post_send(pager, TAG_TRICK, (uint32_t[]){0, TRICK_DIE}, 8);
    MUST(how(&other) == STATUS_PAGER_DEAD);
    MUST(how(&taker) == STATUS_PAGER_DEAD);
    MUST(how(&giver) == STATUS_TIMEOUT);
    MUST(has(&other, others_pages, PAGES, 0));
    MUST(has(&taker, BLOCK_AT, BLOCK_PAGES, 0));
    post_send(other.handle, TAG_GIVE, (uint32_t[]){0, from_other, 0, 0}, 16);
    MUST(how(&other) == STATUS_PAGER_DEAD); /* and so is the next, at once */
    MUST(messages() == 2 && small_messages_flow());
    return !first_wrong;
}
