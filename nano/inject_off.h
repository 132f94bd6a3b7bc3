/* No injector: see inject.h. */
#ifndef NANO_INJECT_OFF_H
#define NANO_INJECT_OFF_H

#include <stdbool.h>
#include "trap.h"

static inline void inject_init(void)
{
}
static inline bool inject_trapped(struct frame *f, uint32_t view)
{
    (void)f, (void)view;
    return false;
}
static inline uint32_t inject_upcall(uint32_t event)
{
    (void)event;
    return 0;
}
static inline bool inject_died(const struct frame *f, bool hang)
{
    (void)f, (void)hang;
    return false;
}
static inline uint32_t inject_hang_ticks(uint32_t ticks)
{
    return ticks;
}

#endif
