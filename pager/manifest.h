/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot manifest: which tasks there are and what each may have. manifest.c has the syntax. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/words.h>

#define MANIFEST_MAX   64
#define MANIFEST_GIVES 4 /* names in modules= */

/* After which ends the pager starts a task again. */
enum restart {
    RESTART_NEVER,
    RESTART_FAULT,  /* after a fault of its own */
    RESTART_ALWAYS, /* whatever ended it, KILL too */
};

/* One line of the manifest. */
struct program {
    char name[NAME_BYTES];
    char module[NAME_BYTES];
    char gives[MANIFEST_GIVES][NAME_BYTES]; /* modules it may ask for; "": no more */
    bool may_lack[MANIFEST_GIVES];          /* this one need not be there ("NAME?") */
    uint32_t line;                          /* of the manifest */
    uint32_t priority;
    uint32_t in_lines;   /* 64 or 128 */
    uint32_t out_lines;  /* 64 or 128 */
    uint32_t port_first; /* its first I/O port */
    uint32_t ports;      /* how many ports it has; 0: none */
    uint32_t irq;        /* 1..15, the interrupt line that it drives; 0: none */
    bool start;          /* the pager starts it at boot */
    enum restart restart;
};

struct manifest {
    uint32_t count;
    struct program program[MANIFEST_MAX];
};

bool manifest_parse(struct manifest *m, const char *text, uint32_t bytes, struct text_error *error);
bool manifest_fits(const struct manifest *m, bool (*there)(const char *module), uint32_t slots,
                   struct text_error *error);
const struct program *manifest_find(const struct manifest *m, const char *name);
bool manifest_gives(const struct program *p, const char *module);
