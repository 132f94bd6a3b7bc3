/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of tasks, as nano tells them. */
#pragma once

void fault_events(void);
