/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A nano of the test's own, behind the call that the pager makes (pager/gate.h): frame
 * types, views, lives of tasks. It is written from pager_gate.h and not from nano's sources, so
 * that both sides are held to the header. Frames have contents; the pager's own pages can be
 * touched at their addresses.
 */
#ifndef FAKE_H
#define FAKE_H

#include <stdbool.h>
#include <stdint.h>
#include "../../../pager/gate.h"

#define FAKE_FRAMES 8192
#define FAKE_SLOTS  12
#define FAKE_PAGER  0x00010001u

struct fake_page {
    uint16_t frame; /* 0: not mapped */
    uint8_t rights;
};

void fake_start(void);
struct fake_page fake_page(uint32_t id, uint32_t address); /* with what its table lets it have */
const uint8_t *fake_bytes(uint32_t frame);
uint8_t *fake_module(uint32_t address, uint32_t bytes); /* in the pager's view */
void fake_age(uint32_t slot, uint32_t generation);      /* the last one that the slot has had */
void fake_fault(uint32_t id, uint32_t vector, uint32_t error, uint32_t address, uint32_t eip);
bool fake_started(uint32_t id);
bool fake_resumed(uint32_t id); /* since the last fault */
uint32_t fake_registrar(void);
uint32_t fake_irq_task(void); /* whose irq 4 is */
uint32_t fake_free(void);     /* frames */
bool fake_is_free(uint32_t frame);
bool fake_table(uint32_t id, uint32_t address); /* is there a page table? */
void fake_router_lets_go(void);                 /* of all that are retired */

extern char fake_log[8192]; /* what the pager logged */
extern int fake_power_off;  /* -1, or the exit code */
extern unsigned fake_calls[PAGER_OP_COUNT];
extern enum pager_op fake_refuses;           /* 0, or the operation that is refused: BUSY */
extern void (*fake_after)(enum pager_op op); /* NULL, or called after each operation */

#endif
