/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time, the part of post.h that is about it. The unit is the tick of 1 ms. Ticks come round
 * after 49 days; the comparisons below allow for that.
 */
#ifndef POST_TIME_H
#define POST_TIME_H

#include "post_mailbox.h"

/* No deadline. */
#define POST_FOREVER 0u

/* Ticks since boot. */
static inline uint32_t post_now(void)
{
    post_barrier();
    return ((const struct clock *)CLOCK)->now;
}

/* The deadline `ticks` (below 2^31) from now; never POST_FOREVER. */
static inline uint32_t post_in(uint32_t ticks)
{
    uint32_t deadline = post_now() + ticks;
    return deadline ? deadline : 1;
}

/* Has this deadline passed? POST_FOREVER never has. */
static inline bool post_passed(uint32_t deadline)
{
    return deadline != POST_FOREVER && (int32_t)(post_now() - deadline) >= 0;
}

/* Do nothing for `ticks`. Mail stays unread; signals stay for post_wait. */
void post_sleep(uint32_t ticks);

#endif
