/* SPDX-License-Identifier: BSD-2-Clause */
/* The surveying nano's other half: seeds (seeds.h). */
#pragma once

#include <stdbool.h>
#include "entry_frame.h"

/* Takes out what was planted. True if the trap was a request for a seed, and is answered. */
/* What nano runs with at the beginning of a trap. */
void seed_note_flags(uint32_t flags);

bool seed_trapped(struct frame *f, uint32_t view);
