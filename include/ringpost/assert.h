/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Assertions of nano (ring 0) and the router (ring 1). In a build with DEBUG=1 one that does not
 * hold executes a UD2, because ring 1 cannot print; behind it in memory are a mark and the address
 * of the text "file:line: condition". Nano's part of that build (tests/debug) finds the text: of an
 * assertion in nano it stops the machine, the router dies of its own as it does of every fault. In
 * all other builds an assertion is nothing, and its condition is compiled but never evaluated.
 *
 * An assertion is about what the ring's own code has made sure of. What a less trusted ring wrote
 * is checked in every build, and refused.
 */
#ifndef RINGPOST_ASSERT_H
#define RINGPOST_ASSERT_H

#define ASSERT_MARK 0x54525341 /* "ASRT", behind the two bytes of the UD2 */

#ifdef DEBUG_ON
#define ASSERT_TEXT(line)  #line
#define ASSERT_PLACE(line) __FILE__ ":" ASSERT_TEXT(line)
#define ASSERT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            __asm__ volatile("ud2; .long %c0, %c1" ::"i"(ASSERT_MARK),                             \
                             "i"(ASSERT_PLACE(__LINE__) ": " #condition));                         \
            __builtin_unreachable();                                                               \
        }                                                                                          \
    } while (0)
#else
#define ASSERT(condition) ((void)sizeof((condition) ? 1 : 0))
#endif

#endif
