/*
 * Giving something of any size, ring 3: by a copy in the message, or by its pages.
 * post_frames.h has the measurement that decides.
 */
#include "internal.h"

static enum status give_inline(uint32_t handle, uint16_t tag, const void *data, unsigned bytes)
{
    unsigned lines = post_lines(bytes + 8);
    struct line *line = post_slot_wait(lines);

    post_address(line, handle, tag, lines, 0);
    line->badge = 0;
    line->cookie = 0;
    line->w[0] = 0;
    line->w[1] = bytes;
    post_copy(&line->w[2], data, bytes, lines * LINE_BYTES - 24);
    post_commit(lines);
    uint32_t end = post_own->out.out_tail;
    post_gate(GATE_POST, POST_FOREVER);
    return post_push(end - lines, end, POST_FOREVER);
}

enum status post_give_buffer(uint32_t handle, uint16_t tag, struct post_buffer *b, unsigned unused)
{
    uint32_t words[2] = {b->bytes, 0};

    (void)unused;
    if (!post_mine(b) && b->state != POST_BORROWED)
        return STATUS_BUSY;
    if (b->bytes <= POST_GIVE_INLINE)
        return give_inline(handle, tag, b->data, b->bytes);
    return post_grant(handle, tag, words, b, 1, 0, POST_FOREVER);
}

enum status post_give_bytes(uint32_t handle, uint16_t tag, const void *data, unsigned bytes)
{
    struct post_buffer copy = {0};

    if (bytes <= POST_GIVE_INLINE)
        return give_inline(handle, tag, data, bytes);
    enum status status = post_prepare(&copy, bytes);
    if (status != STATUS_OK)
        return status;
    memcpy(copy.data, data, bytes);
    status = post_give_buffer(handle, tag, &copy, 0);
    if (status != STATUS_OK)
        post_free(&copy);
    return status;
}

enum status post_give_text(uint32_t handle, uint16_t tag, const char *text, unsigned unused)
{
    (void)unused;
    return post_give_bytes(handle, tag, text, strlen(text) + 1);
}
