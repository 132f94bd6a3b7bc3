/*
 * Giving something of any size, ring 3: by a copy in the message, or by its pages.
 * post_frames.h has the measurement that decides.
 */
#include "internal.h"

enum status post_give_buffer(uint32_t handle, uint16_t tag, struct post_buffer *b, unsigned unused)
{
    uint32_t words[2] = {b->bytes, 0};

    (void)unused;
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
