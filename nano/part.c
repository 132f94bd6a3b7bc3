/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frames that a task is made of: directories, its own table, nameplate and mailbox.
 * Ring 0; called for the pager, which gives each frame and may have it back when the task is
 * dead. Nano builds every entry itself. A mailbox page enters the router's segment by one
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

#define OUTBOX_PAGE (offsetof(struct mailbox, outbox) / PAGE_SIZE)
#define INBOX_PAGE  (offsetof(struct mailbox, inbox) / PAGE_SIZE)

/* Maps mailbox page `page` for its task and for the router; frame 0 unmaps it. */
static void set_mailbox_page(struct task *t, uint32_t page, uint32_t frame, pte_t task_rights,
                             pte_t router_rights)
{
    uint32_t own = OWN_MAILBOX + page * PAGE_SIZE;
    uint32_t window = WINDOW + (t->slot << MAILBOX_SHIFT) + page * PAGE_SIZE;

    *view_pte(t, own) = frame ? (pte_t)frame << 12 | PTE_P | PTE_U | PTE_NX | task_rights : 0;
    if (frame)
        view_map_shared(window, frame, PTE_NX | router_rights);
    else
        view_unmap_shared(window);
}

/* A ring's pages appear twice in a row, so that no message wraps: page p again at p + pages. */
static void set_ring_page(struct task *t, uint32_t first, uint32_t n, uint32_t lines,
                          uint32_t frame, pte_t task_rights, pte_t router_rights)
{
    uint32_t pages = lines * LINE_BYTES / PAGE_SIZE;

    set_mailbox_page(t, first + n, frame, task_rights, router_rights);
    set_mailbox_page(t, first + n + pages, frame, task_rights, router_rights);
}

/* Puts the frame (or 0: nothing) where the part belongs. */
static void set_part(struct task *t, uint32_t part, uint32_t frame)
{
    struct nameplate *plate;

    switch (part) {
    case PART_DIRECTORY0 ... PART_DIRECTORY2:
        t->view[part - PART_DIRECTORY0] = frame ? (pte_t)frame << 12 | PTE_P : 0;
        break;
    case PART_OWN_TABLE:
        *view_directory_pte(t, OWN_BASE) = frame ? (pte_t)frame << 12 | PTE_P | PTE_W | PTE_U : 0;
        if (frame)
            *view_pte(t, CLOCK) = tick_clock_pte();
        break;
    case PART_NAMEPLATE:
        *view_pte(t, NAMEPLATE) = frame ? (pte_t)frame << 12 | PTE_P | PTE_NX : 0;
        if (frame) {
            plate = frame_memory(frame);
            *plate = (struct nameplate){.abi = ABI_VERSION, .id = t->id, .slot = t->slot};
        }
        break;
    case PART_OUT_HEADER: set_mailbox_page(t, 0, frame, PTE_W, 0); break;
    case PART_IN_HEADER: set_mailbox_page(t, 1, frame, 0, PTE_W); break;
    case PART_OUTBOX0 ... PART_OUTBOX1:
        set_ring_page(t, OUTBOX_PAGE, part - PART_OUTBOX0, t->out_lines, frame, PTE_W, 0);
        break;
    case PART_INBOX0 ... PART_INBOX1:
        set_ring_page(t, INBOX_PAGE, part - PART_INBOX0, t->in_lines, frame, 0, PTE_W);
        break;
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

uint32_t part_give(struct task *t, uint32_t part, uint32_t frame)
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

uint32_t part_take(struct task *t, uint32_t part, uint32_t *frame)
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
