/* SPDX-License-Identifier: BSD-2-Clause */
/* Status codes and their texts, made from status.def. */
#ifndef RINGPOST_STATUS_H
#define RINGPOST_STATUS_H

#include <stdbool.h>

enum status {
#define STATUS(name, number, text) STATUS_##name = number,
#include "status.def"
#undef STATUS
    STATUS_COUNT
};

/* Does this reason, in a mailbox's `held`, say that the router refused the entry? */
static inline bool status_refuses(unsigned reason) { return reason >= STATUS_POISONED; }

/* The text of a status, or "unknown status". Static storage; never NULL. */
static inline const char *status_text(unsigned status)
{
    switch (status) {
#define STATUS(name, number, text) \
    case number:                   \
        return text;
#include "status.def"
#undef STATUS
    default:
        return "unknown status";
    }
}

#endif
