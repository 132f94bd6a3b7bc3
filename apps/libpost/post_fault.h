/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deaths in words, the part of post.h that is about them: of tasks (WAIT_EXIT) and of the router
 * (RESTARTS). The words are in <ringpost/fault.def>.
 */
#ifndef POST_FAULT_H
#define POST_FAULT_H

#include <ringpost/fault.h>
#include <stdbool.h>
#include <stdint.h>

struct post_fault {
    bool router;     /* it was the router's */
    uint32_t vector; /* or what stands in its place: fault.def */
    uint32_t error;
    uint32_t address; /* of a #PF */
    uint32_t eip;
    uint32_t place; /* enum fault_place; of the router's it is found from the address */
};

#define POST_FAULT_TEXT 160 /* bytes that are enough */

/*
 * Writes what happened, as in "wrote to 0x00000010: nothing is mapped below 4 MiB (a null
 * pointer?); #PF at 0x004001f2". Returns the length.
 */
int post_fault_text(char *text, unsigned size, const struct post_fault *fault);

/* The death of the router that an answer to RESTARTS tells of, from its w[1] on. */
struct post_fault post_router_fault(const uint32_t *words);

/* How a task ended, from the words of the answer to WAIT_EXIT, from w[2] on. */
int post_end_text(char *text, unsigned size, const uint32_t *words);

#endif
