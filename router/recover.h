/* SPDX-License-Identifier: BSD-2-Clause */
/* Setting the mailboxes right after the router was restarted. */
#ifndef ROUTER_RECOVER_H
#define ROUTER_RECOVER_H

#include "router.h"

void recover(task_id_t culprit);

#endif
