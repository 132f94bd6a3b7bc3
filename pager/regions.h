/* SPDX-License-Identifier: BSD-2-Clause */
/* Address ranges of a task that are filled on first touch. regions.c says how they are kept. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A message of 248 extents may leave 248 holes, and is 248 regions itself while it goes. */
#define REGIONS_MAX 640

/* Each is from..to-1, page-aligned; they are sorted and apart (two that touch at home are one). */
struct regions {
    uint32_t count;
    struct {
        uint32_t from;
        uint32_t to;
        bool away; /* sent away: not to be filled, and not to be given out again */
    } at[REGIONS_MAX];
};

bool regions_add(struct regions *r, uint32_t from, uint32_t to);
bool regions_remove(struct regions *r, uint32_t from, uint32_t to);
bool regions_hold(const struct regions *r, uint32_t from, uint32_t to);
uint32_t regions_gap(const struct regions *r, uint32_t low, uint32_t high, uint32_t bytes);

bool regions_send(struct regions *r, uint32_t from, uint32_t to);
void regions_return(struct regions *r, uint32_t from, uint32_t to);
void regions_forget(struct regions *r, uint32_t from, uint32_t to);
bool regions_sent(const struct regions *r, uint32_t page);
