/* SPDX-License-Identifier: BSD-2-Clause */
/* Deeds about messages that a hostile router does not carry as it should (attacker_tamper.c). */
#ifndef ATTACKER_TAMPER_H
#define ATTACKER_TAMPER_H

#include <stdbool.h>
#include "hostile.h"

bool tampered(enum tamper how); /* true: it went through, and no further than that message */
bool seal_finds_it(void);

#endif
