/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer: sends pages to another peer and takes what it is sent, as the mover says (moves.h). The
 * tasks giver, taker and other of the rows about large messages; ring 3, honest, and ready to be
 * lied to.
 */
#include "moves.h"

static struct post_buffer mine; /* what it has filled */
static struct post_buffer got;
static uint32_t messages;
static enum status how = STATUS_NONE;
static bool hold;
static struct post_caller lender; /* who waits for its loan; task 0: nobody */

static uint32_t word_of(uint32_t page, unsigned i) { return 0xF000000 + page * 1024 + i; }

static enum status fill(uint32_t pages, uint32_t before)
{
    uint8_t *block = post_alloc(before + pages);

    if (!block)
        return STATUS_NO_MEMORY;
    mine = (struct post_buffer){
        .data = block + before * PAGE_SIZE, .pages = pages, .state = POST_MINE};
    for (uint32_t i = 0; i < pages * 1024; i++)
        ((uint32_t *)mine.data)[i] = word_of(i / 1024, i % 1024);
    return STATUS_OK;
}

static enum status look(const uint32_t *words, uint32_t pages, uint32_t which)
{
    for (uint32_t i = 0; i < pages * 1024; i++)
        if (words[i] != word_of(which + i / 1024, i % 1024))
            return STATUS_CORRUPT;
    return STATUS_OK;
}

static enum status give(uint32_t handle, uint32_t ticks, bool lend)
{
    uint32_t deadline = ticks ? post_in(ticks) : POST_FOREVER, answer = 0;
    struct post_pages_call call = {.buffers = &mine, .n = 1, .reply = &answer, .size = 4};

    if (lend)
        return post_lend(handle, TAG_PAGES, &call, deadline);
    return post_grant(handle, TAG_PAGES, (uint32_t[]){0, 0}, &mine, 1, 0, deadline);
}

static void return_loan(void)
{
    uint32_t ok = STATUS_OK;

    post_reply(&lender, &ok, sizeof ok);
    lender.task = 0;
    while ((how = post_flush()) == STATUS_MOVE)
        post_wait(POST_FOREVER);
}

static void take(const struct line *line)
{
    got = post_landed(line, 0);
    messages++;
    if (!(line->flags & FLAG_LEND))
        return;
    lender = post_caller(line);
    if (!hold)
        return_loan();
}

/* Fills in w[1..]; w[0] is the result. */
static enum status answer(const struct line *line, uint32_t w[4])
{
    char name[NAME_BYTES];
    int handle;

    switch (line->tag) {
    case TAG_FILL:
        w[0] = fill(line->w[2], line->w[3]);
        w[1] = (uint32_t)(uintptr_t)mine.data;
        return w[0];
    case TAG_HOW: w[1] = post_mine(&mine); return how;
    case TAG_LOOK: return look((const uint32_t *)(uintptr_t)line->w[2], line->w[3], line->w[4]);
    case TAG_GOT:
        w[1] = messages;
        w[2] = (uint32_t)(uintptr_t)got.data;
        w[3] = got.pages;
        return STATUS_OK;
    case TAG_NAMED:
        memcpy(name, &line->w[2], NAME_BYTES);
        handle = post_open(name);
        w[1] = handle;
        return handle < 0 ? (enum status) - handle : STATUS_OK;
    case TAG_AREA: return post_land((void *)(uintptr_t)line->w[2], line->w[3]);
    case TAG_HOLD:
        hold = line->w[2];
        if (!hold && lender.task)
            return_loan();
        return STATUS_OK;
    default: return STATUS_BAD_OP;
    }
}

int main(void)
{
    touch_stack();
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);

        if (line->tag == TAG_PAGES) {
            take(line);
        } else if (line->tag == TAG_GIVE) {
            how = give(line->w[1], line->w[2], line->w[3]);
        } else {
            struct post_caller caller = post_caller(line);
            uint32_t w[4] = {0};

            w[0] = answer(line, w);
            if (line->flags & FLAG_CALL)
                post_reply(&caller, w, sizeof w);
        }
        post_done(line);
    }
}
