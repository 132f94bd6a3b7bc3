/* SPDX-License-Identifier: BSD-2-Clause */
/* borrower: does with what it is lent as it is told. */
#include "borrower.h"

static int main_task;
static struct post_buffer have;
static struct post_caller waiting;

static void write_all(struct post_buffer *b)
{
    uint32_t *words = b->data;
    for (unsigned i = 0; i < b->pages * (PAGE_SIZE / 4); i++)
        words[i]++;
}

/* Send what is borrowed as if it were mine: libpost would not. */
static enum status pass_on(unsigned flags)
{
    struct line *line = post_slot_wait(1);

    memset(line, 0, sizeof *line);
    post_address(line, main_task, KEEPER_KEEP, 1, flags);
    line->w[3] = 1;
    line->w[4] = (uint32_t)(uintptr_t)have.data;
    line->w[5] = 1;
    post_commit(1);
    for (;;) {
        enum status status = post_flush();
        if (status != STATUS_MOVE)
            return status;
        post_wait(POST_FOREVER);
    }
}

static enum status lent(const struct line *line)
{
    have = post_landed(line, 0);
    if (have.state != POST_BORROWED || post_free(&have) != STATUS_BUSY)
        return STATUS_BAD;
    switch (line->w[1]) {
    case DEED_WRITE:
        for (unsigned i = 0; i < post_runs(line); i++)
            write_all(&(struct post_buffer){.data = post_landed(line, i).data,
                                            .pages = post_landed(line, i).pages});
        return STATUS_OK;
    case DEED_PASS_ON: return pass_on(FLAG_GRANT);
    case DEED_LEND_ON: return pass_on(FLAG_GRANT | FLAG_LEND | FLAG_CALL);
    case DEED_RELEASE: return post_release(have.data, 1);
    case DEED_DIE: post_exit(7);
    case DEED_FAULT: asm volatile("ud2");
    }
    return STATUS_OK;
}

static void give_back(const struct post_caller *caller, const struct line *line)
{
    struct post_buffer run[INLINE_EXTENTS];
    uint32_t status = lent(line);

    for (unsigned i = 0; i < post_runs(line); i++)
        run[i] = post_landed(line, i);
    if (post_return(caller, &status, sizeof status, run, post_runs(line)) == STATUS_OK)
        have = (struct post_buffer){0};
}

int main(void)
{
    main_task = post_open("main");
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_caller caller = post_caller(line);

        if (line->tag == TAG_LEND && line->w[1] == DEED_WAIT) {
            have = post_landed(line, 0);
            waiting = caller;
        } else if (line->tag == TAG_LEND) {
            give_back(&caller, line);
        } else if (line->tag == TAG_ANSWER) {
            uint32_t word = STATUS_OK;
            post_answer(&caller, post_return(&waiting, &word, sizeof word, &have, 1));
        } else if (line->tag == KEEPER_KEEP) {
            have = post_landed(line, 0);
        } else if (line->tag == TAG_FREE) {
            post_answer(&caller, post_release(have.data, have.pages));
        } else if (line->tag == TAG_WORD) {
            uint32_t words[2] = {STATUS_OK, have.state == POST_MINE ? *(uint32_t *)have.data : 0};
            post_reply(&caller, words, sizeof words);
        }
        post_done(line);
    }
}
