/* SPDX-License-Identifier: BSD-2-Clause */
/* The wake list; see wake.h. Ring 0. It is the router's memory: every id in it is an allegation. */
#include <ringpost/status.h>
#include "queue.h"
#include "wake.h"

static struct wake_list *wake_list;

void wake_list_init(struct wake_list *list) { wake_list = list; }

void wake_list_clear(void) { wake_list->count = 0; }

void wake_list_read(void)
{
    uint32_t count = wake_list->count;

    for (uint32_t i = 0; i < count && i < WAKE_MAX; i++) {
        struct task *t = task_running_id(wake_list->id[i]);
        if (t)
            task_wake(t, STATUS_OK, false);
    }
    wake_list->count = 0;
}
