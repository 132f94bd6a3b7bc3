/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile pager's rows against nano's gate: the sandbox that they are tried on, how a call is
 * checked (hostile_pager.c), and the deeds (hostile_gate.c; those about frames, hostile_frames.c).
 */
#ifndef HOSTILE_PAGER_H
#define HOSTILE_PAGER_H

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/layout.h>
#include "gate.h"

#define PAGE_AT  PROGRAM_BASE                /* in the sandbox */
#define OTHER_AT (PROGRAM_BASE + TABLE_SPAN) /* in another table */
#define FRAMES   (0xC0000000u >> 12)

extern uint32_t sandbox;                                 /* the task's id */
extern uint32_t sandbox_part[PART_COUNT], sandbox_table; /* frames that it is made of */
extern uint32_t went_wrong; /* 0, or the first check that failed, and what it got */

/* Notes the first check that fails. */
void expect(uint32_t status, uint32_t expected);

/* Nano's gate; *result, unless NULL, is EBX if the call succeeds. */
uint32_t call(uint32_t op, uint32_t b, uint32_t c, uint32_t d, uint32_t s, uint32_t i,
              uint32_t *result);
#define TRY(expected, op, b, c, d, s, i)                                                           \
    expect(call(PAGER_OP_##op, b, c, d, s, i, 0), STATUS_##expected)

uint32_t slot(void); /* the sandbox's */

void ports(void);
void alias(void);
void bad_tasks(void);
void random_operations(void);
void bad_addresses(void);
void bad_lives(void);
void every_frame(void);
void every_table(void);
void twice(void);
void two_places(void);
void sender_keeps(void);
void both_rights(void);
void out_of_bounds(void);
void help_frame(uint32_t frame);
void help_address(uint32_t address);
void help_ports(void);
void help_gone(void);
void exhaustion(void);
void not_free(uint32_t op);
void not_free_parts(void);
void not_its_own(void);
void storm(void);
void long_walks(void);
bool move_echo(void); /* true if it could */

#endif
