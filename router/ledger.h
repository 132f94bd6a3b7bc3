/* SPDX-License-Identifier: BSD-2-Clause */
/* The ledger of open calls; ledger.c says how a slot opens and closes. */
#ifndef ROUTER_LEDGER_H
#define ROUTER_LEDGER_H

#include "post.h"

/* call.room: the call lent frames, and the reply has to wait until they are back. */
#define CALL_LENT 0x80000000u

bool ledger_prepare(const struct caller *caller, struct post *post, slot_t to);
struct call *ledger_slot(task_id_t caller, ring_index_t index);
enum status ledger_find(const struct caller *server, task_id_t caller, ring_index_t index,
                        const struct call **found);
void ledger_open(task_id_t caller, ring_index_t index, task_id_t server);
void ledger_hand_on(task_id_t caller, ring_index_t index, task_id_t from, task_id_t server);
void ledger_close(const struct caller *caller, task_id_t task, ring_index_t index,
                  task_id_t server);
bool ledger_recount(slot_t slot);

#endif
