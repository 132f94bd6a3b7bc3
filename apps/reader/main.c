/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reader: takes the boot module "file" (make run FILE=path) and grants its frames to the task
 * "digest", ring 3. Nobody copies a byte of it: the frames that the boot loader filled belong to
 * the pager, then to reader, then to digest. It ends with 0 when the result has been printed.
 */
#include <post.h>
#include "../digest/digest.h"

static int problem(const char *what, enum status status)
{
    post_printf("reader: %s: %s\n", what, post_status_text(status));
    return 1;
}

int main(void)
{
    struct post_buffer file;
    uint32_t answer = STATUS_BAD;
    int digest = post_open("digest");

    if (digest < 0)
        return problem("digest", -digest);
    enum status status = post_module("file", &file);
    if (status == STATUS_NO_SUCH) {
        post_printf("reader: there is no file, or it was read already: make run FILE=path\n");
        return 1;
    }
    if (status != STATUS_OK)
        return problem("file", status);
    if (file.bytes == 0) /* no pages to be granted */
        status = post_call(digest, TAG_DIGEST, &file.bytes, 4, &answer, 4, NULL, POST_FOREVER);
    else
        status = post_grant_call(
            digest, TAG_DIGEST,
            &(struct post_pages_call){
                .words = {file.bytes}, .buffers = &file, .n = 1, .reply = &answer, .size = 4},
            POST_FOREVER);
    if (status != STATUS_OK || answer != STATUS_OK)
        return problem("digest", status ? status : answer);
    return 0;
}
