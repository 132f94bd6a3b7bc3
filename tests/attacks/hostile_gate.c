/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hostile pager does at nano's gate, to its sandbox (hostile_pager.c) and to frames; ring
 * 3, with nano's gate. A deed ends when all has been tried; what was not as it must be is noted.
 *
 * Each also makes the same call with a right argument, and expects it to succeed: a gate that
 * refused everything would pass all else.
 */
#include <post.h>
#include <post_gate.h>
#include "frames.h"
#include "hostile_pager.h"
#include "task.h"

static uint32_t seed = 777;

static uint32_t noise(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    return seed ^= seed << 5;
}

void ports(void)
{
    static const uint16_t never[] = {0x00, 0x20, 0x21, 0x40, 0x43, 0x61, 0x64,
                                     0x70, 0x80, 0x92, 0xA0, 0xC0, 0xF4};

    for (unsigned i = 0; i < sizeof never / sizeof *never; i++) {
        TRY(NOT_GRANTABLE, PORTS, sandbox, never[i], 1, 0, 0);
        TRY(NOT_GRANTABLE, PORTS, sandbox, never[i] - (never[i] > 0), 3, 0, 0);
    }
    TRY(NOT_GRANTABLE, PORTS, sandbox, 0, 0x400, 0, 0);
    TRY(NOT_GRANTABLE, PORTS, sandbox, 0x3F8, 9, 0, 0);
    TRY(NOT_GRANTABLE, PORTS, sandbox, 0xCF8, 8, 0, 0);
    TRY(NOT_GRANTABLE, PORTS, sandbox, 0x2F8, 0, 0, 0);
    TRY(NOT_GRANTABLE, PORTS, sandbox, 0x2F8, 0xFFFFFFFF, 0, 0);
    TRY(NOT_GRANTABLE, PORTS, sandbox, 0xFFFFFFFF, 2, 0, 0);
    TRY(NOT_GRANTABLE, IRQ, sandbox, 0, 0, 0, 0);
    TRY(NOT_GRANTABLE, IRQ, sandbox, 2, 0, 0, 0);
    TRY(NOT_GRANTABLE, IRQ, sandbox, 16, 0, 0, 0);
    TRY(NOT_GRANTABLE, IRQ, sandbox, 0x80000004, 0, 0, 0);
    TRY(OK, PORTS, sandbox, 0x2F8, 8, 0, 0);
}

void alias(void)
{
    uint32_t frame = frames_take();

    TRY(OK, MAP, sandbox, PAGE_AT + PAGE_SIZE, frame, MAP_W, 0);
    TRY(BAD_FRAME, MAP, sandbox, PAGE_AT + 2 * PAGE_SIZE, frame, MAP_W, 0);
    TRY(BAD_FRAME, MAP, sandbox, OTHER_AT, frame, 0, 0);
    TRY(BAD_FRAME, MAP, task_pager()->id, LANDING_BASE + PAGE_SIZE, frame, 0, 0);
    TRY(MAPPED, MAP, sandbox, PAGE_AT + PAGE_SIZE, frame, MAP_W, 0);
}

void bad_tasks(void)
{
    static const uint8_t on_tasks[] = {
        PAGER_OP_TASK_PART,   PAGER_OP_TASK_START, PAGER_OP_TASK_STOP,   PAGER_OP_TASK_RESUME,
        PAGER_OP_TASK_RETIRE, PAGER_OP_TASK_TAKE,  PAGER_OP_TASK_END,    PAGER_OP_TABLE_GIVE,
        PAGER_OP_TABLE_TAKE,  PAGER_OP_MAP,        PAGER_OP_UNMAP,       PAGER_OP_PROTECT,
        PAGER_OP_MOVE,        PAGER_OP_MOVE_TABLE, PAGER_OP_QUERY_TABLE, PAGER_OP_QUERY_PAGE,
        PAGER_OP_IRQ,         PAGER_OP_PORTS};
    const uint32_t nobody[] = {0,
                               TASK_ID(0, 1),
                               TASK_ID(0, 0xFFFF),
                               slot(),
                               sandbox + 0x10000,
                               sandbox - 0x10000,
                               task_slots | 0x10000,
                               0x1FFFF,
                               0x80000000,
                               0xFFFFFFFF,
                               sandbox ^ 0x8000};

    for (unsigned o = 0; o < sizeof on_tasks; o++)
        for (unsigned n = 0; n < sizeof nobody / sizeof *nobody; n++)
            expect(call(on_tasks[o], nobody[n], PAGE_AT, 1, 0, 0, 0), STATUS_BAD_TASK);
    for (unsigned n = 0; n < sizeof nobody / sizeof *nobody; n++)
        TRY(BAD_TASK, MOVE, sandbox, PAGE_AT, nobody[n], 1 << 16, PAGE_AT);
    for (uint32_t op = PAGER_OP_COUNT; op < PAGER_OP_COUNT + 4096; op++)
        expect(call(op, sandbox, 0, 0, 0, 0, 0), STATUS_BAD_OP);
    expect(call(0, sandbox, 0, 0, 0, 0, 0), STATUS_BAD_OP);
    expect(call(0x80000001, sandbox, 0, 0, 0, 0, 0), STATUS_BAD_OP);
    expect(call(0xFFFFFFFF, sandbox, 0, 0, 0, 0, 0), STATUS_BAD_OP);
    TRY(BAD_TASK, QUERY_TASK, task_slots, 0, 0, 0, 0);
    TRY(BAD_TASK, QUERY_TASK, 0xFFFFFFFF, 0, 0, 0, 0);
    TRY(BAD_TASK, SET_REGISTRAR, 0x1FFFF, 0, 0, 0, 0);
    TRY(OK, QUERY_TASK, slot(), 0, 0, 0, 0);
}

/* Addresses and frames that mean something, some of the time. */
static uint32_t some_address(void)
{
    static const uint32_t bases[] = {0,
                                     PROGRAM_BASE,
                                     OTHER_AT,
                                     OWN_BASE,
                                     OWN_MAILBOX,
                                     LANDING_BASE,
                                     LANDING_END - PAGE_SIZE,
                                     ROUTER_BASE,
                                     WINDOW,
                                     GATEHOUSE,
                                     NANO_BASE,
                                     0xFFFFF000};
    return noise() % 8 ? bases[noise() % 12] + noise() % 4 * PAGE_SIZE : noise();
}

void random_operations(void)
{
    uint32_t pool[8];

    for (unsigned i = 0; i < 8; i++)
        pool[i] = frames_take();
    for (unsigned n = 0; n < 20000; n++) {
        struct gate g = {sandbox, some_address(),
                         noise() % 4 ? pool[noise() % 8] : noise() % 0x10000,
                         noise() % 4 | (noise() % 4 ? 1 : noise()) << 16, some_address()};
        uint32_t op = PAGER_OP_TABLE_GIVE + noise() % 7;

        if (op == PAGER_OP_MOVE || op == PAGER_OP_MOVE_TABLE)
            g.edx = noise() % 8 ? sandbox : noise();
        if (noise() % 16 == 0) {
            op = PAGER_OP_TASK_TAKE;
            g.ecx = noise() % 16;
        } else if (noise() % 16 == 0) {
            op = PAGER_OP_TASK_PART;
            g.ecx = noise() % 16;
        }
        /* What is taken is lost to the pool; sandbox_end finds what is still mapped. */
        if (nano_call(op, &g) == STATUS_OK &&
            (op == PAGER_OP_TABLE_TAKE || op == PAGER_OP_UNMAP || op == PAGER_OP_TASK_TAKE)) {
            bool known = false;
            for (unsigned i = 0; i < 8; i++)
                known |= pool[i] == g.ebx;
            if (!known)
                frames_give(g.ebx);
        }
    }
    /* Parts may have gone: a view without its own table cannot be emptied, so they come back. */
    for (uint32_t part = 0; part < PART_COUNT; part++)
        if (part != PART_OUTBOX1 && part != PART_INBOX1) {
            uint32_t frame = frames_take();
            if (call(PAGER_OP_TASK_PART, sandbox, part, frame, 0, 0, 0) != STATUS_OK)
                frames_give(frame);
        }
    /* Of the pool, what is mapped nowhere goes back here; what is mapped, by sandbox_end. */
    for (unsigned i = 0; i < 8; i++) {
        uint32_t frame;
        if (call(PAGER_OP_MAP, task_pager()->id, LANDING_BASE + PAGE_SIZE, pool[i], 0, 0, 0) ==
                STATUS_OK &&
            call(PAGER_OP_UNMAP, task_pager()->id, LANDING_BASE + PAGE_SIZE, 0, 0, 0, &frame) ==
                STATUS_OK)
            frames_give(frame);
    }
}

void bad_addresses(void)
{
    static const uint32_t outside[] = {0,
                                       0x1000,
                                       PROGRAM_BASE - PAGE_SIZE,
                                       OWN_BASE,
                                       OWN_MAILBOX,
                                       CLOCK,
                                       LANDING_END,
                                       ROUTER_BASE,
                                       ROUTER_STACK,
                                       DIRECTORY,
                                       WINDOW,
                                       GATEHOUSE,
                                       NANO_BASE,
                                       0xFFFFF000,
                                       PROGRAM_BASE + 1,
                                       LANDING_BASE + 0x800,
                                       PROGRAM_END - 1};
    uint32_t frame = frames_take();

    for (unsigned i = 0; i < sizeof outside / sizeof *outside; i++) {
        uint32_t a = outside[i];
        TRY(BAD_ADDRESS, MAP, sandbox, a, frame, 0, 0);
        TRY(BAD_ADDRESS, UNMAP, sandbox, a, 0, 0, 0);
        TRY(BAD_ADDRESS, PROTECT, sandbox, a, 0, MAP_W, 0);
        TRY(BAD_ADDRESS, TABLE_GIVE, sandbox, a, frame, 0, 0);
        TRY(BAD_ADDRESS, TABLE_TAKE, sandbox, a, 0, 0, 0);
        TRY(BAD_ADDRESS, MOVE, sandbox, a, sandbox, 1 << 16, OTHER_AT);
        TRY(BAD_ADDRESS, MOVE, sandbox, PAGE_AT, sandbox, 1 << 16, a);
        TRY(BAD_ADDRESS, MOVE_TABLE, sandbox, a, sandbox, 1 << 16, LANDING_BASE);
        TRY(BAD_ADDRESS, MOVE_TABLE, sandbox, PAGE_AT, sandbox, 1 << 16, a);
    }
    TRY(BAD_ADDRESS, MOVE, sandbox, PAGE_AT, sandbox, 0, OTHER_AT);
    TRY(BAD_ADDRESS, MOVE, sandbox, PAGE_AT, sandbox, 513 << 16, OTHER_AT);
    TRY(BAD_ADDRESS, MOVE, sandbox, PAGE_AT + PAGE_SIZE, sandbox, 512 << 16, OTHER_AT);
    TRY(BAD_ADDRESS, MOVE_TABLE, sandbox, PAGE_AT, sandbox, 0, LANDING_BASE);
    TRY(BAD_ADDRESS, MOVE_TABLE, sandbox, PAGE_AT, sandbox, 511 << 16, LANDING_BASE);
    TRY(BAD_ADDRESS, MOVE_TABLE, sandbox, PAGE_AT, sandbox, 2 << 16, LANDING_END - TABLE_SPAN);
    TRY(BAD_ADDRESS, MOVE_TABLE, sandbox, PAGE_AT, sandbox, 0xFFFFu << 16, LANDING_BASE);
    TRY(BAD_ADDRESS, TASK_START, sandbox, NANO_BASE, 0, 0, 0);
    TRY(BAD_ADDRESS, TASK_START, sandbox, RING3_LIMIT, 0, 0, 0);
    TRY(NO_TABLE, MAP, sandbox, LANDING_BASE, frame, 0, 0);
    TRY(OK, MAP, sandbox, PROGRAM_BASE + PAGE_SIZE, frame, 0, 0);
}

void bad_lives(void)
{
    uint32_t own = task_pager()->id;

    TRY(BAD_TASK, TASK_MAKE, 0, 1, 64 | 64 << 16, 0, 0);
    TRY(BAD_TASK, TASK_MAKE, task_slots, 1, 64 | 64 << 16, 0, 0);
    TRY(BAD_TASK, TASK_MAKE, 0xFFFFFFFF, 1, 64 | 64 << 16, 0, 0);
    TRY(BUSY, TASK_MAKE, slot(), 1, 64 | 64 << 16, 0, 0);
    TRY(BUSY, TASK_MAKE, TASK_SLOT(own), 1, 64 | 64 << 16, 0, 0);
    TRY(BUSY, TASK_STOP, sandbox, 0, 0, 0, 0);
    TRY(BUSY, TASK_STOP, own, 0, 0, 0, 0);
    TRY(BUSY, TASK_RESUME, sandbox, 0, 0, 0, 0);
    TRY(BUSY, TASK_RESUME, own, 0, 0, 0, 0);
    TRY(BUSY, TASK_RETIRE, own, 0, 0, 0, 0);
    TRY(BUSY, TASK_END, sandbox, 0, 0, 0, 0);
    TRY(BUSY, TASK_END, own, 0, 0, 0, 0);
    TRY(BUSY, TASK_TAKE, own, PART_OWN_TABLE, 0, 0, 0);
    TRY(BUSY, TASK_PART, own, PART_OUTBOX0, 1, 0, 0);
    TRY(MAPPED, TASK_PART, sandbox, PART_NAMEPLATE, 1, 0, 0);
    TRY(NO_SUCH, TASK_PART, sandbox, PART_COUNT, 1, 0, 0);
    TRY(NO_SUCH, TASK_PART, sandbox, PART_OUTBOX1, 1, 0, 0);
    TRY(NO_SUCH, TASK_PART, sandbox, 0xFFFFFFFF, 1, 0, 0);
    TRY(NOT_MAPPED, TASK_TAKE, sandbox, 0xFFFFFFFF, 0, 0, 0);
    TRY(NOT_EMPTY, TASK_TAKE, sandbox, PART_DIRECTORY0, 0, 0, 0);
    TRY(NOT_EMPTY, TASK_TAKE, sandbox, PART_OWN_TABLE, 0, 0, 0);
    TRY(NOT_EMPTY, TABLE_TAKE, sandbox, PAGE_AT, 0, 0, 0);
    TRY(OK, TASK_RETIRE, sandbox, 0, 0, 0, 0);
    TRY(BUSY, TASK_START, sandbox, PAGE_AT, 0, 0, 0);
    TRY(BUSY, TASK_PART, sandbox, PART_OUTBOX0, 1, 0, 0);
    TRY(NOT_EMPTY, TASK_END, sandbox, 0, 0, 0, 0);
}

void twice(void)
{
    uint32_t frame = frames_take(), again;

    TRY(OK, MAP, sandbox, OTHER_AT, frame, 0, 0);
    TRY(BAD_FRAME, TABLE_GIVE, sandbox, LANDING_BASE, frame, 0, 0);
    expect(call(PAGER_OP_UNMAP, sandbox, OTHER_AT, 0, 0, 0, &again), STATUS_OK);
    expect(again, frame);
    TRY(NOT_MAPPED, UNMAP, sandbox, OTHER_AT, 0, 0, 0);
    TRY(OK, TABLE_GIVE, sandbox, LANDING_BASE, frame, 0, 0);
    TRY(BAD_FRAME, MAP, sandbox, OTHER_AT, frame, 0, 0);
    TRY(BAD_FRAME, TABLE_GIVE, sandbox, LANDING_BASE + TABLE_SPAN, frame, 0, 0);
    TRY(MAPPED, TABLE_GIVE, sandbox, LANDING_BASE, frame, 0, 0);
    expect(call(PAGER_OP_TABLE_TAKE, sandbox, LANDING_BASE, 0, 0, 0, &again), STATUS_OK);
    TRY(NO_TABLE, TABLE_TAKE, sandbox, LANDING_BASE, 0, 0, 0);
    frames_give(again);
}

/* By design: the pager can move any task's page. True if it could. */
bool move_echo(void)
{
    const struct task *echo = task_by_name("echo");

    TRY(OK, MOVE, echo->id, PROGRAM_BASE, sandbox, MAP_X | 1 << 16, OTHER_AT);
    TRY(OK, MOVE, sandbox, OTHER_AT, echo->id, MAP_X | 1 << 16, PROGRAM_BASE);
    return went_wrong == 0;
}
void two_places(void)
{
    TRY(OK, MAP, sandbox, OTHER_AT, frames_take(), MAP_W, 0);
    TRY(MAPPED, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, OTHER_AT);
    TRY(MAPPED, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, PAGE_AT);
    TRY(NOT_MAPPED, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 2 << 16, OTHER_AT + PAGE_SIZE);
    TRY(MAPPED, MOVE_TABLE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, OTHER_AT);
    TRY(MAPPED, MOVE_TABLE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, PAGE_AT);
    TRY(NO_TABLE, MOVE_TABLE, sandbox, LANDING_BASE, sandbox, MAP_W | 1 << 16,
        OTHER_AT + TABLE_SPAN);
    TRY(OK, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, OTHER_AT + PAGE_SIZE);
    TRY(NOT_MAPPED, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, OTHER_AT + 2 * PAGE_SIZE);
}

void sender_keeps(void)
{
    TRY(OK, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, OTHER_AT + PAGE_SIZE);
    TRY(NOT_MAPPED, UNMAP, sandbox, PAGE_AT, 0, 0, 0);
    TRY(NOT_MAPPED, PROTECT, sandbox, PAGE_AT, 0, MAP_W, 0);
    TRY(OK, MOVE_TABLE, sandbox, OTHER_AT, sandbox, MAP_W | 1 << 16, LANDING_BASE);
    TRY(NO_TABLE, UNMAP, sandbox, OTHER_AT + PAGE_SIZE, 0, 0, 0);
}

static uint32_t rights_at(uint32_t address)
{
    struct gate g = {sandbox, address, 0, 0, 0};
    return nano_call(PAGER_OP_QUERY_PAGE, &g) == STATUS_OK && g.ebx == address ? g.edx : ~0u;
}

void both_rights(void)
{
    TRY(WRITE_EXEC, MAP, sandbox, OTHER_AT, 0, MAP_W | MAP_X, 0);
    TRY(WRITE_EXEC, PROTECT, sandbox, PAGE_AT, 0, MAP_W | MAP_X, 0);
    TRY(OK, PROTECT, sandbox, PAGE_AT, 0, MAP_X, 0);
    TRY(OK, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, OTHER_AT);
    expect(rights_at(OTHER_AT), 0); /* neither: narrowed by what it was and by what was asked */
    TRY(OK, MOVE, sandbox, OTHER_AT, sandbox, MAP_W | MAP_X | 1 << 16, PAGE_AT);
    expect(rights_at(PAGE_AT), 0);
    TRY(OK, PROTECT, sandbox, PAGE_AT, 0, MAP_W, 0);
    TRY(OK, MOVE_TABLE, sandbox, PAGE_AT, sandbox, MAP_X | 1 << 16, LANDING_BASE);
    TRY(OK, MOVE_TABLE, sandbox, LANDING_BASE, sandbox, MAP_W | MAP_X | 1 << 16, PAGE_AT);
    TRY(OK, PROTECT, sandbox, PAGE_AT, 0, MAP_X, 0);
}

/* A page out of a table that lets nothing be written, and into one that does. */
void out_of_bounds(void)
{
    TRY(OK, MAP, sandbox, PAGE_AT + PAGE_SIZE, frames_take(), MAP_W, 0);
    TRY(OK, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, OTHER_AT);
    expect(rights_at(OTHER_AT), MAP_W); /* as it should be where nothing bounds it */
    TRY(OK, MOVE_TABLE, sandbox, PAGE_AT, sandbox, 1 << 16, LANDING_BASE);
    expect(rights_at(LANDING_BASE + PAGE_SIZE), 0);
    TRY(OK, PROTECT, sandbox, LANDING_BASE + PAGE_SIZE, 0, MAP_W, 0);
    TRY(OK, MOVE, sandbox, LANDING_BASE + PAGE_SIZE, sandbox, MAP_W | MAP_X | 1 << 16,
        OTHER_AT + PAGE_SIZE);
    expect(rights_at(OTHER_AT + PAGE_SIZE), 0);
}

/* ---- What it does for a hostile router, before that goes on (ring TOGETHER) ------------------ */

/* Has the frame mapped, or made a table or a part, where the router could reach it. */
void help_frame(uint32_t frame)
{
    uint32_t pager = task_pager()->id;

    TRY(BAD_FRAME, MAP, sandbox, OTHER_AT, frame, MAP_W, 0);
    TRY(BAD_FRAME, TABLE_GIVE, pager, LANDING_END - TABLE_SPAN, frame, 0, 0);
    TRY(BAD_FRAME, TABLE_GIVE, sandbox, LANDING_BASE, frame, 0, 0);
    TRY(OK, MAP, sandbox, OTHER_AT, frames_take(), MAP_W, 0);
}

/* Has what is at this address, in every view, changed. */
void help_address(uint32_t address)
{
    const uint32_t tasks[] = {task_pager()->id, sandbox};

    address &= ~(PAGE_SIZE - 1);
    for (unsigned t = 0; t < 2; t++) {
        TRY(BAD_ADDRESS, PROTECT, tasks[t], address, 0, MAP_W, 0);
        TRY(BAD_ADDRESS, UNMAP, tasks[t], address, 0, 0, 0);
        TRY(BAD_ADDRESS, MOVE, tasks[t], address, sandbox, MAP_W | 1 << 16, OTHER_AT);
        TRY(BAD_ADDRESS, MOVE, sandbox, PAGE_AT, tasks[t], MAP_W | 1 << 16, address);
        TRY(BAD_ADDRESS, TABLE_TAKE, tasks[t], address, 0, 0, 0);
    }
    TRY(OK, PROTECT, sandbox, PAGE_AT, 0, 0, 0);
}

/* Has the ports of PIC and PIT, and the tick's line, granted to itself and to the sandbox. */
void help_ports(void)
{
    const uint32_t tasks[] = {task_pager()->id, sandbox};

    for (unsigned t = 0; t < 2; t++) {
        TRY(NOT_GRANTABLE, PORTS, tasks[t], 0x20, 2, 0, 0);
        TRY(NOT_GRANTABLE, PORTS, tasks[t], 0x40, 4, 0, 0);
        TRY(NOT_GRANTABLE, PORTS, tasks[t], 0, 0x400, 0, 0);
        TRY(NOT_GRANTABLE, IRQ, tasks[t], 0, 0, 0, 0);
    }
    TRY(OK, PORTS, sandbox, 0x2F8, 8, 0, 0);
}

/* The sandbox's in header becomes a free frame while the router still wants to write there. */
void help_gone(void)
{
    uint32_t frame = 0, status = STATUS_BUSY;

    TRY(OK, TASK_RETIRE, sandbox, 0, 0, 0, 0);
    for (unsigned i = 0; i < 1000 && status == STATUS_BUSY; i++) {
        status = call(PAGER_OP_TASK_TAKE, sandbox, PART_IN_HEADER, 0, 0, 0, &frame);
        if (status == STATUS_BUSY)
            post_gate(GATE_WAIT, post_in(2));
    }
    expect(status, STATUS_OK);
    frames_give(frame);
}

/* ---- Calls without end ----------------------------------------------------------------------- */

/*
 * 36,000 calls; nano must have done each of them before the next tick but one. They are 14
 * operations: right ones, as long as a call can be (a whole table of pages, moved; a walk over the
 * landing zone, where nothing is), and one that does not exist.
 */
void storm(void)
{
    uint32_t frame = frames_take(), again = 0;

    for (uint32_t at = PAGE_AT + PAGE_SIZE; at < OTHER_AT; at += PAGE_SIZE)
        TRY(OK, MAP, sandbox, at, frames_take(), MAP_W, 0);
    for (unsigned n = 0; n < 2000; n++) {
        TRY(OK, MAP, sandbox, OTHER_AT, frame, MAP_W, 0);
        TRY(OK, PROTECT, sandbox, OTHER_AT, 0, MAP_X, 0);
        TRY(OK, MOVE, sandbox, OTHER_AT, sandbox, MAP_X | 1 << 16, OTHER_AT + PAGE_SIZE);
        expect(call(PAGER_OP_UNMAP, sandbox, OTHER_AT + PAGE_SIZE, 0, 0, 0, &again), STATUS_OK);
        expect(again, frame);
        TRY(OK, MOVE, sandbox, PAGE_AT, sandbox, MAP_W | 512 << 16, OTHER_AT);
        TRY(NONE, QUERY_PAGE, sandbox, PAGE_AT, 0, 0, 0);
        TRY(OK, MOVE, sandbox, OTHER_AT, sandbox, MAP_W | 512 << 16, PAGE_AT);
        TRY(OK, TABLE_GIVE, sandbox, LANDING_BASE + TABLE_SPAN, frame, 0, 0);
        TRY(OK, TABLE_TAKE, sandbox, LANDING_BASE + TABLE_SPAN, 0, 0, 0);
        TRY(OK, MOVE_TABLE, sandbox, PAGE_AT, sandbox, MAP_W | 1 << 16, LANDING_BASE);
        TRY(OK, MOVE_TABLE, sandbox, LANDING_BASE, sandbox, MAP_W | 1 << 16, PAGE_AT);
        TRY(NONE, QUERY_TABLE, sandbox, LANDING_BASE, 0, 0, 0);
        TRY(OK, QUERY_TASK, slot(), 0, 0, 0, 0);
        TRY(OK, QUERY_MEMORY, 0, 0, 0, 0, 0);
        TRY(BAD_TASK, TASK_MAKE, task_slots, 1, 64 | 64 << 16, 0, 0);
        TRY(BUSY, TASK_STOP, sandbox, 0, 0, 0, 0);
        TRY(NOT_GRANTABLE, PORTS, sandbox, 0, 0x400, 0, 0);
        TRY(BAD_OP, COUNT, 0, 0, 0, 0, 0);
    }
    expect(frames_give(frame), true);
}

/* Nano's walks over everything, for tests: they are no part of its work, and longer than a tick. */
void long_walks(void)
{
    for (unsigned n = 0; n < 5; n++) {
        TRY(OK, CHECK, 0, 0, 0, 0, 0);
        TRY(OK, AUDIT, 0, 0, 0, 0, 0);
    }
}
