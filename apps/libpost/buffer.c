/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffers, ring 3: pages with a note that says whose they are. The note follows from what this task
 * has sent and was told. It keeps a program from touching what it has given away; the pager and the
 * page tables do the checking.
 */
#include "internal.h"

#define TABLE_PAGES (TABLE_SPAN / PAGE_SIZE)
#define MOST_PAGES  (LANDING_BASE / PAGE_SIZE) /* the heap ends below it */

/* Aligns blocks of 2 MiB and more to 2 MiB, so that they can move by whole page tables. */
void *post_alloc(unsigned pages)
{
    uint32_t lead, spare = pages >= TABLE_PAGES ? TABLE_PAGES - 1 : 0;
    uint32_t words[POST_ANSWER] = {0, pages + spare};

    if (pages > MOST_PAGES) /* with more, sums here and in the pager overflow */
        return NULL;
    enum status status = post_ask(HANDLE_PAGER, TAG_ALLOC, words, 2, words);

    if (status != STATUS_OK && spare) {
        spare = 0;
        words[1] = pages;
        status = post_ask(HANDLE_PAGER, TAG_ALLOC, words, 2, words);
    }
    if (status != STATUS_OK)
        return NULL;
    uint8_t *block = (uint8_t *)(uintptr_t)words[1];
    if (spare == 0)
        return block;
    lead = -words[1] % TABLE_SPAN / PAGE_SIZE;
    if (lead)
        post_release(block, lead);
    block += lead * PAGE_SIZE;
    if (spare > lead)
        post_release(block + pages * PAGE_SIZE, spare - lead);
    return block;
}

enum status post_release(void *address, unsigned pages)
{
    uint32_t words[POST_ANSWER] = {0, (uint32_t)(uintptr_t)address, pages};
    return post_ask(HANDLE_PAGER, TAG_RELEASE, words, 3, words);
}

enum status post_free(struct post_buffer *b)
{
    enum status status = STATUS_OK;

    if (post_mine(b))
        status = post_release(b->data, b->pages);
    else if (b->state == POST_LENT || b->state == POST_BORROWED)
        return STATUS_BUSY;
    *b = (struct post_buffer){0};
    return status;
}

enum status post_prepare(struct post_buffer *b, unsigned bytes)
{
    unsigned pages = bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0);

    if (!post_mine(b) || b->pages < pages) {
        enum status status = post_free(b);
        if (status != STATUS_OK)
            return status;
        void *data = post_alloc(pages ? pages : 1);
        if (!data)
            return STATUS_NO_MEMORY;
        *b = (struct post_buffer){.data = data, .pages = pages ? pages : 1, .state = POST_MINE};
    }
    b->bytes = bytes;
    return STATUS_OK;
}

enum status post_land(void *area, unsigned pages)
{
    uint32_t words[POST_ANSWER] = {0, (uint32_t)(uintptr_t)area, pages};
    return post_ask(HANDLE_PAGER, TAG_LAND, words, 3, words);
}

enum status post_module(const char *name, struct post_buffer *b)
{
    uint32_t words[POST_ANSWER] = {0};
    size_t length = strlen(name);

    if (length >= NAME_BYTES)
        return STATUS_NO_SUCH;
    memcpy(&words[1], name, length);
    enum status status = post_ask(HANDLE_PAGER, TAG_MODULE, words, POST_ANSWER, words);
    if (status != STATUS_OK)
        return status;
    *b = (struct post_buffer){.data = (void *)(uintptr_t)words[1],
                              .pages = (words[2] + PAGE_SIZE - 1) / PAGE_SIZE,
                              .bytes = words[2],
                              .state = words[2] ? POST_MINE : POST_NOTHING};
    return STATUS_OK;
}
