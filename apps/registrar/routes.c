/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names and routes: which task is up by a name, and what the handles of each mean.
 *
 * Ring 3, the registrar; plain C, also built on the host. A route is a handle and the line of the
 * policy that allowed it. The registrar looks the receiver up by name at each question, so a route
 * outlives the death of its receiver and finds the next task of that name. When the task that has
 * the route goes down, the registrar forgets its routes. It keeps a revoked route, so that the task
 * cannot open the same name again.
 *
 * The invariant: a name is up at most once; a task has at most one handle for a name. All of it is
 * in the table (table.c), which outlives the registrar, too.
 */
#include "routes.h"

static const struct policy *policy;
static const struct rule no_rule = {"", "", 0, 0, 0, 0};

void routes_start(void *memory, uint32_t kept_pages, const struct policy *p, table_says *says)
{
    policy = p;
    table_open(memory, kept_pages, p, says);
}

/* A task has come up. The task that had its slot or its name before is gone. */
void routes_up(uint32_t id, const char *name)
{
    uint32_t before = routes_id_of(name);

    if (!id || TASK_SLOT(id) >= MAX_TASKS)
        return;
    if (before != id)
        routes_down(before);
    table_up(id, name);
}

void routes_down(uint32_t id)
{
    struct row *r = table_find(id);

    if (r)
        table_down(r);
}

/* The id of the task that is up by that name; 0: none is. The router is always up. */
uint32_t routes_id_of(const char *name)
{
    if (names_equal(name, "router"))
        return ID_ROUTER;
    for (uint32_t slot = 1; slot < table_slots(); slot++) {
        const struct row *r = table_row(slot);

        if (r && names_equal(r->name, name))
            return r->id;
    }
    return 0;
}

const char *routes_name_of(uint32_t id)
{
    const struct row *r = table_find(id);

    return id == ID_ROUTER ? "router" : r ? r->name : 0;
}

/* The line of the policy of a route that is in use. */
static const struct rule *rule_of(uint32_t route)
{
    return route & ROUTE_RULE ? &policy->rule[(route & ROUTE_RULE) - 1] : &no_rule;
}

/* Is the handle in use: open, revoked, or lost? */
static bool used(uint32_t route) { return route & (ROUTE_RULE | ROUTE_LOST); }

static bool revoked(uint32_t route) { return route & (ROUTE_REVOKED | ROUTE_LOST); }

/*
 * Opens a route to the task of that name, for `id`; the same handle again if it is open already.
 *   DENIED: the name is known, but no line allows it; NO_SUCH: the name is not known
 *   REVOKED: somebody took it from this task, or may have: one of its routes is lost
 *   NO_ROOM: all handles are in use; BAD_TASK: `id` is not up
 */
enum status routes_open(const struct policy *p, uint32_t id, const char *name, uint32_t *handle)
{
    struct row *r = table_find(id);
    const struct rule *rule = r ? policy_find(p, r->name, name) : 0;
    uint32_t free = HANDLES;
    bool lost = false;

    if (!r)
        return STATUS_BAD_TASK;
    if (!rule)
        return policy_knows(p, name) || routes_id_of(name) ? STATUS_DENIED : STATUS_NO_SUCH;
    for (uint32_t h = HANDLES; h-- > HANDLE_FIRST;) {
        uint32_t route = table_route(r, h);

        lost |= (route & ROUTE_LOST) != 0;
        if (!used(route))
            free = h;
        else if (names_equal(rule_of(route)->whom, name))
            return *handle = h, revoked(route) ? STATUS_REVOKED : STATUS_OK;
    }
    if (lost)
        return STATUS_REVOKED;
    if (free == HANDLES)
        return STATUS_NO_ROOM;
    table_set_route(r, free,
                    (uint32_t)(rule - p->rule + 1) | (table_route(r, free) & ROUTE_CLOSED));
    *handle = free;
    return STATUS_OK;
}

/* A revoked route cannot be closed: closing and opening it again would undo the revocation. */
enum status routes_close(uint32_t id, uint32_t handle)
{
    struct row *r = table_find(id);

    if (!r || handle >= HANDLES || !used(table_route(r, handle)))
        return STATUS_NO_ROUTE;
    if (revoked(table_route(r, handle)))
        return STATUS_REVOKED;
    table_set_route(r, handle, ROUTE_CLOSED);
    return STATUS_OK;
}

enum status routes_revoke(uint32_t id, uint32_t handle)
{
    struct row *r = table_find(id);

    if (!r)
        return STATUS_BAD_TASK;
    if (handle >= HANDLES || !used(table_route(r, handle)))
        return STATUS_NO_ROUTE;
    table_set_route(r, handle, table_route(r, handle) | ROUTE_REVOKED);
    return STATUS_OK;
}

/* What the route means now. NO_ROUTE, REVOKED; DEAD: no task of that name is up. */
enum status routes_look(uint32_t id, uint32_t handle, struct route_view *view)
{
    const struct row *r = table_find(id);
    uint32_t route = r && handle < HANDLES ? table_route(r, handle) : 0;
    const struct rule *rule = rule_of(route);

    if (!used(route))
        return STATUS_NO_ROUTE;
    *view = (struct route_view){handle, routes_id_of(rule->whom), rule};
    return revoked(route) ? STATUS_REVOKED : view->receiver ? STATUS_OK : STATUS_DEAD;
}

/* The n-th route of a task, dead and revoked ones too. NONE: no more. */
enum status routes_list(uint32_t id, uint32_t n, struct route_view *view)
{
    if (!table_find(id))
        return STATUS_BAD_TASK;
    for (uint32_t h = HANDLE_FIRST; h < HANDLES; h++)
        if (routes_look(id, h, view) != STATUS_NO_ROUTE && n-- == 0)
            return STATUS_OK;
    return STATUS_NONE;
}

/* What the router must be told of the handle. Telling it once more does no harm. */
enum route_news routes_news(uint32_t id, uint32_t handle)
{
    const struct row *r = table_find(id);
    uint32_t route = r && handle < HANDLES ? table_route(r, handle) : 0;

    if (revoked(route) || (route & ROUTE_CLOSED && !used(route)))
        return NEWS_GONE;
    return route & ROUTE_CLOSED ? NEWS_OPEN : NEWS_NONE;
}
