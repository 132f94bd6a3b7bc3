/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest: counts the lines, words and bytes of the pages that it gets, hashes them with XXH64,
 * gives them back to the system, and calls the task "teller", which prints the result. Ring 3.
 *
 * A word is what wc(1) calls one: a run of bytes that are not white space.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <post.h>
#include "digest.h"

static bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static void count(struct digest *d, const uint8_t *at, uint32_t bytes)
{
    bool in_word = false;

    for (const uint8_t *end = at + bytes; at != end; at++) {
        d->lines += *at == '\n';
        d->words += !in_word && !is_space(*at);
        in_word = !is_space(*at);
    }
}

/* Calls the task that prints; it may have been started again since the last time. */
static enum status tell(const struct digest *d)
{
    uint32_t answer = STATUS_BAD;
    int teller = post_open("teller");

    if (teller < 0)
        return -teller;
    enum status status = post_call(teller, TAG_TELL, d, sizeof *d, &answer, 4, NULL, POST_FOREVER);
    post_close(teller);
    return status ? status : answer;
}

static enum status digest(const struct post_view *view)
{
    struct digest d = {.bytes = view->bytes};
    uint64_t hash = XXH64(view->data, view->bytes, 0);

    d.hash_low = (uint32_t)hash;
    d.hash_high = (uint32_t)(hash >> 32);
    count(&d, view->data, view->bytes);
    return tell(&d);
}

int main(void)
{
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_view view = post_view(line);

        if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            post_answer(&caller, line->tag == TAG_DIGEST ? digest(&view) : STATUS_BAD_OP);
        }
        post_done(line);
        post_free(&view.pages);
    }
}
