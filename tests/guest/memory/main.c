/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that appears when it is touched: zeroed heap and stack, given back and counted, and an
 * end for what cannot be had. The faults that end a task are in the test `attacks`.
 */
#include "peer.h"
#include "tap.h"

static uint32_t zeroes[3 * PAGE_SIZE / 4]; /* .bss over several pages */
static uint32_t data[] = {1, 2, 3};

static uint32_t free_frames(void)
{
    uint32_t answer[POST_ANSWER] = {0};
    return post_ask(HANDLE_PAGER, TAG_MEMORY, answer, 1, answer) == STATUS_OK ? answer[2] : 0;
}

/* How many frames are missing since there were `before`: a few tables may be. */
static bool about_none_missing(uint32_t before) { return (int32_t)(before - free_frames()) < 16; }

static bool all_zero(const uint32_t *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (((const volatile uint32_t *)words)[i])
            return false;
    return true;
}

static void heap(void)
{
    uint32_t before = free_frames();
    uint32_t *block = post_alloc(1024);

    tap_ok(block != NULL && (uintptr_t)block % PAGE_SIZE == 0, "4 MiB, page-aligned");
    tap_ok(about_none_missing(before), "cost nothing before they are touched");
    tap_ok(all_zero(block, 1024 * 1024), "are zero on first touch");
    tap_ok((int32_t)(before - free_frames()) >= 1024, "and cost their frames then");
    for (unsigned i = 0; i < 1024 * 1024; i++)
        block[i] = i * 2654435761u;
    bool good = true;
    for (unsigned i = 0; i < 1024 * 1024; i++)
        good &= block[i] == i * 2654435761u;
    tap_ok(good, "hold what is written");
    tap_status(post_release(block, 1024), STATUS_OK, "they are given back");
    tap_ok(about_none_missing(before), "and their frames are free again");

    uint32_t *again = post_alloc(1024);
    tap_ok(again && all_zero(again, 1024 * 1024), "the next who gets them finds zeroes");
    post_release(again, 1024);
    tap_ok(post_release((void *)0x10000000, 1) != STATUS_OK, "what is not mine cannot be released");
    tap_ok(post_alloc(0x40000) == NULL, "1 GiB is refused");
    tap_ok(post_alloc(0) == NULL, "nothing at all is refused");
}

/* Each level touches a page of the stack. */
__attribute__((noinline)) static uint32_t deep(uint32_t level)
{
    volatile uint8_t page[PAGE_SIZE - 64];
    page[0] = level;
    return level ? deep(level - 1) + (page[0] == (uint8_t)level) : 0;
}

int main(void)
{
    tap_ok(all_zero(zeroes, sizeof zeroes / 4), ".bss is zero");
    tap_ok(((volatile uint32_t *)data)[2] == 3, ".data is what it should be");
    heap();
    tap_is(deep(100), 100, "the stack grows by 400 KiB");

    uint32_t pager = tap_open("pager"), before = free_frames();
    for (unsigned i = 0; i < 20; i++) {
        uint32_t id = peer_spawn(pager, "glutton");
        if (!tap_ok(id && peer_exit_code(pager, id) == 3,
                    "a task with 2 MiB of heap comes and goes (%u)", i))
            break;
    }
    tap_ok(about_none_missing(before), "and leaves no frame behind");
    uint32_t answer[POST_ANSWER] = {0};
    tap_status(post_ask(pager, TAG_CHECK, answer, 1, answer), STATUS_OK, "nano checks itself");
    tap_is(answer[1], 0, "and finds nothing wrong");
    for (uint32_t tag = TAG_CHECK; tag; tag = tag == TAG_CHECK ? TAG_AUDIT : 0)
        tap_status(post_ask(HANDLE_PAGER, tag, answer, 1, answer), STATUS_DENIED,
                   tag == TAG_CHECK ? "but not for everybody: it keeps interrupts off"
                                    : "nor is the audit");
    tap_end();
}
