/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot parameters; see options.h. Ring 0, once. Host-testable: no address, no asm.
 *
 * What is not understood is refused, each word to its last character, because a fence would be
 * down, or up, that somebody meant otherwise. A boot loader may put the image's name in front.
 */
#include <ringpost/layout.h>
#include "options.h"
#include "print.h"
#include "string.h"

struct options options = {true, true, true, DEFAULT_TASKS};

static const struct {
    const char *name;
    bool *up;
} fences[] = {{"user", &options.user_fence},
              {"page", &options.page_fence},
              {"segment", &options.segment_fence}};

static bool read_fences(const char *s)
{
    options.user_fence = options.page_fence = options.segment_fence = false;
    if (!strcmp(s, "none"))
        return true;
    for (unsigned i = 0; i < sizeof fences / sizeof *fences; i++) {
        size_t n = strlen(fences[i].name);

        if (strncmp(s, fences[i].name, n) || (s[n] && s[n] != '+'))
            continue;
        *fences[i].up = true;
        if (!s[n])
            return true;
        s += n + 1;
        i = -1; /* the next may be any of them */
    }
    return false;
}

static bool read_tasks(const char *s)
{
    uint32_t n = 0;

    for (; *s >= '0' && *s <= '9' && n <= MAX_TASKS; s++)
        n = n * 10 + (*s - '0');
    options.tasks = n;
    return !*s && n >= 8 && n <= MAX_TASKS;
}

static const struct {
    const char *key;
    bool (*read)(const char *value);
} keys[] = {{"fences=", read_fences}, {"tasks=", read_tasks}};

static bool read_word(const char *word, uint32_t *seen)
{
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
        size_t n = strlen(keys[i].key);

        if (strncmp(word, keys[i].key, n) || *seen & 1u << i)
            continue;
        *seen |= 1u << i;
        return keys[i].read(word + n);
    }
    return false;
}

/* The first word, with none of our keys. */
static bool names_image(const char *word)
{
    size_t n = strlen(word);

    return n >= 4 && !strcmp(word + n - 4, ".elf");
}

void options_read(char *line)
{
    uint32_t seen = 0;
    bool more = true;

    for (char *word = line, *end; more; word = end + 1) {
        for (end = word; *end && *end != ' '; end++)
            ;
        more = *end;
        *end = 0;
        if (*word && !read_word(word, &seen) && !(word == line && !seen && names_image(word)))
            nano_stop("command line: '%s' is refused; there are fences= (user, page and segment "
                      "joined by +, or none) and tasks= (8 to %u), each once",
                      word, MAX_TASKS);
    }
}
