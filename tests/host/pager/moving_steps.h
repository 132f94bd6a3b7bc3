/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests about moves are written with: two tasks of the moving world, `a` and `b`, fresh
 * for each test; after it every frame must be where it was, and the books true.
 */
#ifndef MOVING_STEPS_H
#define MOVING_STEPS_H

#include "moving_world.h"

extern uint32_t a, b;

int set_up(void **state);
int before(void **state);
int after(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)

void books_are_true(void);

/* Heap of `pages`, each touched, each with its number in it. */
uint32_t heap(uint32_t id, uint32_t pages);
/* The same in fresh heap that begins 2 MiB-aligned. */
uint32_t aligned_heap(uint32_t id, uint32_t tables);

/* Are these pages there, numbered from `first` on (0: all zero), with these rights? */
void there(uint32_t id, uint32_t at, uint32_t pages, uint32_t first, uint32_t rights);
void not_there(uint32_t id, uint32_t at, uint32_t pages);

/* From `a` to `b`. */
enum status grant(uint32_t flags, const struct extent *list, uint32_t count);
enum status grant_one(uint32_t flags, uint32_t address, uint32_t pages);

/* A touch ends the task, and the log says why. */
void a_touch_ends(uint32_t id, uint32_t address, const char *says);

#endif
