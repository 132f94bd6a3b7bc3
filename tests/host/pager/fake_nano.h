/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two halves of the fake nano share: fake.c has
 * tasks and the switch, fake_pages.c pages. */
#ifndef FAKE_NANO_H
#define FAKE_NANO_H

#include <ringpost/layout.h>
#include <ringpost/message.h>
#include "fake.h"

#define PAGES  (LANDING_END / PAGE_SIZE)
#define TABLES (LANDING_END / TABLE_SPAN)

enum type { RESERVED, FREE, MAPPED, TABLE, MAILBOX };
enum life { NONE, MADE, STARTED, RETIRED, TOLD };

struct fake_task {
    uint32_t id;
    enum life life;
    uint32_t parts[PART_COUNT];
    uint16_t *table;       /* frame by table */
    uint8_t *table_rights; /* that bound its pages' */
    struct fake_page *page;
    bool stopped, faulted, resumed;
    uint32_t lines;
    struct gate fault;
};
extern struct fake_task task[FAKE_SLOTS];

extern enum type type[FAKE_FRAMES];
extern uint8_t *memory; /* of the frames */
extern int file;        /* the same */

int find(uint32_t id); /* its slot, or 0 */
struct fake_page effective(int slot, uint32_t address);
void show(int slot, uint32_t address); /* in the pager's view, if it is the pager's */
bool frame_free(uint32_t f);
void use(uint32_t f, enum type t); /* zeroed, and of that type from now on */

/* pager_gate.h's operations, on slot s. */
enum status fake_table_give(int s, const struct gate *g);
enum status fake_table_take(int s, struct gate *g);
enum status fake_map(int s, const struct gate *g);
enum status fake_unmap(int s, struct gate *g);
enum status fake_protect(int s, const struct gate *g);
enum status fake_move(int s, const struct gate *g, uint32_t pages);
enum status fake_move_tables(int s, const struct gate *g, uint32_t tables);
enum status fake_query_table(int s, struct gate *g);
enum status fake_query_page(int s, struct gate *g);

#endif
