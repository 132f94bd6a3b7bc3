/* SPDX-License-Identifier: BSD-2-Clause */
/* Mailboxes as wholes; mailbox.c says when one is in use. */
#ifndef ROUTER_MAILBOX_H
#define ROUTER_MAILBOX_H

#include "router.h"

struct mailbox *mailbox_find(task_id_t id);
struct mailbox *mailbox_in_use(slot_t slot);
void mailbox_take_up(slot_t slot);
void mailbox_set_aside(slot_t slot);

#endif
