/* SPDX-License-Identifier: BSD-2-Clause */
/* Where frames arrive. landing.c says how addresses are chosen. */
#ifndef PAGER_LANDING_H
#define PAGER_LANDING_H

#include "piece.h"

uint32_t landing_find(struct task *t, uint32_t pages, uint32_t like, const struct move *m);
enum status landing_area(struct task *t, uint32_t address, uint32_t pages);

#endif
