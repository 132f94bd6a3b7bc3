/* SPDX-License-Identifier: BSD-2-Clause */
/* The check of router and pager before they are loaded. Ring 0, once. */
#include <ringpost/elf.h>
#include <ringpost/layout.h>
#include "print.h"
#include "program.h"

void program_check(const struct module *m, uint32_t low, uint32_t high)
{
    const void *image = (const void *)m->start;
    const char *error = elf_check(image, m->end - m->start, low, high);
    const struct elf_segment *s;

    /* The pager could load such a segment, but nano maps and resets whole pages. */
    if (!error)
        ELF_FOR_EACH_LOAD (s, image)
            if (s->vaddr % PAGE_SIZE)
                error = "a segment begins inside a page";
    if (error)
        nano_stop("module %s: %s", m->name, error);
}
