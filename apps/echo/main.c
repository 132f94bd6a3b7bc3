/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo: answers every call with the words that it brought, ring 3. It reads the call where it lies
 * in the inbox; the reply leaves in the same gate call in which echo waits for more. It reads and
 * forgets a message that is not a call.
 */
#include <post.h>

int main(void)
{
    for (;;) {
        const struct line *call = post_next(POST_FOREVER);
        if (call->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(call);
            post_reply(&caller, &call->w[1], call->lines * LINE_BYTES - 20);
        }
        post_done(call);
    }
}
