/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs of plain lines, ring 1; called by the drain, compiled for speed. */
#include "quick.h"

static inline uint32_t lesser(uint32_t a, uint32_t b) { return a < b ? a : b; }

/*
 * Delivers a run of plain lines by the lane, up to outbox index `stop`: one look for room, one
 * commit. It ends at any other entry. Returns how many lines it was. However the rings stand, it
 * takes as many instructions.
 */
uint32_t quick_run(struct in_header *in, struct lane *lane, ring_index_t stop)
{
    ring_index_t head = in->out_head;
    struct in_header *to = lane->to;

    if (lane->tags == 0 || (to->plain_room <= 0 && !room_look(slot_of(lane->dest))))
        return 0;

    uint32_t at = index_place(head, in->out_mask), place = index_place(to->in_tail, to->in_mask);
    uint32_t to_end = to->in_mask + 1 - place;
    uint32_t most = lesser(index_distance(head, stop), (uint32_t)to->plain_room);

    if (!RINGS_TWICE)
        most = lesser(most, lesser(in->out_mask + 1 - at, to_end));

    uint32_t left = most;
    const struct line *line = opaque(outbox_of(in) + at);
    struct line *copy = opaque(inbox_of(to) + place);

    do {
        uint32_t word = read_once(&line->tag);

        if (!quick_serves(lane, AS_KIND(handle_t, read_once(&line->peer)), word))
            break;
        copy_payload(&copy, &line);
        quick_address(copy - 1, word, lane->badge);
    } while (--left != 0);
    if (left == most)
        return 0;

    uint32_t lines = most - left;

    clear_words(&to->first[place], lesser(lines, to_end));
    clear_words(to->first, lines - lesser(lines, to_end));
    to->plain_room -= (int32_t)lines;
    quick_commit(in, to, lane->dest, index_plus(head, lines), lines);
    in->out_head = index_plus(head, lines);
    return lines;
}
