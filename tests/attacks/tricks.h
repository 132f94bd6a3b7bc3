/* SPDX-License-Identifier: BSD-2-Clause */
/* hostile_moves.c, for hostile_pager.c: TAG_TRICK (moves.h). */
#ifndef TRICKS_H
#define TRICKS_H

#include <stdint.h>
#include <post.h>

/* Does what w1 of the message says. Fills in w[1..]; the result is w[0] of the reply. */
enum status trick(const struct line *in, uint32_t *w);

#endif
