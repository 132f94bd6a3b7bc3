/* SPDX-License-Identifier: BSD-2-Clause */
/* The way out to nano: the caller is parked, and `to` runs next, if it is not 0. */
#ifndef ROUTER_PARK_H
#define ROUTER_PARK_H

#include "router.h"

BY_REGISTER _Noreturn void park(task_id_t to, uint32_t deadline);

#endif
