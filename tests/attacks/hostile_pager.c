/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile pager: the real one, whole, with this in front of its requests. Ring 3, with nano's
 * gate; linked into an image of its own (Makefile: --wrap). On TAG_HOSTILE it commits the row that
 * the judge names, against nano (hostile_gate.c): on a task of its own making (`sandbox`), which
 * nobody else knows. On TAG_TRICK it does what the mover says, to large messages (hostile_moves.c).
 */
#include <ringpost/boot_info.h>
#include <post_gate.h>
#include "frames.h"
#include "gate.h"
#include "request.h"
#include "send.h"
#include "task.h"
#include "deeds.h"
#include "hostile_pager.h"
#include "log.h"
#include "moves.h"
#include "survey.h"
#include "tricks.h"

void __real_request_handle(const struct line *in);
void __wrap_request_handle(const struct line *in);

uint32_t sandbox, went_wrong, sandbox_part[PART_COUNT], sandbox_table;
static uint32_t checks;

/* Notes the first check that fails, and what it got. */
void expect(uint32_t status, uint32_t expected)
{
    checks++;
    if (status != expected && !went_wrong)
        went_wrong = checks << 16 | status << 8 | expected;
}

uint32_t call(uint32_t op, uint32_t b, uint32_t c, uint32_t d, uint32_t s, uint32_t i,
              uint32_t *result)
{
    struct gate g = {b, c, d, s, i};
    uint32_t status = nano_call(op, &g);

    if (result && status == STATUS_OK)
        *result = g.ebx;
    return status;
}
uint32_t slot(void) { return task_slots - 1; }

/* A made, not started task with two page tables and one page, and nothing that the pager's own
 * books know. */
static void sandbox_make(void)
{
    expect(call(PAGER_OP_TASK_MAKE, slot(), 1, 64 | 64 << 16, 0, 0, &sandbox), STATUS_OK);
    for (uint32_t part = 0; part < PART_COUNT; part++)
        if (part != PART_OUTBOX1 && part != PART_INBOX1)
            TRY(OK, TASK_PART, sandbox, part, sandbox_part[part] = frames_take(), 0, 0);
    TRY(OK, TABLE_GIVE, sandbox, PAGE_AT, sandbox_table = frames_take(), 0, 0);
    TRY(OK, TABLE_GIVE, sandbox, OTHER_AT, frames_take(), 0, 0);
    TRY(OK, MAP, sandbox, PAGE_AT, frames_take(), MAP_W, 0);
}

/* Takes everything back, in whatever state it is. */
static void sandbox_end(void)
{
    uint32_t frame, at, page;

    for (at = PROGRAM_BASE; call(PAGER_OP_QUERY_TABLE, sandbox, at, 0, 0, 0, &at) == STATUS_OK;
         at += TABLE_SPAN) {
        if (at == OWN_BASE)
            continue;
        while (call(PAGER_OP_QUERY_PAGE, sandbox, at, 0, 0, 0, &page) == STATUS_OK)
            if (call(PAGER_OP_UNMAP, sandbox, page, 0, 0, 0, &frame) == STATUS_OK)
                frames_give(frame);
        if (call(PAGER_OP_TABLE_TAKE, sandbox, at, 0, 0, 0, &frame) == STATUS_OK)
            frames_give(frame);
    }
    call(PAGER_OP_TASK_RETIRE, sandbox, 0, 0, 0, 0, 0);
    for (uint32_t part = PART_COUNT; part-- > 0;)
        if (call(PAGER_OP_TASK_TAKE, sandbox, part, 0, 0, 0, &frame) == STATUS_OK)
            frames_give(frame);
    TRY(OK, TASK_END, sandbox, 0, 0, 0, 0);
}

/*
 * The router's half of a row that both commit, in the pager's view and on its behalf; the verdict.
 * What comes back must be in ring 3's flags, whatever ring 1 did to them.
 */
static uint32_t by_router(uint32_t row)
{
    uint32_t result = post_gate(HOSTILE_OPERATION | row, slot()), flags;

    asm volatile("pushf; pop %0" : "=r"(flags));
    if ((flags & 0x3200) != 0x200)
        return CHANGED;
    if (result == STATUS_RESTARTED)
        return post_gate(HOSTILE_PRISTINE, POST_FOREVER) == (HOSTILE_RESULT | HELD) ? RESTARTED
                                                                                    : CHANGED;
    return (result & 0xFFFF0000) == HOSTILE_RESULT ? result & 0xFFFF : WRONG;
}

/* ---- The switch ------------------------------------------------------------------------------ */

/* What a deed does not return by itself hangs on its checks. */
#define DEED_PAGER(...)                                                                            \
    __VA_ARGS__;                                                                                   \
    return HELD
#define DEED_PAGER_LAST(...) __VA_ARGS__
#define DEED_TOGETHER(helps, ...)                                                                  \
    helps;                                                                                         \
    return by_router(row)
#include "commit.h"

static uint32_t commit_in_sandbox(uint32_t row)
{
    went_wrong = checks = 0;
    sandbox_make();
    uint32_t verdict = commit(row, 0);
    sandbox_end();
    return went_wrong ? CHANGED : verdict;
}

/* Probes its own view, page by page, and says so on the debug port. */
static void survey(void)
{
    uint32_t from = 0, was = 0, is;

    for (uint32_t page = 0; page < 1u << 20; page++, was = is) {
        is = survey_page(page << 12);
        if (is != was && was)
            log_line("survey: pager probed %08x %08x %x", from, (page << 12) - 1, was);
        if (is != was)
            from = page << 12;
    }
    survey_tables(1);
}

void __wrap_request_handle(const struct line *in)
{
    uint32_t w[REPLY_WORDS] = {STATUS_OK};
    struct post_caller caller;

    if (in->tag == TAG_SURVEY) {
        survey();
    } else if (in->tag == TAG_HOSTILE) {
        w[1] = commit_in_sandbox(in->w[1]);
        w[2] = went_wrong;
    } else if (in->tag == TAG_TRICK) {
        w[0] = trick(in, w);
    } else {
        __real_request_handle(in);
        return;
    }
    caller = post_caller(in);
    send_reply(&caller, w);
}
