/* SPDX-License-Identifier: BSD-2-Clause */
/* keeper: takes whatever it is sent, and tells what it was. */
#include "keeper.h"

static struct post_buffer run[INLINE_EXTENTS];
static uint32_t runs, bytes, sum, messages;

static void keep(const struct line *line)
{
    runs = post_runs(line);
    for (unsigned i = 0; i < runs; i++)
        run[i] = post_landed(line, i);
    if (line->tag != TAG_GIVEN)
        return;
    struct post_view view = post_view(line);
    if (runs > 1)
        runs = 1;
    bytes = view.bytes;
    sum = byte_sum(view.data, view.bytes);
}

static enum status back(int main_task, bool release)
{
    enum status status = STATUS_OK;

    if (!release)
        return post_grant(main_task, TAG_BACK, (uint32_t[]){0, 0}, run, 1, 0, POST_FOREVER);
    for (unsigned i = 0; i < runs && status == STATUS_OK; i++)
        status = post_free(&run[i]);
    runs = 0;
    return status;
}

static enum status answer(int main_task, const struct line *line)
{
    switch (line->tag) {
    case TAG_WHAT: return STATUS_OK;
    case TAG_BACK: return back(main_task, line->w[2]);
    case TAG_AREA: return post_land((void *)(uintptr_t)line->w[2], line->w[3]);
    case TAG_SPOIL: *(volatile uint32_t *)run[0].data = 1; return STATUS_OK;
    default: return STATUS_BAD_OP;
    }
}

int main(void)
{
    int main_task = post_open("main");

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            uint32_t words[7] = {answer(main_task, line),
                                 runs,
                                 (uint32_t)(uintptr_t)run[0].data,
                                 run[0].pages,
                                 bytes,
                                 messages,
                                 sum};
            post_reply(&caller, words, sizeof words);
        } else {
            keep(line);
            messages++;
        }
        post_done(line);
    }
}
