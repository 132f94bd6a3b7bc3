/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The switch by which an image commits its rows of attacks.def. Included by one file of each image,
 * once, where its functions are known; for each ring whose rows it commits that file has defined
 * DEED_ring(...) as what becomes of the deed. Rows of all other rings are the same numbers, and
 * nothing.
 */
#ifndef DEED_TASK
#define DEED_TASK(...)
#endif
#ifndef DEED_TASK_LAST
#define DEED_TASK_LAST(...)
#endif
#ifndef DEED_SEED
#define DEED_SEED(...)
#endif
#ifndef DEED_PAIR
#define DEED_PAIR(...)
#endif
#ifndef DEED_ROUTER
#define DEED_ROUTER(...)
#endif
#ifndef DEED_ROUTER_LAST
#define DEED_ROUTER_LAST(...)
#endif
#ifndef DEED_PAGER
#define DEED_PAGER(...)
#endif
#ifndef DEED_PAGER_LAST
#define DEED_PAGER_LAST(...)
#endif
#ifndef DEED_TOGETHER
#define DEED_TOGETHER(...)
#endif
#ifndef DEED_MOVER
#define DEED_MOVER(...)
#endif
#ifndef DEED_MOVER_LAST
#define DEED_MOVER_LAST(...)
#endif
#ifndef DEED_CAMPAIGN
#define DEED_CAMPAIGN(...)
#endif
#ifndef DEED_NONE
#define DEED_NONE(...)
#endif

/* An enum verdict. Some deeds look at `argument`. */
static uint32_t commit(uint32_t row, uint32_t argument)
{
    switch (row) {
#define ROW(id, name, ring, what, rule, expect, control, ...)                                      \
    case __COUNTER__: {                                                                            \
        DEED_##ring(__VA_ARGS__);                                                                  \
        break;                                                                                     \
    }
#include "attacks.def"
#undef ROW
    }
    (void)argument;
    return THROUGH;
}
