/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The decoder of faults, ring 3: one for the pager's log, the shell and the monitor, so that the
 * same death is told in the same words everywhere. It only makes text; what an address of a task
 * is, the pager knows (pager/place.c).
 */
#include <post.h>
#include "post_fault.h"
#include <ringpost/layout.h>

#define VECTOR_PF 14

struct cause {
    uint32_t number;
    const char *mnemonic; /* NULL: no exception */
    const char *text;
};

#define NONE(...)
#define ROW(number, mnemonic, text) {number, mnemonic, text},
#define ROW_OF_CAUSE(number, text)  {number, 0, text},

static const struct cause router_causes[] = {
#define EXCEPTION    ROW
#define ROUTER_CAUSE ROW_OF_CAUSE
#define TASK_CAUSE   NONE
#define PLACE        NONE
#include <ringpost/fault.def>
#undef ROUTER_CAUSE
#undef TASK_CAUSE
};

static const struct cause task_causes[] = {
#define ROUTER_CAUSE NONE
#define TASK_CAUSE   ROW_OF_CAUSE
#include <ringpost/fault.def>
#undef EXCEPTION
#undef TASK_CAUSE
#undef PLACE
};

static const char *const places[] = {
#define EXCEPTION                 NONE
#define TASK_CAUSE                NONE
#define PLACE(name, number, text) [number] = text,
#include <ringpost/fault.def>
};

static const char *place_text(uint32_t place)
{
    return place < sizeof places / sizeof *places ? places[place] : "";
}

static const struct cause *find(const struct post_fault *f)
{
    const struct cause *c = f->router ? router_causes : task_causes;
    unsigned n = f->router ? sizeof router_causes / sizeof *c : sizeof task_causes / sizeof *c;

    for (; n > 0; n--, c++)
        if (c->number == f->vector)
            return c;
    return 0;
}

static uint32_t router_place(const struct post_fault *f)
{
    if (f->vector != VECTOR_PF)
        return FAULT_PLACE_UNKNOWN;
    if (f->address < PROGRAM_BASE)
        return FAULT_PLACE_NULL;
    if (f->address < ROUTER_BASE && f->error & PF_PRESENT)
        return FAULT_PLACE_TASK_PAGE;
    if (f->error & PF_PRESENT)
        return f->error & PF_FETCH ? FAULT_PLACE_NO_CODE : FAULT_PLACE_READ_ONLY;
    return FAULT_PLACE_NOTHING;
}

int post_fault_text(char *text, unsigned size, const struct post_fault *f)
{
    const struct cause *c = find(f);
    const char *place = place_text(f->router ? router_place(f) : f->place);
    const char *did = f->error & PF_FETCH ? "jumped to" : f->error & PF_WRITE ? "wrote to" : "read";

    if (!c)
        return post_format(text, size, "met vector %u; at 0x%08x", f->vector, f->eip);
    if (!c->mnemonic && !f->router)
        return post_format(text, size, "%s", c->text);
    if (!c->mnemonic)
        return post_format(text, size, "%s; at 0x%08x", c->text, f->eip);
    if (f->vector == VECTOR_PF)
        return post_format(text, size, "%s 0x%08x: %s; #PF at 0x%08x", did, f->address,
                           *place ? place : c->text, f->eip);
    return post_format(text, size, "%s; %s at 0x%08x", *place ? place : c->text, c->mnemonic,
                       f->eip);
}

struct post_fault post_router_fault(const uint32_t *words)
{
    return (struct post_fault){.router = true,
                               .vector = words[1] & 0xFFFF,
                               .error = words[1] >> 16,
                               .address = words[2],
                               .eip = words[3]};
}

int post_end_text(char *text, unsigned size, const uint32_t *w)
{
    struct post_fault f = {
        .vector = w[0] - EXIT_KILLED, .error = w[1], .address = w[2], .eip = w[3], .place = w[4]};

    if (w[0] < EXIT_KILLED)
        return post_format(text, size, "exit code %u", w[0]);
    return post_fault_text(text, size, &f);
}
