/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where audit, check and probes come in. Ring 0, in every build but a release (RELEASE=1). Nano
 * does not know about them: the linker puts each function here in front of nano's function of that
 * name
 * (--wrap, see audit.mk), and __real_x is nano's own.
 *
 *   gdt_set_limits   at boot, while all fences are up: the engine is probed
 *   load_pager       at boot, when everything is built and nothing has run: the first audit
 *   pager_gate       the pager's CHECK and AUDIT, which nano itself answers with BAD_OP
 */
#include <ringpost/pager_gate.h>
#include <ringpost/status.h>
#include "audit.h"
#include "check.h"
#include "gdt.h"
#include "load_pager.h"
#include "pager_gate.h"
#include "probe.h"

void __real_gdt_set_limits(bool segment_fence);
void __wrap_gdt_set_limits(bool segment_fence);
void __real_load_pager(const struct module *m, const struct booted *from);
void __wrap_load_pager(const struct module *m, const struct booted *from);
void __real_pager_gate(struct frame *f);
void __wrap_pager_gate(struct frame *f);

void __wrap_gdt_set_limits(bool segment_fence)
{
    probe_engine();
    __real_gdt_set_limits(segment_fence);
}

void __wrap_load_pager(const struct module *m, const struct booted *from)
{
    __real_load_pager(m, from);
    audit_boot();
}

static __attribute__((noinline)) void answer_check(struct frame *f)
{
    f->ebx = check_invariants();
    f->eax = STATUS_OK;
}

static __attribute__((noinline)) void answer_audit(struct frame *f)
{
    struct audit a;

    audit(&a);
    f->ebx = a.violations;
    f->ecx = a.text;
    f->edx = a.tables;
    f->eax = STATUS_OK;
}

/* The pager comes here for every page that it moves, so
 * there is little before the jump to nano's. */
void __wrap_pager_gate(struct frame *f)
{
    if (f->eax == PAGER_OP_CHECK)
        answer_check(f);
    else if (f->eax == PAGER_OP_AUDIT)
        answer_audit(f);
    else
        __real_pager_gate(f);
}
