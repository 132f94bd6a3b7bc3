/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world in which moves are tested and fuzzed: three tasks over the nano of fake.h, a router
 * that accepts answers or does not, and a checker that holds the pager's books against nano's
 * tables.
 */
#ifndef MOVING_WORLD_H
#define MOVING_WORLD_H

#include "fake.h"
#include "post.h"
#include "../../../pager/frames.h"
#include "../../../pager/memory.h"
#include "../../../pager/piece.h"
#include "../../../pager/request.h"

#define WORLD_TEXT  0x00400000u /* two pages of text, and nothing behind them */
#define WORLD_PAGES 3           /* that a fresh task has mapped */

extern enum status world_router_says; /* to MOVE_ANSWERs */
extern struct line world_answer;      /* the last MOVE_ANSWER */

/* Where its runs landed. */
#define world_landed ((const struct extent *)(const void *)&world_answer.w[4])

void world_start(void);
uint32_t world_launch(const char *name); /* "a", "b" or "c" */
void world_settle(void);                 /* until nobody is ending */
void world_end_all(void);

/* Requests of tasks. */
uint32_t world_alloc(uint32_t id, uint32_t pages); /* 0: refused */
enum status world_release(uint32_t id, uint32_t address, uint32_t pages);
enum status world_land(uint32_t id, uint32_t address, uint32_t pages);
void world_touch(uint32_t id, uint32_t address, uint32_t value); /* first touch, then a write */

/* Asks of the router; the status answered. */
uint32_t world_index(void); /* of the next entry */
enum status world_ask(uint32_t from, uint32_t index, uint32_t to, uint32_t flags,
                      const struct extent *list, uint32_t count);
enum status world_ask_counted(uint32_t from, uint32_t index, uint32_t to, uint32_t flags,
                              const struct extent *list, uint32_t count, uint32_t alleged);
void world_asks_again(
    uint32_t from); /* that ask is still on its way, and counts: no earlier one does */
enum status world_return(uint32_t borrower, uint32_t lender, uint32_t slot);

const char *world_books(void); /* NULL, or what is wrong */

#endif
