/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seeds: flaws that nano's tables do not have, and that rows of ring SEED plant for a moment, to
 * show that the audit finds them, and what the CPU makes of them. Only the surveying nano knows how
 * (seed_nano.c); a task asks with UD2, EAX SURVEY_SEED and EDX the seed. Until the next trap the
 * seed stands and no interrupt comes; that trap takes it out. SEED_MEMORY alone stands until the
 * next seed is asked for. The answer is how many violations the audit finds more than without it; a
 * digest that has changed is one.
 */
#ifndef SEEDS_H
#define SEEDS_H

#define SURVEY_SEED 0x53454544u /* EAX at a UD2: plant EDX, answer what the audit sees of it */

/* EAX at a UD2: of EFLAGS what was set in nano at any trap since this was asked */
#define SURVEY_FLAGS 0x464C4147u

enum seed {
    SEED_NOTHING,         /* takes out what is there                                   */
    SEED_IOPL,            /* IOPL 3 for the one who asks                               */
    SEED_GATE_DPL,        /* the call gate has DPL 0                                   */
    SEED_GATE_ABSENT,     /* the call gate is not present                              */
    SEED_GATE_COUNT,      /* the call gate copies a parameter                          */
    SEED_GATE_TASK,       /* the call gate is a task gate to the TSS                   */
    SEED_CODE_CONFORMING, /* the router's code segment is conforming                   */
    /* In the TSS's place a segment of ring 3 (SEED_SELECTOR), like its own but that it ...  */
    SEED_CODE_EXECUTE,      /* ... is code that may not be read                          */
    SEED_DATA_ABSENT,       /* ... is not present                                        */
    SEED_DATA_READ,         /* ... may not be written                                    */
    SEED_DATA_SMALL,        /* ... ends at 1 GiB                                         */
    SEED_DATA_DOWN,         /* ... expands down                                          */
    SEED_DATA_NOT_ACCESSED, /* ... has no accessed bit                                  */
    SEED_TABLE_MAPPED,      /* SEED_TABLE_AT is the page table of PROGRAM_BASE            */
    SEED_ROUTER_TEXT,       /* a bit of the router's first word                          */
    SEED_MEMORY,            /* a bit of another task's: ECX its id, EBX the word         */
    SEED_PROGRAMS, /* a bit of each read-only page of each program, one after the other: the
                      answer is 1 if the audit saw each, and nothing stands      */
};

/* In the first table of a program, where no program of the suite has anything. */
#define SEED_SELECTOR SELECTOR(GDT_TSS, RING_APP)
#define SEED_TABLE_AT (PROGRAM_BASE + 511 * PAGE_SIZE)

#endif
