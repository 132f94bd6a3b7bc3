/* SPDX-License-Identifier: BSD-2-Clause */
/* sender: floods main with numbered messages, of as many lines as it is told. Never ends. */
#include "room.h"

static void write(struct line *line, uint32_t handle, unsigned lines, uint32_t number)
{
    post_address(line, handle, TAG_FLOOD, lines, 0);
    line->w[1] = number;
    for (unsigned i = 0; i < room_words(lines); i++)
        line->w[2 + i] = room_word(number, i);
}

int main(void)
{
    int to = post_open("main");
    uint32_t answer[POST_ANSWER] = {0}, number = 0;

    if (to < 0 || post_ask(to, TAG_READY, answer, 1, answer) != STATUS_OK)
        return 1;
    unsigned lines = answer[1];
    for (;;) {
        struct line *line = answer[2] == HOW_EAGER ? post_slot(lines) : post_slot_wait(lines);

        if (line) {
            write(line, to, lines, number++);
            post_commit(lines);
        }
        if (answer[2] == HOW_EAGER)
            post_flush();
    }
}
