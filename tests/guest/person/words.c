/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that looks at its arguments: its exit code is their number, with 100 added if argv[1]
 * is its own name spelt "one two", argv[2] is empty, or argv is not ended by NULL where it must be.
 */
#include <post.h>

int main(int argc, char **argv)
{
    bool as_sent = argc < 3 || (strcmp(argv[1], "one two") == 0 && argv[2][0] == '\0');

    return argc + (strcmp(argv[0], "words") == 0 && as_sent && argv[argc] == NULL ? 0 : 100);
}
