/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hello: your first task, ring 3. It asks who it is, says so on the console, calls the echo task,
 * and checks what comes back. Everything here is a message: the first line to the
 * registrar, the second to the console, the call to echo, and main's result to the pager.
 */
#include <post.h>

int main(void)
{
    char name[NAME_BYTES];
    uint32_t question[3] = {1, 2, 3}, answer[3];

    post_name_of(post_self(), name);
    post_printf("Hello! I am %s, task %08x.\n", name, post_self());

    int echo = post_open("echo");
    if (echo < 0) {
        post_printf("%s: echo: %s\n", name, post_status_text(-echo));
        return 1;
    }
    enum status status = post_call(echo, TAG_PING, question, sizeof question, answer, sizeof answer,
                                   NULL, post_in(1000));
    bool same = status == STATUS_OK && memcmp(question, answer, sizeof answer) == 0;
    post_printf("%s: echo answers: %s\n", name, same ? "the same words" : post_status_text(status));
    return same ? 0 : 1;
}
