/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names and routes: for each slot which task is up in it, and what its handles mean.
 *
 * Ring 3, the registrar; plain C, also built on the host. A route is a handle and the line of the
 * policy that allowed it. The registrar looks the receiver up by name at each question, so a route
 * outlives the death of its receiver and finds the next task of that name. When the task that has
 * the route goes down, the registrar forgets its routes. It keeps a revoked route, so that the task
 * cannot open the same name again.
 *
 * The invariant: a name is up at most once; a task has at most one handle for a name. The table is
 * sparse: its pages take no memory until somebody touches them.
 */
#include "routes.h"
#include <ringpost/layout.h>

struct client {
    uint32_t id; /* 0: nobody is up in this slot */
    char name[NAME_BYTES];
    const struct rule *route[HANDLES]; /* by handle; NULL: free */
    bool revoked[HANDLES];
    bool closed[HANDLES]; /* the router holds this handle to be revoked, because it was closed */
};

static struct client clients[MAX_TASKS];
static uint32_t slots; /* one beyond the highest that was ever up */

static struct client *find(uint32_t id)
{
    struct client *c = TASK_SLOT(id) < slots ? &clients[TASK_SLOT(id)] : 0;

    return c && id && c->id == id ? c : 0;
}

/* A task has come up. The task that had its slot or its name before is gone. */
void routes_up(uint32_t id, const char *name)
{
    struct client *c = &clients[TASK_SLOT(id)];

    if (!id || TASK_SLOT(id) >= MAX_TASKS)
        return;
    routes_down(routes_id_of(name));
    *c = (struct client){.id = id};
    for (uint32_t i = 0; i < NAME_BYTES - 1 && name[i]; i++)
        c->name[i] = name[i];
    if (TASK_SLOT(id) >= slots)
        slots = TASK_SLOT(id) + 1;
}

void routes_down(uint32_t id)
{
    struct client *c = find(id);

    if (c)
        c->id = 0;
}

/* The id of the task that is up by that name; 0: none is. The router is always up. */
uint32_t routes_id_of(const char *name)
{
    if (names_equal(name, "router"))
        return ID_ROUTER;
    for (uint32_t slot = 1; slot < slots; slot++)
        if (clients[slot].id && names_equal(clients[slot].name, name))
            return clients[slot].id;
    return 0;
}

const char *routes_name_of(uint32_t id)
{
    struct client *c = find(id);

    return id == ID_ROUTER ? "router" : c ? c->name : 0;
}

/*
 * Opens a route to the task of that name, for `id`; the same handle again if it is open already.
 *   DENIED: the name is known, but no line allows it; NO_SUCH: the name is not known
 *   REVOKED: somebody took it from this task; NO_ROOM: all handles are in use; BAD_TASK: `id` is
 *   not up
 */
enum status routes_open(const struct policy *p, uint32_t id, const char *name, uint32_t *handle)
{
    struct client *c = find(id);
    const struct rule *rule = c ? policy_find(p, c->name, name) : 0;
    uint32_t free = HANDLES;

    if (!c)
        return STATUS_BAD_TASK;
    if (!rule)
        return policy_knows(p, name) || routes_id_of(name) ? STATUS_DENIED : STATUS_NO_SUCH;
    for (uint32_t h = HANDLES; h-- > HANDLE_FIRST;) {
        if (!c->route[h])
            free = h;
        else if (names_equal(c->route[h]->whom, name))
            return *handle = h, c->revoked[h] ? STATUS_REVOKED : STATUS_OK;
    }
    if (free == HANDLES)
        return STATUS_NO_ROOM;
    c->route[free] = rule;
    *handle = free;
    return STATUS_OK;
}

/* A revoked route cannot be closed: closing and opening it again would undo the revocation. */
enum status routes_close(uint32_t id, uint32_t handle)
{
    struct client *c = find(id);

    if (!c || handle >= HANDLES || !c->route[handle])
        return STATUS_NO_ROUTE;
    if (c->revoked[handle])
        return STATUS_REVOKED;
    c->route[handle] = 0;
    c->closed[handle] = true;
    return STATUS_OK;
}

/* Was this handle, open now, closed before? True once: the router must learn that it is open. */
bool routes_reopened(uint32_t id, uint32_t handle)
{
    struct client *c = find(id);
    bool closed = c && handle < HANDLES && c->closed[handle];

    if (closed)
        c->closed[handle] = false;
    return closed;
}

enum status routes_revoke(uint32_t id, uint32_t handle)
{
    struct client *c = find(id);

    if (!c)
        return STATUS_BAD_TASK;
    if (handle >= HANDLES || !c->route[handle])
        return STATUS_NO_ROUTE;
    c->revoked[handle] = true;
    return STATUS_OK;
}

/* What the route means now. NO_ROUTE, REVOKED; DEAD: no task of that name is up. */
enum status routes_look(uint32_t id, uint32_t handle, struct route_view *view)
{
    struct client *c = find(id);

    if (!c || handle >= HANDLES || !c->route[handle])
        return STATUS_NO_ROUTE;
    *view = (struct route_view){handle, routes_id_of(c->route[handle]->whom), c->route[handle]};
    return c->revoked[handle] ? STATUS_REVOKED : view->receiver ? STATUS_OK : STATUS_DEAD;
}

/* The n-th route of a task, dead and revoked ones too. NONE: no more. */
enum status routes_list(uint32_t id, uint32_t n, struct route_view *view)
{
    if (!find(id))
        return STATUS_BAD_TASK;
    for (uint32_t h = HANDLE_FIRST; h < HANDLES; h++)
        if (routes_look(id, h, view) != STATUS_NO_ROUTE && n-- == 0)
            return STATUS_OK;
    return STATUS_NONE;
}
