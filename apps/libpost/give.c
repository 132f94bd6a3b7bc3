/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Giving something of any size and receiving it, ring 3: by a copy in the message, or by its pages.
 * post_frames.h has the measurement that decides between the two.
 */
#include "internal.h"

enum status post_give_buffer(uint32_t handle, uint16_t tag, struct post_buffer *b, unsigned size)
{
    uint32_t words[2] = {b->bytes, 0};

    if (size != sizeof *b)
        return STATUS_BAD;
    if (!post_mine(b) && b->state != POST_BORROWED)
        return STATUS_BUSY;
    if (b->bytes <= POST_GIVE_INLINE)
        return post_send_counted(handle, tag, b->data, b->bytes);
    return post_grant(handle, tag, words, b, 1, 0, POST_FOREVER);
}

enum status post_give_bytes(uint32_t handle, uint16_t tag, const void *data, unsigned bytes)
{
    struct post_buffer copy = {0};

    if (bytes <= POST_GIVE_INLINE)
        return post_send_counted(handle, tag, data, bytes);
    enum status status = post_prepare(&copy, bytes);
    if (status != STATUS_OK)
        return status;
    memcpy(copy.data, data, bytes);
    status = post_give_buffer(handle, tag, &copy, sizeof copy);
    if (status != STATUS_OK)
        post_free(&copy);
    return status;
}

enum status post_give_text(uint32_t handle, uint16_t tag, const char *text, unsigned unused)
{
    (void)unused;
    return post_give_bytes(handle, tag, text, strlen(text) + 1);
}

/*
 * Releases the runs beyond the first, which nobody will look at: otherwise a sender could fill this
 * task with pages. It does so once for a message, however often the task views it, because other
 * pages may land there as soon as these are gone.
 */
static void release_more(const struct line *line)
{
    static uint32_t done; /* the index of the last such message */
    static bool any;      /* there was one */

    if (any && done == post_index(line))
        return;
    any = true;
    done = post_index(line);
    for (unsigned i = 1; i < post_runs(line); i++)
        post_release(post_landed(line, i).data, post_landed(line, i).pages);
}

struct post_view post_view(const struct line *line)
{
    struct post_view v = {
        .data = (void *)(uintptr_t)&line->w[2],
        .bytes = line->w[1],
    };
    uint32_t most = line->lines * LINE_BYTES - offsetof(struct line, w[2]);

    if (line->flags & FLAG_GRANT) {
        v.pages = post_landed(line, 0);
        v.data = v.pages.data;
        most = v.pages.bytes;
    }
    if (v.bytes > most)
        v.bytes = most;
    if (line->flags & FLAG_GRANT)
        v.pages.bytes = v.bytes;
    if (post_runs(line) > 1 && !(line->flags & FLAG_LEND))
        release_more(line);
    return v;
}
