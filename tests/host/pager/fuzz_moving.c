/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing large messages: the input is a story of three tasks that allocate, touch, send, lend,
 * return, release and end, with a router that refuses answers as it likes, and memory that runs
 * out. After each step the pager's books must agree with nano's tables, no frame may be mapped
 * twice, and at the end all frames must be back.
 *
 * Addresses are chosen near what is there (heap, landing zone, text, borders), so that most stories
 * get far.
 */
// Sources: apps/libpost/fault.c
// Sources: tests/host/pager/fake.c tests/host/pager/fake_pages.c tests/host/pager/moving_world.c
// Sources: $(filter-out pager/main.c pager/gate.c,$(wildcard pager/*.c))
#include <stdio.h>
#include <stdlib.h>
#include "moving_world.h"

/* Not assert: it must hold in every build. */
#define must(condition) ((condition) ? (void)0 : broken(__LINE__, #condition))

static const uint8_t *next, *end;
static const char *const names[] = {"a", "b", "c"};
static uint32_t ids[3];
static uint32_t index_of_last; /* entry */

static void broken(int line, const char *condition)
{
    fprintf(stderr, "line %d: not so: %s\n", line, condition);
    abort();
}

static uint32_t byte(void) { return next < end ? *next++ : 0; }

/* All three live at the beginning of a step. */
static void wake_the_dead(void)
{
    for (int i = 0; i < 3; i++) {
        if (!task_by_id(ids[i])) {
            world_settle();
            ids[i] = world_launch(names[i]);
        }
    }
}

static uint32_t task(void) { return ids[byte() % 3]; }

static uint32_t address(uint32_t id)
{
    static const uint32_t borders[] = {0,         PROGRAM_BASE, PROGRAM_END, OWN_MAILBOX,
                                       STACK_LOW, LANDING_END,  0xFFFFF000u, LANDING_BASE};
    const struct task *t = task_by_id(id);
    uint32_t kind = byte(), offset = byte();

    switch (kind % 8) {
    case 0: return borders[offset % 8] + ((kind >> 3) - 16) * PAGE_SIZE;
    case 1: return WORLD_TEXT + offset % 4 * PAGE_SIZE;
    case 2: return kind << 24 | offset << 16 | byte() << 8 | byte();
    case 3:
    case 4: return LANDING_BASE + offset % 16 * TABLE_SPAN + (kind >> 3) * 16 * PAGE_SIZE;
    case 5: return ((t->heap + TABLE_SPAN - 1) & ~(TABLE_SPAN - 1)) + offset % 4 * TABLE_SPAN;
    case 6: return world_landed[offset & 3].address + (kind >> 3) * PAGE_SIZE;
    default: return t->heap + (kind >> 3 << 8 | offset) % 0x600 * PAGE_SIZE;
    }
}

static uint32_t pages(void)
{
    static const uint32_t many[] = {512, 1024, 513, 511, 0, 1u << 19, 1u << 20, 0xFFFFFFFF};
    uint32_t n = byte();

    return n < 192 ? n % 12 : many[n % 8];
}

static void grant(uint32_t flags)
{
    static struct extent list[12];
    uint32_t from = task(), to = task(), count = byte() % 13, same = byte();
    enum status status;

    if (count > 4 && !(same & 6))
        count %= 4;
    for (uint32_t i = 0; i < count; i++)
        list[i] = (struct extent){address(from), pages()};
    if (same % 8)
        index_of_last = world_index();
    status = world_ask(from, index_of_last, to, flags, list, count);
    must(status < STATUS_COUNT);
}

/* Returns some loan of a borrower, or something that is none. */
static void give_back(void)
{
    uint32_t borrower = task(), n = byte();
    const struct move *m = task_by_id(borrower)->borrowed;

    while (m && n-- % 4)
        m = m->next_borrowed;
    if (m)
        must(world_return(borrower, m->from->id, m->asked.index) == STATUS_OK);
    else
        world_return(borrower, task(), n);
}

static void out_of_memory(void)
{
    static uint32_t kept[FAKE_FRAMES];
    uint32_t left = byte() % 8, n = 0;

    while (frames_free() > left)
        kept[n++] = frames_take();
    grant(byte() & (MOVE_LEND | MOVE_READ_ONLY | MOVE_LIST));
    while (n)
        frames_give(kept[--n]);
}

static void step(void)
{
    uint32_t what = byte(), id, at;

    wake_the_dead();
    world_router_says = what & 0x80 ? STATUS_NO_CALL : STATUS_OK;
    switch (what % 11) {
    case 0: world_alloc(task(), pages()); break;
    case 1:
        id = task();
        at = address(id);
        for (uint32_t i = byte() % 8; i--; at += PAGE_SIZE)
            if (task_by_id(id) &&
                regions_hold(task_by_id(id)->lazy, at & ~0xFFFu, (at & ~0xFFFu) + 1))
                world_touch(id, at, 1);
        break;
    case 2:
    case 3:
    case 4:
    case 5: grant(byte() & (MOVE_LEND | MOVE_READ_ONLY | MOVE_LIST)); break;
    case 6: give_back(); break;
    case 7:
        id = task();
        world_release(id, address(id), pages());
        break;
    case 8:
        id = task();
        world_land(id, byte() % 2 ? address(id) : 0, byte() % 2 ? pages() : 0);
        break;
    case 9:
        end_begin(task_by_id(task()), 0, false);
        if (byte() % 2)
            world_settle();
        break;
    case 10: out_of_memory(); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    static uint32_t baseline;
    const char *wrong;

    if (!ready) {
        world_start();
        baseline = fake_free();
        ready = true;
    }
    next = data;
    end = data + (size < 300 ? size : 300);
    while (next < end) {
        step();
        wrong = world_books();
        if (wrong)
            fprintf(stderr, "%s\n", wrong);
        must(!wrong);
    }
    world_router_says = STATUS_OK;
    world_end_all();
    must(fake_free() == baseline && frames_free() == baseline);
    fake_log[0] = 0;
    return 0;
}
