/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * toucher: sends pages that it has used, and then touches one: writes the first, or, when it is
 * started again, reads the last of another run. It does not live to say so.
 */
#include "keeper.h"

static int reading(int keeper)
{
    uint32_t answer[POST_ANSWER] = {0};
    return post_ask(keeper, TAG_WHAT, answer, 1, answer) == STATUS_OK && answer[1] != 0;
}

int main(void)
{
    int keeper = post_open("keeper");
    bool second = reading(keeper);
    struct post_buffer b = {0};

    if (post_prepare(&b, 3 * PAGE_SIZE) != STATUS_OK)
        return 2;
    volatile uint8_t *bytes = b.data;
    for (unsigned i = 0; i < b.bytes; i += PAGE_SIZE)
        bytes[i] = 1;
    if (post_grant(keeper, KEEPER_KEEP, (uint32_t[]){0, 0}, &b, 1, 0, POST_FOREVER) != STATUS_OK)
        return 3;
    if (second)
        return bytes[2 * PAGE_SIZE];
    bytes[0] = 2;
    return 1;
}
