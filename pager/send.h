/* SPDX-License-Identifier: BSD-2-Clause */
/* What the pager sends: replies, and news of tasks to the registrar. */
#pragma once

#include <post.h>

#define REPLY_WORDS 11 /* w[1]..w[11]; w[1] is the status */

/* Which MOVE_ASK is answered: w0 to w2 of both. */
struct asked {
    uint32_t number, sender, index;
};

void send_reply(const struct post_caller *caller, const uint32_t words[REPLY_WORDS]);
enum status send_answer(const struct asked *asked, enum status status, uint32_t runs,
                        const struct extent *landed);
void send_news(void);
bool send_news_left(void);
void send_forget(void);
