/* Ledger messages: made, checked, and noted by whoever receives them. Ring 3. */
#include "faults.h"

#define MULTIPLE 2654435761u

static uint32_t word_of(uint32_t number, unsigned at)
{
    return number * MULTIPLE + at * 0x9E3779B9u;
}

/* All but peer, tag and flags. w[0] is the router's in a CALL. */
void ledger_fill(struct line *line, uint32_t number, unsigned lines)
{
    uint32_t *w = line->w;

    line->badge = 1; /* lines reserved for a reply, in a CALL */
    line->cookie = number;
    w[0] = 0;
    w[1] = number;
    for (unsigned i = 2; i < PAYLOAD_WORDS + (lines - 1) * LINE_BYTES / 4; i++)
        w[i] = word_of(number, i);
}

bool ledger_right(const struct line *line, uint32_t number, uint32_t badge)
{
    const uint32_t *w = line->w;

    if (line->cookie != number || w[1] != number || line->badge != badge || line->lines == 0 ||
        line->lines > MAX_LINES)
        return false;
    for (unsigned i = 2; i < PAYLOAD_WORDS + (line->lines - 1u) * (LINE_BYTES / 4); i++)
        if (w[i] != word_of(number, i))
            return false;
    return true;
}

void ledger_note(struct ledger *ledger, const struct line *line, uint32_t badge)
{
    static uint32_t seen[8]; /* by number: came already; a case has less than 256 */
    uint32_t number = line->w[1], bit = 1u << number % 32, *word = &seen[number / 32 % 8];

    if (ledger->next == 0)
        memset(seen, 0, sizeof seen);
    if (!ledger_right(line, number, badge)) {
        ledger->altered++;
        return;
    }
    if (*word & bit) {
        ledger->doubled++;
        return;
    }
    *word |= bit;
    ledger->received++;
    if (number < ledger->next) {
        ledger->reordered++;
        ledger->lost--;
        return;
    }
    ledger->lost += number - ledger->next;
    ledger->next = number + 1;
}
