/* SPDX-License-Identifier: BSD-2-Clause */
/* Which tasks are up, and which routes each has. routes.c says how the registrar keeps them. */
#pragma once

#include <ringpost/message.h>
#include <ringpost/status.h>
#include "policy.h"
#include "table.h"

/* What a route means at this moment. */
struct route_view {
    uint32_t handle;
    uint32_t receiver;       /* task id; 0: not up now */
    const struct rule *rule; /* for OK, DEAD and REVOKED; of a LOST route one that allows nothing */
};

/* What the router must be told about a handle, because it may know something else. */
enum route_news {
    NEWS_NONE,
    NEWS_GONE, /* closed or revoked */
    NEWS_OPEN, /* open again after it was closed */
};

void routes_start(void *memory, uint32_t kept_pages, const struct policy *p, table_says *says);

void routes_up(uint32_t id, const char *name);
void routes_down(uint32_t id);
uint32_t routes_id_of(const char *name);
const char *routes_name_of(uint32_t id);

enum status routes_open(const struct policy *p, uint32_t id, const char *name, uint32_t *handle);
enum status routes_close(uint32_t id, uint32_t handle);
enum status routes_revoke(uint32_t id, uint32_t handle);
enum status routes_look(uint32_t id, uint32_t handle, struct route_view *view);
enum status routes_list(uint32_t id, uint32_t n, struct route_view *view);
enum route_news routes_news(uint32_t id, uint32_t handle);
