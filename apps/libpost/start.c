/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first C of every task, ring 3. It sets up the out header, enters the router once so that the
 * router fills the in header (own id, ring sizes), and calls main. Indices start wherever the
 * headers say; mail may be there already. Main's result is the task's exit code. Only entry.asm
 * calls this.
 */
#include <post.h>

uint32_t post_ebp;

/* What lies at a task's first ESP. */
struct start {
    int argc;
    char *argv[];
};

int main(int argc, char **argv); /* a program may as well say main(void) */
_Noreturn void post_start(struct start *start);

_Noreturn void post_start(struct start *start)
{
    static char *nothing[1];
    bool bare = (uintptr_t)start == PROGRAM_END; /* the pager */

    post_own->out.abi = ABI_VERSION;
    post_in_limit = post_own->out.in_head;
    post_out_limit = post_own->out.out_tail;
    while (post_own->in.out_mask == 0)
        post_gate(GATE_POST, POST_FOREVER);
    post_exit(bare ? main(0, nothing) : main(start->argc, start->argv));
}
