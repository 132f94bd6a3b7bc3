/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that reads the keyboard: asks for a name, and greets. */
#include <post.h>

int main(void)
{
    char name[64] = "";
    unsigned length = 0;
    int console = post_open("console");

    post_printf("keys: who are you?\n");
    while (length < sizeof name - 36 && !strchr(name, '\r') && !strchr(name, '\n')) {
        uint32_t words[POST_ANSWER] = {0, 36, 1}; /* READ: at most 36 bytes, to a line's end */
        enum status status = post_ask(console, TAG_READ, words, 3, words);
        if (status != STATUS_OK) {
            post_printf("keys: %s\n", post_status_text(status));
            return 1;
        }
        memcpy(name + length, &words[2], words[1]);
        length += words[1];
        name[length] = '\0';
    }
    name[length - 1] = '\0';
    post_printf("keys: hello, %s!\n", name);
    return 0;
}
