/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world of the tests about tasks and their requests: programs to load, a manifest, a router
 * that keeps what was delivered and can be told to refuse. Before and after each test there is
 * nobody but the pager, and all frames are accounted for: the pager's bitmap against the fake's
 * frame types.
 */
#ifndef TASKS_WORLD_H
#define TASKS_WORLD_H

#include "fake.h"
#include "../../../pager/fault.h"
#include "../../../pager/frames.h"
#include "../../../pager/landing.h"
#include "../../../pager/memory.h"
#include "../../../pager/module.h"
#include "../../../pager/request.h"
#include "../../../pager/restart.h"
#include "../../../pager/send.h"

#define PROGRAM  BOOT_MODULES
#define BROKEN   (BOOT_MODULES + TABLE_SPAN)
#define DATA     (BOOT_MODULES + 2 * TABLE_SPAN)
#define DATA_LEN (TABLE_SPAN + 5 * PAGE_SIZE + 100) /* one whole table and a bit */
#define TEXT     0x00400000u
#define RW       0x00600000u
#define RW_FILE  (PAGE_SIZE + 300)
#define BIG_BSS  (100 * PAGE_SIZE)

#define TASKS_SENT 4096

extern struct line sent[TASKS_SENT]; /* what the router has delivered */
extern unsigned sent_count;
extern enum status registrar_says;
extern uint32_t dead;     /* a caller that has died */
extern uint32_t baseline; /* free frames before the test */

int set_up(void **state);
int count_before(void **state);
int count_after(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, count_before, count_after)

/* The last thing sent to that peer with that tag, or NULL. */
const struct line *last_sent(uint32_t peer, uint16_t tag);

uint32_t launch(const char *name);
void nobody_is_ending(void); /* after turns of the main loop */

extern uint32_t request_index; /* call index of the last request */

/* A request; the status that was answered, or STATUS_COUNT: there was no reply. */
enum status request(uint32_t from, uint16_t tag, uint32_t badge, uint32_t w1, uint32_t w2,
                    uint32_t w3, const char *text, struct line *reply);
enum status simple(uint32_t from, uint16_t tag, uint32_t badge, uint32_t w1, uint32_t w2);

/* The page holds bytes[from..to-1] there, and zeroes. */
void check_page(uint32_t id, uint32_t page, uint32_t rights, const uint8_t *bytes, uint32_t from,
                uint32_t to);

#endif
