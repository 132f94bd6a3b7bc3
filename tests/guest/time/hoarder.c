/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One of two that hand over to each other and spend their time in ring 1: each call drains an
 * outbox full of void entries, with one message to the other at its end, and waits. So ticks hardly
 * ever find them in ring 3.
 */
#include "post.h"

int main(void)
{
    struct out_header *out = &post_own->out;
    int other = post_open("hoarder-a");
    uint32_t last;

    if (other < 0 && (other = post_open("hoarder-b")) < 0)
        return 1;
    last = out->out_tail - 1;
    for (uint32_t i = 0; i <= post_own->in.out_mask; i++)
        post_address(&post_own->outbox[i], HANDLE_VOID, 0, 1, 0);
    post_address(&post_own->outbox[last & post_own->in.out_mask], other, 1, 1, 0);
    for (;;) {
        if (post_own->in.out_head == out->out_tail)
            out->out_tail += post_own->in.out_mask + 1;
        post_gate(GATE_POST_WAIT, POST_FOREVER);
        post_barrier();
        out->seen = post_own->in.signals;
        out->looked = out->in_head = post_own->in.in_tail;
    }
}
