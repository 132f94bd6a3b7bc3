/* SPDX-License-Identifier: BSD-2-Clause */
/* The registrar's table: a row for each slot, in pages that outlive the registrar. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/layout.h>
#include <ringpost/message.h>
#include "policy.h"

/* A handle's word; its upper half is a check of the lower one, of handle and task id. */
#define ROUTE_RULE    0x01FFu /* the line of the policy + 1; 0: the handle is free */
#define ROUTE_REVOKED 0x0200u /* stays so, and cannot be closed */
#define ROUTE_CLOSED  0x0400u /* was closed once: the router may hold this handle to be revoked */
#define ROUTE_LOST    0x0800u /* the word was damaged: nobody knows what it was */

struct row {
    uint32_t mark; /* ROW_EMPTY, or a check of id and name; the last word of a row to be written */
    uint32_t id;
    char name[NAME_BYTES];
    uint32_t route[HANDLES]; /* ROUTE_* */
};

#define ROW_EMPTY 0x4F0F0F0Eu /* even; a check is odd */

/* What this registrar knows of a row; forgotten with it. */
enum row_state {
    ROW_NEW,     /* written by this registrar, or confirmed by the pager */
    ROW_KEPT,    /* of an earlier registrar */
    ROW_DAMAGED, /* of an earlier registrar, and not as it was written */
};

struct table {
    uint32_t head; /* one beyond the highest row that is in use; the upper half is a check */
    struct row row[MAX_TASKS];
};

#define TABLE_PAGES ((sizeof(struct table) + PAGE_SIZE - 1) / PAGE_SIZE)

/* Called for what is dropped: slot 0 is the head, handle 0 the whole row. */
typedef void table_says(uint32_t slot, uint32_t handle);

void table_open(void *memory, uint32_t kept_pages, const struct policy *policy, table_says *says);
uint32_t table_slots(void);
struct row *table_row(uint32_t slot);
struct row *table_find(uint32_t id);
uint32_t table_route(const struct row *row, uint32_t handle);
void table_set_route(struct row *row, uint32_t handle, uint32_t route);
void table_up(uint32_t id, const char *name);
void table_down(struct row *row);
void table_confirmed(void);

void table_store(uint32_t *word, uint32_t value);
