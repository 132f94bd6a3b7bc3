/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two text modules, manifest and policy, are lines of words: '#' begins a comment, blanks and
 * tabs separate words, a word may be KEY=VALUE. The pager's parser and the registrar's share this
 * splitter. It allocates nothing, copies nothing, and reads no byte beyond the text, which need not
 * end in NUL or a newline. Ring 3; plain C that also runs on the host.
 */
#ifndef RINGPOST_WORDS_H
#define RINGPOST_WORDS_H

#include <stdbool.h>
#include <stdint.h>
#include "protocol.h"

#define WORDS_MAX 16 /* words in a line; a line with more is an error */

/* A word points into the text. */
struct word {
    const char *text;
    uint32_t length;
};

struct words {
    const char *at;
    const char *end;
    uint32_t line;  /* number of the line in word[], from 1 */
    uint32_t count; /* WORDS_MAX + 1: too many */
    struct word word[WORDS_MAX];
};

/* What a parser says of a bad text: which line (0: the text as a whole), which word, and why. */
struct text_error {
    uint32_t line;
    const char *reason;    /* NULL: no error */
    char word[NAME_BYTES]; /* as it stood there, shortened; "" if none is to blame */
};

static inline bool words_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Takes the next line that has words on it; false at the end of the text. */
static inline bool words_next(struct words *w)
{
    while (w->at < w->end) {
        bool comment = false;
        struct word *open = 0;

        w->line++;
        w->count = 0;
        for (; w->at < w->end && *w->at != '\n'; w->at++) {
            comment |= *w->at == '#';
            if (comment || words_blank(*w->at)) {
                open = 0;
            } else if (open) {
                open->length++;
            } else if (w->count < WORDS_MAX) {
                open = &w->word[w->count++];
                *open = (struct word){w->at, 1};
            } else {
                w->count = WORDS_MAX + 1;
            }
        }
        w->at += w->at < w->end; /* the newline */
        if (w->count)
            return true;
    }
    return false;
}

static inline bool word_is(struct word word, const char *literal)
{
    uint32_t i = 0;

    while (i < word.length && literal[i] && word.text[i] == literal[i])
        i++;
    return i == word.length && !literal[i];
}

/* Splits at the first `mark` into *left and *right; false: there is no `mark`. */
static inline bool word_split(struct word word, char mark, struct word *left, struct word *right)
{
    for (uint32_t i = 0; i < word.length; i++) {
        if (word.text[i] == mark) {
            *left = (struct word){word.text, i};
            *right = (struct word){word.text + i + 1, word.length - i - 1};
            return true;
        }
    }
    return false;
}

/* Reads a number, decimal or 0x…, of at most `max`. */
static inline bool word_number(struct word word, uint32_t max, uint32_t *number)
{
    bool hex = word.length > 2 && word.text[0] == '0' && word.text[1] == 'x';
    uint64_t value = 0;

    if (word.length == 0)
        return false;
    for (uint32_t i = hex ? 2 : 0; i < word.length; i++) {
        char c = word.text[i];
        uint32_t digit;

        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if (hex && c >= 'a' && c <= 'f')
            digit = c - 'a' + 10;
        else if (hex && c >= 'A' && c <= 'F')
            digit = c - 'A' + 10;
        else
            return false;
        value = value * (hex ? 16 : 10) + digit;
        if (value > max)
            return false;
    }
    *number = value;
    return true;
}

/* Reads LO-HI, or one number for both. */
static inline bool word_range(struct word word, uint32_t max, uint32_t *low, uint32_t *high)
{
    struct word left, right;

    if (!word_split(word, '-', &left, &right))
        left = right = word;
    return word_number(left, max, low) && word_number(right, max, high) && *low <= *high;
}

/* Reads a name: 1 to 31 of a-z, A-Z, 0-9, '_', '.', '-'. Writes it to name[], padded with NULs. */
static inline bool word_name(struct word word, char name[NAME_BYTES])
{
    if (word.length == 0 || word.length >= NAME_BYTES)
        return false;
    for (uint32_t i = 0; i < word.length; i++) {
        char c = word.text[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '.' || c == '-'))
            return false;
    }
    for (uint32_t i = 0; i < NAME_BYTES; i++)
        name[i] = i < word.length ? word.text[i] : 0;
    return true;
}

static inline bool names_equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* Records an error in the line just read; returns false, which the parsers pass on. */
static inline bool words_error(const struct words *w, struct text_error *error, struct word word,
                               const char *reason)
{
    uint32_t i = 0;

    error->line = w->line;
    error->reason = reason;
    for (; i < word.length && i < NAME_BYTES - 1; i++)
        error->word[i] = word.text[i] >= ' ' && word.text[i] <= '~' ? word.text[i] : '?';
    error->word[i] = 0;
    return false;
}

#endif
