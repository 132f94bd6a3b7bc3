/* SPDX-License-Identifier: BSD-2-Clause */
/* Ledger messages: made, checked, and noted by whoever receives them. Ring 3. */
#include "faults.h"

#define MULTIPLE 2654435761u

static uint32_t word_of(uint32_t number, unsigned at)
{
    return number * MULTIPLE + at * 0x9E3779B9u;
}

/* Words of payload, without the seal. */
static unsigned words_of(unsigned lines) { return lines * (LINE_BYTES / 4) - 5; }

/* All but peer, tag, flags, and the seal. w[0] is the router's in a CALL. */
void ledger_fill(struct line *line, uint32_t number, unsigned lines)
{
    uint32_t *w = line->w;

    line->badge = 1; /* lines reserved for a reply, in a CALL */
    line->cookie = number;
    w[0] = 0;
    w[1] = number;
    for (unsigned i = 2; i < words_of(lines); i++)
        w[i] = word_of(number, i);
}

/* What came, against what was sent; and what the seal said about it. */
enum ledger_verdict ledger_right(const struct line *line, uint32_t number, uint32_t badge)
{
    const uint32_t *w = line->w;
    bool right =
        line->cookie == number && w[1] == number && line->lines > 0 && line->lines <= MAX_LINES;

    for (unsigned i = 2; right && i < words_of(line->lines); i++)
        right = w[i] == word_of(number, i);
    if (line->lines == 0 || line->lines > MAX_LINES || post_sealed(line) != STATUS_OK)
        return LEDGER_CORRUPT;
    return !right ? LEDGER_MISSED : line->badge != badge ? LEDGER_BADGE : LEDGER_RIGHT;
}

void ledger_fill_page(uint32_t *page, uint32_t number)
{
    for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
        page[i] = word_of(number, i);
}

bool ledger_page_right(const uint32_t *page, uint32_t number, uint32_t added)
{
    for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
        if (page[i] != word_of(number, i) + (i == 0 ? added : 0))
            return false;
    return true;
}

void ledger_note_number(struct ledger *ledger, uint32_t number, enum ledger_verdict verdict)
{
    static uint32_t seen[8]; /* by number: came already; a case has less than 256 */
    uint32_t bit = 1u << number % 32, *word = &seen[number / 32 % 8];

    if (ledger->next == 0)
        memset(seen, 0, sizeof seen);
    if (verdict != LEDGER_RIGHT) {
        ledger->altered++;
        ledger->missed += ledger_missed(verdict);
        return;
    }
    if (*word & bit) {
        ledger->doubled++;
        return;
    }
    *word |= bit;
    if (number < ledger->next) {
        ledger->reordered++;
        ledger->lost--;
        return;
    }
    ledger->lost += number - ledger->next;
    ledger->next = number + 1;
}

void ledger_note(struct ledger *ledger, const struct line *line, uint32_t badge)
{
    ledger_note_number(ledger, line->w[1], ledger_right(line, line->w[1], badge));
}
