/* SPDX-License-Identifier: BSD-2-Clause */
/* What a fault was about, made from fault.def. */
#ifndef RINGPOST_FAULT_H
#define RINGPOST_FAULT_H

enum fault_place {
#define EXCEPTION(vector, mnemonic, text)
#define ROUTER_CAUSE(number, text)
#define TASK_CAUSE(number, text)
#define PLACE(name, number, text) FAULT_PLACE_##name = number,
#include "fault.def"
#undef EXCEPTION
#undef ROUTER_CAUSE
#undef TASK_CAUSE
#undef PLACE
};

/* Page-fault error code (SDM vol. 3, 4.7). */
#define PF_PRESENT 0x01
#define PF_WRITE   0x02
#define PF_FETCH   0x10

#endif
