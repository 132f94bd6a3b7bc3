/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy: who may post to whom, and how. policy.c has the syntax. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/words.h>

#define POLICY_MAX 256

/* One line of the policy. */
struct rule {
    char who[NAME_BYTES]; /* "*": everybody */
    char whom[NAME_BYTES];
    uint32_t badge;
    uint32_t rights; /* RIGHT_* */
    uint32_t first_tag;
    uint32_t last_tag;
};

struct policy {
    uint32_t count;
    struct rule rule[POLICY_MAX];
};

bool policy_parse(struct policy *p, const char *text, uint32_t bytes, struct text_error *error);
const struct rule *policy_find(const struct policy *p, const char *who, const char *whom);
bool policy_knows(const struct policy *p, const char *name);
