/* SPDX-License-Identifier: BSD-2-Clause */
/* Boot parameters; see options.h. Ring 0, once. */
#include <ringpost/layout.h>
#include "options.h"
#include "print.h"
#include "string.h"

struct options options = {true, true, true, DEFAULT_TASKS};

static bool starts(const char *s, const char *word) { return !strncmp(s, word, strlen(word)); }

/* Is `word` among those joined by + at the beginning of s? */
static bool among(const char *s, const char *word)
{
    for (; *s && *s != ' '; s++)
        if (starts(s, word) && (s[-1] == '=' || s[-1] == '+'))
            return true;
    return false;
}

static void read_fences(const char *s)
{
    options.user_fence = among(s, "user");
    options.page_fence = among(s, "page");
    options.segment_fence = among(s, "segment");
    if (!among(s, "none") && !options.user_fence && !options.page_fence && !options.segment_fence)
        nano_stop("fences=...: any of user, page and segment joined by +, or none");
}

static void read_tasks(const char *s)
{
    uint32_t n = 0;

    for (; *s >= '0' && *s <= '9' && n <= MAX_TASKS; s++)
        n = n * 10 + (*s - '0');
    if (n < 8 || n > MAX_TASKS)
        nano_stop("tasks=N: 8 to %u", MAX_TASKS);
    options.tasks = n;
}

void options_read(const char *line)
{
    for (const char *s = line; *s; s++) {
        if (s != line && s[-1] != ' ')
            continue;
        if (starts(s, "fences="))
            read_fences(s + 7);
        else if (starts(s, "tasks="))
            read_tasks(s + 6);
    }
}
