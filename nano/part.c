/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frames that a task is made of: directories, its own table, nameplate and mailbox.
 * Ring 0; called for the pager, which gives each frame and may have it back when the task is
 * dead. Nano builds every pte itself. A mailbox page enters the router's segment by one
 * write to the window's table, and is there in every view.
 */
#include "frame.h"
#include "part.h"
#include "refuse.h"
#include "string.h"
#include "tick.h"
#include "view.h"
#include "walk.h"
#include <ringpost/assert.h>
#include <ringpost/mailbox.h>
#include <ringpost/status.h>

#define OUT_HEADER offsetof(struct mailbox, out)
#define IN_HEADER  offsetof(struct mailbox, in)
#define OUTBOX     offsetof(struct mailbox, outbox)
#define INBOX      offsetof(struct mailbox, inbox)

#define TASK_READS    (PTE_U | PTE_NX)
#define TASK_WRITES   (PTE_U | PTE_NX | PTE_W)
#define ROUTER_READS  PTE_NX
#define ROUTER_WRITES (PTE_NX | PTE_W)

/* The table that the pte of a part stands in. */
enum table {
    IN_VIEW,      /* the four directory pointers of the view */
    IN_DIRECTORY, /* a directory of the view                 */
    IN_OWN,       /* the task's own table                    */
    IN_WINDOW,    /* the router's window on this mailbox     */
};

/*
 * Where a part is mapped, and with which rights: a row for each pte. Of a mailbox page the
 * task or the router has PTE_W, never both: one writer for each part of a mailbox.
 */
static const struct place {
    uint8_t part;  /* enum task_part */
    uint8_t table; /* enum table */
    bool ring;     /* a ring's page: appears again behind the ring's last */
    uint32_t at;   /* address; in the window: offset into the mailbox */
    pte_t rights;  /* and PTE_P */
} places[] = {
    {PART_DIRECTORY0, IN_VIEW, false, 0, 0},
    {PART_DIRECTORY1, IN_VIEW, false, 1u * DIRECTORY_SPAN, 0},
    {PART_DIRECTORY2, IN_VIEW, false, 2u * DIRECTORY_SPAN, 0},
    {PART_OWN_TABLE, IN_DIRECTORY, false, OWN_BASE, PTE_U | PTE_W},
    {PART_NAMEPLATE, IN_OWN, false, NAMEPLATE, PTE_NX},

    {PART_OUT_HEADER, IN_OWN, false, OWN_MAILBOX + OUT_HEADER, TASK_WRITES},
    {PART_OUT_HEADER, IN_WINDOW, false, OUT_HEADER, ROUTER_READS},
    {PART_IN_HEADER, IN_OWN, false, OWN_MAILBOX + IN_HEADER, TASK_READS},
    {PART_IN_HEADER, IN_WINDOW, false, IN_HEADER, ROUTER_WRITES},

    {PART_OUTBOX0, IN_OWN, true, OWN_MAILBOX + OUTBOX, TASK_WRITES},
    {PART_OUTBOX0, IN_WINDOW, true, OUTBOX, ROUTER_READS},
    {PART_OUTBOX1, IN_OWN, true, OWN_MAILBOX + OUTBOX + PAGE_SIZE, TASK_WRITES},
    {PART_OUTBOX1, IN_WINDOW, true, OUTBOX + PAGE_SIZE, ROUTER_READS},

    {PART_INBOX0, IN_OWN, true, OWN_MAILBOX + INBOX, TASK_READS},
    {PART_INBOX0, IN_WINDOW, true, INBOX, ROUTER_WRITES},
    {PART_INBOX1, IN_OWN, true, OWN_MAILBOX + INBOX + PAGE_SIZE, TASK_READS},
    {PART_INBOX1, IN_WINDOW, true, INBOX + PAGE_SIZE, ROUTER_WRITES},
};

/* Puts the frame (or 0: nothing) at a place, `offset` bytes on. */
static void set_entry(struct task *t, const struct place *p, uint32_t offset, frame_t frame)
{
    uint32_t at = p->at + offset;
    uint32_t window = task_window(t) + at;
    pte_t pte = frame ? PTE_TO(frame) | PTE_P | p->rights : 0;

    switch (p->table) {
    case IN_VIEW: t->view[at / DIRECTORY_SPAN] = pte; break;
    case IN_DIRECTORY: *view_directory_pte(t, at) = pte; break;
    case IN_OWN: *view_pte(t, at) = pte; break;
    case IN_WINDOW:
        if (frame)
            view_map_shared(window, frame, p->rights);
        else
            view_unmap_shared(window);
        break;
    }
}

/* Puts the frame (or 0: nothing) wherever the part belongs. */
static void set_part(struct task *t, uint32_t part, frame_t frame)
{
    uint32_t lines = part < PART_INBOX0 ? t->out_lines : t->in_lines;

    for (const struct place *p = places; p < places + sizeof places / sizeof *places; p++) {
        if (p->part != part)
            continue;
        set_entry(t, p, 0, frame);
        if (p->ring) /* so that no message wraps */
            set_entry(t, p, lines * LINE_BYTES, frame);
    }
    if (frame && part == PART_OWN_TABLE)
        *view_pte(t, CLOCK) = tick_clock_pte();
    if (frame && part == PART_NAMEPLATE) {
        struct nameplate *plate = frame_memory(frame);
        *plate = (struct nameplate){
            .abi = ABI_VERSION,
            .id = t->id,
            .slot = t->slot,
            .in = (struct in_header *)(uintptr_t)(task_window(t) + IN_HEADER),
            .routes =
                (union routes *)(uintptr_t)(ROUTE_CACHE + (NUMBER_OF(t->slot) << ROUTES_SHIFT))};
    }
}

/* Parts in the order of the enum: tables first. A second ring page only with 128 lines. */
static bool needed(const struct task *t, uint32_t part)
{
    return !(part == PART_OUTBOX1 && t->out_lines < MAX_RING) &&
           !(part == PART_INBOX1 && t->in_lines < MAX_RING);
}

bool part_complete(const struct task *t)
{
    for (uint32_t p = 0; p < PART_COUNT; p++)
        if (needed(t, p) && !t->part[p])
            return false;
    return true;
}

uint32_t part_give(struct task *t, uint32_t part, frame_t frame)
{
    if (t->life != LIFE_MADE)
        REFUSE(STATUS_BUSY);
    if (part >= PART_COUNT || !needed(t, part))
        REFUSE(STATUS_NO_SUCH);
    if (t->part[part])
        REFUSE(STATUS_MAPPED);
    if (part > PART_OWN_TABLE ? !t->part[PART_OWN_TABLE]
                              : part == PART_OWN_TABLE && !t->part[PART_DIRECTORY0])
        REFUSE(STATUS_NO_TABLE);
    if (!frame_is(frame, FRAME_FREE))
        REFUSE(STATUS_BAD_FRAME);
    clear_page(frame_memory(frame));
    frame_set(frame, 1, part <= PART_OWN_TABLE ? FRAME_TABLE : FRAME_MAILBOX);
    t->part[part] = frame;
    set_part(t, part, frame);
    return STATUS_OK;
}

/* Is a directory, or the own table, without anything below it? */
static bool empty(const struct task *t, uint32_t part)
{
    const pte_t *e = frame_memory(t->part[part]);

    if (part == PART_OWN_TABLE) {
        for (uint32_t p = PART_OWN_TABLE + 1; p < PART_COUNT; p++)
            if (t->part[p])
                return false;
    } else if (part < PART_OWN_TABLE) {
        for (uint32_t i = 0; i < PTES; i++)
            if (e[i] & PTE_P)
                return false;
    }
    return true;
}

uint32_t part_take(struct task *t, uint32_t part, frame_t *frame)
{
    if (t->life != LIFE_TOLD && t->life != LIFE_MADE)
        REFUSE(STATUS_BUSY);
    if (part >= PART_COUNT || !t->part[part])
        REFUSE(STATUS_NOT_MAPPED);
    if (!empty(t, part))
        REFUSE(STATUS_NOT_EMPTY);
    set_part(t, part, 0);
    *frame = t->part[part];
    ASSERT(frame_is(*frame, part <= PART_OWN_TABLE ? FRAME_TABLE : FRAME_MAILBOX));
    t->part[part] = 0;
    frame_set(*frame, 1, FRAME_FREE);
    return STATUS_OK;
}
