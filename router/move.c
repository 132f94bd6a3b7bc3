/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large messages, ring 1: a GRANT or LEND is held (MOVE) while the pager moves its frames, and
 * delivered by the pager's answer. The router touches no page table.
 *
 * The ask names sender and entry, so asking again after a restart is harmless; `moved` in the
 * sender's in header (set by settle() from the inbox copy) makes a repeated answer so. Asks are
 * numbered, because a sender that is more important than the pager can put another entry in the place
 * of the one that was asked for: only the last ask's answer is about what is there now. The answer
 * delivers there and then, in the pager's call: if the entry is void by now, or its route leads
 * elsewhere, or there is no room, the answer is refused, and the pager moves the frames back.
 * The receiver sees where frames landed and how many, as the pager says; the sender may have
 * rewritten its outbox meanwhile.
 */
#include "router.h"

#define ASK_WORDS  (PAYLOAD_WORDS - 5) /* words of extents in the ask's first line */
#define LINE_WORDS (LINE_BYTES / 4)

/*
 * Asks the pager, with `words` words of extents. Returns 0: held. What the entry must be when the
 * answer comes stands in the held slot: to whom (`peer`), and as what (deliver_landed()).
 */
static uint32_t ask(const struct post *post, uint32_t peer, uint32_t flags, const void *extents,
                    uint32_t words)
{
    uint32_t pager = nano_page.pager, slot = TASK_SLOT(pager);
    uint32_t more = words > ASK_WORDS ? words - ASK_WORDS : 0;
    uint32_t lines = 1 + (more + LINE_WORDS - 1) / LINE_WORDS;
    struct line line = {
        .tag = TAG_MOVE_ASK, .lines = (uint8_t)lines, .w = {0, me.id, post->index, peer, flags}};

    if (!mailbox_find(pager))
        return hold(post->index, STATUS_PAGER_DEAD, 0, 0);
    if (!room_for(slot, ID_ROUTER, lines))
        return room_hold(post->index, slot, lines);
    for (uint32_t i = 0; i < words; i++) {
        uint32_t word = read_once((const uint32_t *)extents + i), at = i - ASK_WORDS;
        if (i < ASK_WORDS)
            line.w[5 + i] = word;
        else
            ((uint32_t *)&window[slot].inbox[(window[slot].in.in_tail + 1 + at / LINE_WORDS) &
                                             directory[slot].in_mask])[at % LINE_WORDS] = word;
    }
    line.w[0] = ++window[me.slot].in.held.answer[1];
    hold(post->index, STATUS_MOVE, peer, flags & MOVE_RETURN ? post->w0 : post->flags & FLAG_LEND);
    deliver_own(slot, &line, ID_ROUTER, 0);
    return 0;
}

/* A GRANT or LEND to the task `dest`: all but its frames has been checked. */
uint32_t move_ask(const struct post *post, uint32_t dest)
{
    const struct mailbox *box = &window[me.slot];
    const struct line *line = &box->outbox[post->index & directory[me.slot].out_mask];
    uint32_t word = read_once(&line->w[3]), count = word & EXTENT_COUNT;
    bool list = word & EXTENT_LIST;
    uint32_t flags = (post->flags & FLAG_LEND ? MOVE_LEND : 0) | (list ? MOVE_LIST : 0) |
                     (word & EXTENT_READ_ONLY ? MOVE_READ_ONLY : 0) | count << 16;

    if (post->lines != 1 || count == 0 || count > (list ? EXTENT_LIST_MAX : INLINE_EXTENTS))
        return hold(post->index, STATUS_BAD, 0, 0);
    return ask(post, dest, flags, list ? (const void *)box->out.extents : &line->w[4], count * 2);
}

/* A reply to a call that lent frames: they go back first. */
uint32_t move_return(const struct post *post)
{
    return ask(post, post->handle, MOVE_RETURN | 1 << 16, &post->w0, 1);
}

/*
 * MOVE_ANSWER: w0 number, w1 sender, w2 entry, w3 status | runs << 16, w4.. where each landed, and its
 * pages. If the router dies of the entry, that is in the pager's call, and counted here.
 */
enum status move_answer(const struct line *answer)
{
    uint32_t id = answer->w[1], index = answer->w[2], status = answer->w[3] & 0xFFFF, lines = 0;
    struct mailbox *box = mailbox_find(id);
    struct caller pager = me;

    if (!box)
        return STATUS_DEAD;

    struct held *held = &box->in.held;

    if (id == me.id)
        return STATUS_DENIED;
    if (box->in.moved == index + 1)
        return STATUS_OK; /* accepted already, before a restart */
    if (held->reason != STATUS_MOVE || held->index != index || held->answer[1] != answer->w[0])
        return STATUS_NO_CALL;
    me = (struct caller){.id = id, .slot = TASK_SLOT(id), .landed = answer};
    if (++held->kills > KILLS_MAX)
        hold(index, STATUS_POISONED, 0, 0);
    else if (status != STATUS_OK)
        hold(index, status >= STATUS_NO_ROUTE && status < STATUS_COUNT ? status : STATUS_BAD, 0, 0);
    else if (read_once(&box->outbox[index & box->in.out_mask].peer) != HANDLE_VOID)
        lines = deliver_landed(index);
    held->kills--;
    pager.yield |= me.yield;
    pager.wakes_owed |= me.wakes_owed;
    me = pager;
    if (lines != 0) {
        commit_barrier();
        box->in.out_head = index + lines;
        held->reason = STATUS_OK;
    }
    signal_raise(TASK_SLOT(id), SIGNAL_HELD);
    return lines != 0 || status != STATUS_OK ? STATUS_OK : STATUS_NO_CALL;
}
