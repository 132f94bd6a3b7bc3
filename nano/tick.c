/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tick: PIT channel 0 in mode 2 at 1 kHz, on interrupt line 0. Ring 0. The clock page is
 * written here and mapped read-only into every view by part.c.
 */
#include "frame.h"
#include "pic.h"
#include "print.h"
#include "queue.h"
#include "string.h"
#include "tick.h"
#include "walk.h"

#define PIT_HZ       1193182
#define PORT_PIT     0x40
#define PORT_PIT_CMD 0x43
#define PIT_RATE     0x34 /* channel 0, low and high byte, mode 2 */

static frame_t clock_frame;
static struct clock *clock;

/* Without ticks no task is ever interrupted: better not to begin. The TSC counts to 2^32 at most.
 */
static void await_first(void)
{
    uint32_t begin = read_time_stamp(), last = 0, spent = 0;

    for (; !pic_is_raised(0); last = spent) {
        spent = read_time_stamp() - begin;
        if (spent < last)
            nano_stop("the timer gives no ticks (PIT channel 0, irq 0)");
    }
}

void tick_init(void)
{
    uint32_t divisor = (PIT_HZ + TICK_HZ / 2) / TICK_HZ;

    clock_frame = frame_run(1, FRAME_NANO);
    if (!clock_frame)
        nano_stop("not enough memory for the clock page; give the machine more");
    clock = frame_memory(clock_frame);
    clear_page(clock);
    clock->hz = TICK_HZ;
    outb(PORT_PIT_CMD, PIT_RATE);
    outb(PORT_PIT, divisor & 0xFF);
    outb(PORT_PIT, divisor >> 8);
    await_first();
}

void tick_count(void)
{
    clock->now++;
    deadlines_pass(clock->now);
}

uint32_t tick_now(void) { return clock->now; }

void tick_count_entry(void) { clock->ring0_entries++; }

pte_t tick_clock_pte(void) { return PTE_TO(clock_frame) | PTE_P | PTE_U | PTE_NX; }
