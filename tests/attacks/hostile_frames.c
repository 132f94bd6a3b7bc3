/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hostile pager does with frames that are not its to give: every frame of the machine, the
 * last one, and those that others have. Ring 3, with nano's gate; on the sandbox of
 * hostile_pager.c. As in hostile_gate.c each deed makes the same call with a right argument, too.
 */
#include "frames.h"
#include "hostile_pager.h"
#include "task.h"
#include "nano_symbols.h" /* NANO_name: addresses, from baited.elf */

/* All frames that the pager holds to be free. */
static uint32_t taken[0x10000], taken_count;
static uint8_t is_free[FRAMES / 8];

static void take_all(void)
{
    for (taken_count = 0; taken_count < 0x10000 && (taken[taken_count] = frames_take());
         taken_count++)
        is_free[taken[taken_count] / 8] |= 1 << taken[taken_count] % 8;
}

static void give_all(void)
{
    while (taken_count) {
        uint32_t frame = taken[--taken_count];
        is_free[frame / 8] &= ~(1 << frame % 8);
        expect(frames_give(frame), true);
    }
}

/* Of the first 16 MiB every frame, of the rest every eleventh: the free ones can be mapped. */
void every_frame(void)
{
    uint32_t frame;

    take_all();
    for (uint32_t f = 0; f < FRAMES; f += f < 0x1000 ? 1 : f < 0x8000 ? 11 : 997) {
        bool free = is_free[f / 8] & 1 << f % 8;
        expect(call(PAGER_OP_MAP, sandbox, OTHER_AT, f, MAP_W, 0, 0),
               free ? STATUS_OK : STATUS_BAD_FRAME);
        if (free)
            expect(call(PAGER_OP_UNMAP, sandbox, OTHER_AT, 0, 0, 0, &frame), STATUS_OK);
    }
    give_all();
    TRY(BAD_FRAME, MAP, sandbox, OTHER_AT, FRAMES, 0, 0);
    TRY(BAD_FRAME, MAP, sandbox, OTHER_AT, 0xFFFFF, 0, 0);
    TRY(BAD_FRAME, MAP, sandbox, OTHER_AT, 0xFFFFFFFF, 0, 0);
}

void every_table(void)
{
    uint32_t frame;

    for (uint32_t f = 0; f < FRAMES; f += f < 0x8000 ? 17 : 997) {
        uint32_t free = call(PAGER_OP_MAP, sandbox, OTHER_AT, f, MAP_W, 0, 0);
        if (free == STATUS_OK)
            expect(call(PAGER_OP_UNMAP, sandbox, OTHER_AT, 0, 0, 0, &frame), STATUS_OK);
        expect(call(PAGER_OP_TABLE_GIVE, sandbox, LANDING_BASE, f, 0, 0, 0), free);
        if (free == STATUS_OK)
            expect(call(PAGER_OP_TABLE_TAKE, sandbox, LANDING_BASE, 0, 0, 0, &frame), STATUS_OK);
    }
    TRY(BAD_FRAME, TABLE_GIVE, sandbox, LANDING_BASE, 0xFFFFFFFF, 0, 0);
}

void exhaustion(void)
{
    take_all();
    TRY(BAD_FRAME, MAP, sandbox, OTHER_AT, frames_take(), MAP_W, 0);
    TRY(BAD_FRAME, TABLE_GIVE, sandbox, LANDING_BASE, frames_take(), 0, 0);
    TRY(OK, QUERY_MEMORY, 0, 0, 0, 0, 0);
    TRY(OK, PROTECT, sandbox, PAGE_AT, 0, 0, 0);
    TRY(OK, MOVE, sandbox, PAGE_AT, sandbox, 1 << 16, OTHER_AT);
    give_all();
    TRY(OK, MAP, sandbox, PAGE_AT, frames_take(), MAP_W, 0);
}

/* ---- Frames that somebody has ---------------------------------------------------------------- */

static bool is_taken(uint32_t frame) { return is_free[frame / 8] & 1 << frame % 8; }

/* The frame that a task has at its first page. */
static struct gate first_page(uint32_t task)
{
    struct gate g = {task, PROGRAM_BASE, 0, 0, 0};

    expect(nano_call(PAGER_OP_QUERY_PAGE, &g), STATUS_OK);
    return g;
}

static struct gate memory(void)
{
    struct gate g = {0, 0, 0, 0, 0};

    expect(nano_call(PAGER_OP_QUERY_MEMORY, &g), STATUS_OK);
    return g;
}

static bool same(struct gate a, struct gate b)
{
    return a.ebx == b.ebx && a.ecx == b.ecx && a.edx == b.edx && a.esi == b.esi;
}

/* Refuses `frame`, of `op` to the sandbox: MAP or TABLE_GIVE. */
static void refused(uint32_t op, uint32_t frame)
{
    uint32_t at = op == PAGER_OP_MAP ? OTHER_AT : LANDING_BASE;

    expect(call(op, sandbox, at, frame, 0, 0, 0), STATUS_BAD_FRAME);
    if (op == PAGER_OP_MAP)
        expect(call(op, sandbox, at, frame, MAP_W, 0, 0), STATUS_BAD_FRAME);
}

/* One frame at least of each type that is not a free user frame. */
void not_free(uint32_t op)
{
    const uint32_t names[] = {task_pager()->id, task_by_name("echo")->id,
                              task_by_name("registrar")->id, task_by_name("judge")->id};
    struct gate before = memory(), had = first_page(names[1]);
    uint32_t frame;

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        refused(op, first_page(names[i]).ecx); /* mapped, by others and by itself */
    for (uint32_t part = 0; part < PART_COUNT; part++)
        if (sandbox_part[part]) /* tables, mailboxes, a nameplate */
            refused(op, sandbox_part[part]);
    refused(op, sandbox_table);
    refused(op, first_page(sandbox).ecx);
    refused(op, NANO_image_start >> 12); /* nano's */
    refused(op, (NANO_nano_phys >> 12) + 1);
    refused(op, 0); /* reserved: the firmware's, the screen's, none at all */
    refused(op, 0xA0);
    refused(op, FRAMES - 1);
    refused(op, FRAMES);
    refused(op, 0xFFFFFFFF);
    expect(same(memory(), before) && same(first_page(names[1]), had), true);
    frame = frames_take();
    expect(call(op, sandbox, op == PAGER_OP_MAP ? OTHER_AT : LANDING_BASE, frame, MAP_W, 0, 0),
           STATUS_OK);
}

/*
 * As parts of a task that is being made, in their order: as the first one every frame of the first
 * 16 MiB that is not free, and some of the rest; as the others, some.
 */
void not_free_parts(void)
{
    struct gate before = memory();
    uint32_t made, frame;

    expect(call(PAGER_OP_TASK_MAKE, slot() - 1, 1, 64 | 64 << 16, 0, 0, &made), STATUS_OK);
    take_all();
    for (uint32_t part = 0; part < PART_COUNT; part++) {
        if (!sandbox_part[part])
            continue;
        for (uint32_t f = 0; f < FRAMES; f += part ? 61 : f < 0x1000 ? 1 : f < 0x8000 ? 11 : 997)
            if (!is_taken(f))
                TRY(BAD_FRAME, TASK_PART, made, part, f, 0, 0);
        TRY(BAD_FRAME, TASK_PART, made, part, FRAMES, 0, 0);
        TRY(BAD_FRAME, TASK_PART, made, part, 0xFFFFFFFF, 0, 0);
        TRY(OK, TASK_PART, made, part, taken[part], 0, 0);
    }
    TRY(OK, TASK_RETIRE, made, 0, 0, 0, 0);
    for (uint32_t part = PART_COUNT; part-- > 0;)
        if (sandbox_part[part]) {
            expect(call(PAGER_OP_TASK_TAKE, made, part, 0, 0, 0, &frame), STATUS_OK);
            expect(frame, taken[part]);
        }
    TRY(OK, TASK_END, made, 0, 0, 0, 0);
    give_all();
    expect(same(memory(), before), true);
}

/* Moves of what is no page of the task that is named, and onto what another has. */
void not_its_own(void)
{
    static const uint32_t never[] = {NAMEPLATE, CLOCK,  OWN_MAILBOX, ROUTER_BASE,
                                     DIRECTORY, WINDOW, GATEHOUSE,   NANO_BASE};
    const uint32_t tasks[] = {task_pager()->id, task_by_name("echo")->id,
                              task_by_name("judge")->id};
    struct gate before = memory();

    for (unsigned t = 0; t < sizeof tasks / sizeof *tasks; t++) {
        struct gate had = first_page(tasks[t]);
        for (unsigned i = 0; i < sizeof never / sizeof *never; i++) {
            TRY(BAD_ADDRESS, MOVE, tasks[t], never[i], sandbox, MAP_W | 1 << 16, OTHER_AT);
            TRY(BAD_ADDRESS, MOVE_TABLE, tasks[t], never[i] & ~(TABLE_SPAN - 1), sandbox,
                MAP_W | 1 << 16, LANDING_BASE);
            TRY(BAD_ADDRESS, MOVE, sandbox, PAGE_AT, tasks[t], MAP_W | 1 << 16, never[i]);
        }
        TRY(NO_TABLE, MOVE, tasks[t], LANDING_END - TABLE_SPAN, sandbox, 1 << 16, OTHER_AT);
        TRY(NO_TABLE, MOVE_TABLE, tasks[t], LANDING_END - TABLE_SPAN, sandbox, 1 << 16,
            LANDING_BASE);
        TRY(MAPPED, MOVE, sandbox, PAGE_AT, tasks[t], MAP_W | 1 << 16, PROGRAM_BASE);
        TRY(MAPPED, MOVE_TABLE, sandbox, PAGE_AT, tasks[t], MAP_W | 1 << 16, PROGRAM_BASE);
        expect(same(first_page(tasks[t]), had), true);
    }
    expect(same(memory(), before), true);
    TRY(OK, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, OTHER_AT);
}
