/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pager-call: the cheapest request that the pager answers, and its answer. That is LAND, by which
 * bench says that the pager may choose where pages land.
 */
#include "bench.h"

void measure_pager_call(void)
{
    uint64_t start = 0;

    for (uint32_t n = 0; n < BATCH + PAGER_CALLS; n++) {
        uint32_t words[POST_ANSWER] = {0};
        if (n == BATCH)
            start = time_stamp();
        must("pager-call", post_ask(NUMBER_OF(HANDLE_PAGER), TAG_LAND, words, 3, words));
    }
    print_value("pager-call", time_stamp() - start, PAGER_CALLS);
}
