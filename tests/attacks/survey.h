/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probing memory from inside a ring: for the map of authority (make authority). A probe is one
 * access with a mark in EAX and a way out in EBX; the surveying nano (survey_nano.c) sees the mark
 * in a fault's frame, and goes on there. Writing puts back what is there, in one instruction.
 */
#ifndef SURVEY_H
#define SURVEY_H

#include <stdint.h>

#define SURVEY_PROBE     0x50524F42u /* EAX in a probe                                      */
#define SURVEY_TABLES    0x5441424Cu /* EAX at a UD2: nano prints this view; EDX the name   */
#define SURVEY_NANO      0x4E414E4Fu /* EAX at a UD2: nano probes itself                    */
#define SURVEY_BREAK     0x42524B21u /* EAX at a UD2: nano breaks each rule, and audits itself */
#define SURVEY_OPERATION 0x40A78000u /* call gate: probe the page EDX in ring 1             */
#define TAG_SURVEY       202         /* to the hostile pager: survey yourself               */

#define MAY_READ  1u
#define MAY_WRITE 2u

static inline uint32_t survey_page(uint32_t address)
{
    uint32_t read = SURVEY_PROBE, write = SURVEY_PROBE;

    asm volatile("movl $1f, %%ebx; movl (%1), %%ecx; xorl %0, %0; 1:"
                 : "+a"(read)
                 : "d"(address)
                 : "ebx", "ecx", "memory", "cc");
    if (read)
        return 0;
    asm volatile("movl $1f, %%ebx; lock orl $0, (%1); xorl %0, %0; 1:"
                 : "+a"(write)
                 : "d"(address)
                 : "ebx", "ecx", "memory", "cc");
    return write ? MAY_READ : MAY_READ | MAY_WRITE;
}

static inline void survey_tables(uint32_t name)
{
    asm volatile("ud2" : : "a"(SURVEY_TABLES), "d"(name) : "memory");
}

/* Runs of pages with the same rights, as they come; what[] says who prints them. */
struct survey_run {
    uint32_t from, rights;
};

#endif
