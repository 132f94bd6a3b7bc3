/* SPDX-License-Identifier: BSD-2-Clause */
/* Where frames arrive. landing.c says how addresses are chosen. */
#pragma once

#include "piece.h"

uint32_t landing_find(struct task *t, uint32_t pages, uint32_t like, const struct move *m);
enum status landing_area(struct task *t, uint32_t address, uint32_t pages);
