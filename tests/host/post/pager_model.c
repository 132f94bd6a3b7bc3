/* SPDX-License-Identifier: BSD-2-Clause */
/* The pager as libpost sees it; see pager_model.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include "pager_model.h"

#define PAGES 16

struct model_memory model_memory;

static void answer(struct line *r)
{
    r->w[1] = STATUS_OK;
    if (r->tag == TAG_ALLOC) {
        model_memory.allocs++;
        model_memory.asked = r->w[2];
        if (r->w[2] > model_memory.pages)
            r->w[1] = STATUS_NO_MEMORY;
        else
            r->w[2] = (model_memory.next += r->w[2] * PAGE_SIZE) - r->w[2] * PAGE_SIZE;
    } else if (r->tag == TAG_RELEASE) {
        model_memory.released[model_memory.releases].at = r->w[2];
        model_memory.released[model_memory.releases++].pages = r->w[3];
    } else if (r->tag == TAG_MODULE) {
        r->w[2] = LANDING_BASE;
        r->w[3] = model_memory.bytes;
    } else {
        r->w[1] = STATUS_BAD_OP;
    }
}

int pager_model_begin(void **state)
{
    model_begin(state);
    memset(&model_memory, 0, sizeof model_memory);
    model_memory.next = HEAP;
    model_memory.pages = 4096;
    model_pager = answer;
    return 0;
}

int pager_model_map(void **state)
{
    (void)state;
    return mmap((void *)(uintptr_t)HEAP, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED;
}

struct post_buffer model_mine(uint32_t address, unsigned pages)
{
    return (struct post_buffer){.data = (void *)(uintptr_t)address,
                                .pages = pages,
                                .bytes = pages * PAGE_SIZE,
                                .state = POST_MINE};
}

const struct line *model_last(void)
{
    unsigned i = model_taken_count;
    while (i > 0 && model_taken[i - 1].peer == HANDLE_PAGER)
        i--;
    assert_true(i > 0);
    return &model_taken[i - 1];
}
