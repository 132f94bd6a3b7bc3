/* SPDX-License-Identifier: BSD-2-Clause */
/* What the pager sends: replies, answers to the router, and news of tasks to the registrar. */
#pragma once

#include <post.h>

#define REPLY_WORDS 11 /* w[1]..w[11]; w[1] is the status */

/* Identifies a MOVE_ASK; its answer repeats these words. */
struct asked {
    uint32_t number; /* w[0] */
    uint32_t sender; /* w[1] */
    uint32_t index;  /* w[2] */
};

void send_reply(const struct post_caller *caller, const uint32_t words[REPLY_WORDS]);
enum status send_answer(const struct asked *asked, enum status status, uint32_t runs,
                        const struct extent *landed);
void send_news(void);
bool send_news_left(void);
void send_forget(void);
