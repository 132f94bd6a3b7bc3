/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * teller: prints digest's results, ring 3. It is the last of three: reader, digest, teller.
 */
#include <post.h>
#include "../digest/digest.h"

static enum status tell(const struct digest *d)
{
    return post_printf("file: %u lines, %u words, %u bytes, XXH64 %08x%08x\n", d->lines, d->words,
                       d->bytes, d->hash_high, d->hash_low);
}

int main(void)
{
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);

        if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            struct digest d;

            memcpy(&d, &line->w[1], sizeof d);
            post_answer(&caller, line->tag == TAG_TELL ? tell(&d) : STATUS_BAD_OP);
        }
        post_done(line);
    }
}
