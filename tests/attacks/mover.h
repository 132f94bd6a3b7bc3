/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the rows about large messages are written with (mover.c, mover_deaths.c): two peers that
 * send each other pages, what can be asked of them and of the pager, and what must hold.
 */
#ifndef MOVER_H
#define MOVER_H

#include "moves.h"

struct peer {
    uint32_t id;
    int handle;
};

extern int pager;
extern struct peer giver, taker, other;
extern uint32_t pages_at;    /* the giver's pages */
extern uint32_t to_taker;    /* its handle */
extern uint32_t first_wrong; /* 0, or the line of what was not as it must be */

#define MUST(condition) (first_wrong = first_wrong || (condition) ? first_wrong : __LINE__)

/* w[1].. there, w[1].. back; a status, if only that nobody answered. */
enum status ask(int handle, uint16_t tag, uint32_t w[POST_ANSWER + 1]);
#define ASK(handle, tag, ...) ask(handle, tag, (uint32_t[POST_ANSWER + 1]){0, __VA_ARGS__})
#define TRICK(...)            ASK(pager, TAG_TRICK, __VA_ARGS__)

/* The same with a name from w2 on; w2 of the answer. */
enum status ask_by_name(int handle, uint16_t tag, const char *name, uint32_t *result);

/* Mapped frames, of everybody; and nano finds each in one place, and none lost. */
uint32_t frames_mapped(void);

bool others_go_on(void);        /* echo and taker answer */
bool small_messages_flow(void); /* the giver, too */

/* A fresh task of that name, in place of one that has ended. */
void peer_start(struct peer *p, const char *name);
void peer_end(struct peer *p);
uint32_t peer_exit_code(const struct peer *p);

/* Giver and taker, and `pages` pages that the giver has, `before` pages into its block. */
void begin(uint32_t pages, uint32_t before);
/* They end, and all frames are where they were before. */
void finish(void);

/* The giver begins to send its pages; it gives up after `ticks`, or never (0). */
void give(uint32_t ticks, bool lend);
enum status how(const struct peer *p); /* it went */
bool has(const struct peer *p, uint32_t at, uint32_t pages, uint32_t which);
uint32_t messages(void); /* with pages, to the taker */

void put_off(bool on);
/* The ask that the pager has put off, once there is one. */
struct asked {
    uint32_t sender, index, receiver;
};
struct asked asked(void);

/* mover_deaths.c: the rows in which the pager dies, and that of their steps. */
bool steps(void);
bool dies_at(unsigned n);
bool dies_open(void);

#endif
