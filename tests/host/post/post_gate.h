/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of apps/libpost/post_gate.h: the gate is played by router_model.c. */
#ifndef POST_GATE_H
#define POST_GATE_H

#include <stdint.h>

unsigned post_gate(unsigned operation, uint32_t deadline);

#endif
