/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may be wrong with a GRANT: the entry's words, and the status that it is refused with.
 * Addresses from MINE on stand for three pages that main has.
 */
#ifndef CRIMES_H
#define CRIMES_H

#include "post.h"

struct crime {
    const char *name;
    uint32_t flags, lines, word; /* w[3] */
    uint32_t extent[8];          /* from MINE on: of my three pages   */
    enum status status;
};

#define MINE     0x00100000u /* stands for the address of my pages: nothing is ever mapped there */
#define UNMAPPED 0x30000000u

static const struct crime crimes[] = {
    {"an unaligned address", 0, 1, 1, {MINE + 4, 1}, STATUS_BAD_ADDRESS},
    {"the last byte of a page", 0, 1, 1, {MINE + 0xFFF, 1}, STATUS_BAD_ADDRESS},
    {"no pages", 0, 1, 1, {MINE, 0}, STATUS_BAD_ADDRESS},
    {"2^19 pages", 0, 1, 1, {MINE, 0x80000}, STATUS_BAD_ADDRESS},
    {"2^20 pages", 0, 1, 1, {MINE, 0x100000}, STATUS_BAD_ADDRESS},
    {"2^20 + 1 pages", 0, 1, 1, {MINE, 0x100001}, STATUS_BAD_ADDRESS},
    {"2^32 - 1 pages", 0, 1, 1, {MINE, 0xFFFFFFFF}, STATUS_BAD_ADDRESS},
    {"a run that wraps", 0, 1, 1, {LANDING_BASE, 0xC0001}, STATUS_BAD_ADDRESS},
    {"a run to the end of the landing zone and beyond",
     0,
     1,
     1,
     {LANDING_END - 0x1000, 2},
     STATUS_BAD_ADDRESS},
    {"page 0", 0, 1, 1, {0, 1}, STATUS_BAD_ADDRESS},
    {"below 4 MiB", 0, 1, 1, {PROGRAM_BASE - 0x1000, 1}, STATUS_BAD_ADDRESS},
    {"my nameplate", 0, 1, 1, {NAMEPLATE, 1}, STATUS_BAD_ADDRESS},
    {"the clock", 0, 1, 1, {CLOCK, 1}, STATUS_BAD_ADDRESS},
    {"my out header", 0, 1, 1, {OWN_MAILBOX, 1}, STATUS_BAD_ADDRESS},
    {"my in header", 0, 1, 1, {OWN_MAILBOX + 0x1000, 1}, STATUS_BAD_ADDRESS},
    {"my outbox", 0, 1, 1, {OWN_MAILBOX + 0x4000, 1}, STATUS_BAD_ADDRESS},
    {"my stack's end and my nameplate", 0, 1, 1, {PROGRAM_END - 0x1000, 2}, STATUS_BAD_ADDRESS},
    {"everything", 0, 1, 1, {PROGRAM_BASE, 0xBFC00}, STATUS_BAD_ADDRESS},
    {"the router", 0, 1, 1, {ROUTER_BASE, 1}, STATUS_BAD_ADDRESS},
    {"the task directory", 0, 1, 1, {DIRECTORY_PAGE, 1}, STATUS_BAD_ADDRESS},
    {"somebody's mailbox", 0, 1, 1, {WINDOW + 0x10000, 1}, STATUS_BAD_ADDRESS},
    {"the gatehouse", 0, 1, 1, {GATEHOUSE, 1}, STATUS_BAD_ADDRESS},
    {"nano", 0, 1, 1, {NANO_BASE, 1}, STATUS_BAD_ADDRESS},
    {"the last page", 0, 1, 1, {0xFFFFF000, 1}, STATUS_BAD_ADDRESS},
    {"what is not mapped", 0, 1, 1, {UNMAPPED, 1}, STATUS_NOT_MAPPED},
    {"what is not mapped in the landing zone", 0, 1, 1, {0x70000000, 1}, STATUS_NOT_MAPPED},
    {"2 MiB that are not mapped", 0, 1, 1, {0x70000000, 512}, STATUS_NOT_MAPPED},
    {"more than is mapped", 0, 1, 1, {MINE, 600}, STATUS_NOT_MAPPED},
    {"the same page twice", 0, 1, 2, {MINE, 1, MINE, 1}, STATUS_BAD},
    {"runs that overlap", 0, 1, 2, {MINE, 2, MINE + 0x1000, 2}, STATUS_BAD},
    {"runs that overlap, descending", 0, 1, 2, {MINE + 0x1000, 2, MINE, 2}, STATUS_BAD},
    {"a run in another", 0, 1, 2, {MINE, 3, MINE + 0x1000, 1}, STATUS_BAD},
    {"a good one and an unaligned one", 0, 1, 2, {MINE, 1, MINE + 0x1004, 1}, STATUS_BAD_ADDRESS},
    {"a good one and one not mapped", 0, 1, 2, {MINE, 1, UNMAPPED, 1}, STATUS_NOT_MAPPED},
    {"three good ones and the router",
     0,
     1,
     4,
     {MINE, 1, MINE + 0x1000, 1, MINE + 0x2000, 1, ROUTER_BASE, 1},
     STATUS_BAD_ADDRESS},
    {"a good one and one not mapped, read-only",
     0,
     1,
     2 | EXTENT_READ_ONLY,
     {MINE, 1, UNMAPPED, 1},
     STATUS_NOT_MAPPED},
    {"none", 0, 1, 0, {MINE, 1}, STATUS_BAD},
    {"five inline", 0, 1, 5, {MINE, 1}, STATUS_BAD},
    {"65,535 inline", 0, 1, 65535, {MINE, 1}, STATUS_BAD},
    {"an empty list", 0, 1, EXTENT_LIST, {MINE, 1}, STATUS_BAD},
    {"a list of 249", 0, 1, EXTENT_LIST | 249, {MINE, 1}, STATUS_BAD},
    {"a list with an unaligned address",
     0,
     1,
     EXTENT_LIST | 2,
     {MINE, 1, MINE + 0x1004, 1},
     STATUS_BAD_ADDRESS},
    {"a list with a page twice",
     0,
     1,
     EXTENT_LIST | 3,
     {MINE, 1, MINE + 0x1000, 1, MINE, 1},
     STATUS_BAD},
    {"a list that ends unmapped", 0, 1, EXTENT_LIST | 2, {MINE, 3, UNMAPPED, 1}, STATUS_NOT_MAPPED},
    {"two lines", 0, 2, 1, {MINE, 1}, STATUS_BAD},
    {"a loan that is no call", FLAG_LEND, 1, 1, {MINE, 1}, STATUS_BAD},
    {"a reply", FLAG_REPLY, 1, 1, {MINE, 1}, STATUS_BAD},
    {"a forwarded one", FLAG_FORWARD, 1, 1, {MINE, 1}, STATUS_BAD},
    {"a notice", FLAG_NOTIFY, 1, 1, {MINE, 1}, STATUS_BAD},
    {"a loan where none is allowed", FLAG_LEND | FLAG_CALL, 1, 1, {MINE, 1}, STATUS_DENIED},
};

#endif
