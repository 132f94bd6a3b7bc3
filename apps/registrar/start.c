/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registrar's calls to the pager, all of them before it serves: its table (KEEP), the policy
 * (MODULE), and words for the log (LOG). Other mail stays unread meanwhile.
 *
 * Ring 3, the registrar.
 */
#include "start.h"
#include <post.h>

#define NOTES_MOST 8 /* lines on the log about what was dropped */

uint32_t start_pager;

/* Asks the pager; while memory is short again and again, because without it there are no routes. */
static enum status ask(uint16_t tag, const uint32_t words[POST_ANSWER],
                       uint32_t answer[POST_ANSWER])
{
    enum status status;

    while ((status = post_ask(HANDLE_PAGER, tag, words, POST_ANSWER, answer)) == STATUS_NO_MEMORY)
        post_sleep(100);
    return status;
}

/* The pages of the table; the first *kept of them may have been an earlier registrar's. */
void *start_table(uint32_t pages, uint32_t *kept)
{
    uint32_t words[POST_ANSWER] = {0, pages}, answer[POST_ANSWER];

    if (ask(TAG_KEEP, words, answer) != STATUS_OK)
        post_exit(1);
    *kept = answer[2];
    start_pager = answer[3];
    return (void *)answer[1];
}

enum status start_policy(const char **text, uint32_t *bytes)
{
    uint32_t words[POST_ANSWER] = {0}, answer[POST_ANSWER];
    enum status status;

    memcpy(&words[1], "policy", sizeof "policy");
    status = ask(TAG_MODULE, words, answer);
    *text = (const char *)answer[1];
    *bytes = answer[2];
    return status;
}

/* Says on the log what of the table was dropped: slot 0 is its head, handle 0 a whole row. */
void start_dropped(uint32_t slot, uint32_t handle)
{
    static uint32_t count;
    uint32_t words[POST_ANSWER] = {0};
    char text[37] = "table: more is dropped";

    if (++count > NOTES_MOST + 1)
        return;
    if (count <= NOTES_MOST && slot == 0)
        post_format(text, sizeof text, "table: its head was damaged");
    else if (count <= NOTES_MOST && handle == 0)
        post_format(text, sizeof text, "table: slot %u: row dropped", slot);
    else if (count <= NOTES_MOST)
        post_format(text, sizeof text, "table: slot %u: handle %u dropped", slot, handle);
    words[0] = strlen(text);
    memcpy(&words[1], text, words[0]);
    post_ask(HANDLE_PAGER, TAG_LOG, words, POST_ANSWER, words);
}
