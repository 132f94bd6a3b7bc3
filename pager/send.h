/* What the pager sends: replies, and news of tasks to the registrar. */
#ifndef PAGER_SEND_H
#define PAGER_SEND_H

#include <post.h>

#define REPLY_WORDS 11 /* w[1]..w[11]; w[1] is the status */

void send_reply(const struct post_caller *caller, const uint32_t words[REPLY_WORDS]);
enum status send_answer(uint32_t sender, uint32_t index, enum status status, uint32_t runs,
                        const struct extent *landed);
void send_news(void);
bool send_news_left(void);
void send_forget(void);

#endif
