/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large messages, ring 1: a GRANT or LEND is held (MOVE) while the pager moves its frames, and
 * delivered by the pager's answer (order.c). The router touches no page table.
 *
 * The ask names sender and entry, so asking again after a restart is harmless. Asks are numbered,
 * because a sender that is more important than the pager can put another entry in the place of the
 * one that was asked for: only the last ask's answer is about what is there now.
 */
#include "move.h"
#include "held.h"
#include "inbox.h"
#include "mailbox.h"
#include "room.h"

#define ASK_WORDS  (PAYLOAD_WORDS - 5) /* words of extents in the ask's first line */
#define LINE_WORDS (LINE_BYTES / 4)

/*
 * Asks the pager, with `words` words of extents. Returns false: held. What the entry must be when
 * the answer comes stands in the held slot: to whom (`peer`), and as what (deliver_landed()).
 */
static bool ask(const struct caller *caller, const struct post *post, task_id_t peer,
                uint32_t flags, const void *extents, uint32_t words)
{
    task_id_t pager = nano_page.pager;
    slot_t slot = slot_of(pager);
    struct held *held = &box_of(caller->slot)->in.held;
    uint32_t more = words > ASK_WORDS ? words - ASK_WORDS : 0;
    uint32_t lines = 1 + (more + LINE_WORDS - 1) / LINE_WORDS;
    struct line line = {
        .peer = NUMBER_OF(ID_ROUTER),
        .tag = TAG_MOVE_ASK,
        .lines = (uint8_t)lines,
        .w = {0, NUMBER_OF(caller->id), NUMBER_OF(post->index), NUMBER_OF(peer), flags}};

    if (!mailbox_find(pager))
        return held_refuse(caller, post->index, STATUS_PAGER_DEAD);
    if (!room_for(caller, slot, ID_ROUTER, lines))
        return room_hold(caller, post->index, slot, ID_ROUTER, lines);
    for (uint32_t i = 0; i < words; i++) {
        uint32_t word = read_once((const uint32_t *)extents + i), at = i - ASK_WORDS;
        struct mailbox *to = box_of(slot);
        ring_index_t further = index_plus(to->in.in_tail, 1 + at / LINE_WORDS);

        if (i < ASK_WORDS)
            line.w[5 + i] = word;
        else
            ((uint32_t *)&to
                 ->inbox[index_place(further, entry_of(slot)->in_mask)])[at % LINE_WORDS] = word;
    }
    line.w[0] = ++held->ask;
    held_wait(caller, post->index, STATUS_MOVE, peer,
              flags & MOVE_RETURN ? post->w0 : post->flags & FLAG_LEND);
    inbox_put_ask(caller, slot, &line);
    return false;
}

/* A GRANT or LEND to the task `dest`: all but its frames has been checked. */
bool move_ask(const struct caller *caller, const struct post *post, task_id_t dest)
{
    const struct mailbox *box = box_of(caller->slot);
    const struct line *line = post_line_of(caller, post->index);
    uint32_t word = read_once(&line->w[3]), count = word & EXTENT_COUNT;
    bool list = word & EXTENT_LIST;
    uint32_t flags = (post->flags & FLAG_LEND ? MOVE_LEND : 0) | (list ? MOVE_LIST : 0) |
                     (word & EXTENT_READ_ONLY ? MOVE_READ_ONLY : 0) | count << 16;

    if (post->lines != 1 || count == 0 || count > (list ? EXTENT_LIST_MAX : INLINE_EXTENTS))
        return held_refuse(caller, post->index, STATUS_BAD);
    return ask(caller, post, dest, flags, list ? (const void *)box->out.extents : &line->w[4],
               count * 2);
}

/* A reply to a call that lent frames: they go back first. */
bool move_return(const struct caller *caller, const struct post *post)
{
    return ask(caller, post, post_caller(post), MOVE_RETURN | 1 << 16, &post->w0, 1);
}
