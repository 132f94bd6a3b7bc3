/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ELF32 executables: the format (TIS ELF 1.2, part 1) and the one check that nano makes before it
 * loads router and pager, and the pager before it loads any other program. Plain C without library
 * calls: it also runs on the host, in tests.
 */
#ifndef RINGPOST_ELF_H
#define RINGPOST_ELF_H

#include <stddef.h>
#include <stdint.h>

struct elf_header {
    uint8_t ident[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint32_t entry;
    uint32_t phoff;
    uint32_t shoff;
    uint32_t flags;
    uint16_t ehsize;
    uint16_t phentsize;
    uint16_t phnum;
    uint16_t shentsize;
    uint16_t shnum;
    uint16_t shstrndx;
};

struct elf_segment {
    uint32_t type;
    uint32_t offset;
    uint32_t vaddr;
    uint32_t paddr;
    uint32_t filesz;
    uint32_t memsz;
    uint32_t flags;
    uint32_t align;
};

#define ELF_LOAD 1
#define ELF_X    1
#define ELF_W    2
#define ELF_R    4
#define ELF_SEGMENTS_MAX 16

static inline const struct elf_segment *elf_segments(const void *image)
{
    const struct elf_header *h = image;
    return (const struct elf_segment *)((const uint8_t *)image + h->phoff);
}

/* The first segment to be loaded from `s` on, or NULL. */
static inline const struct elf_segment *elf_load_from(const void *image,
                                                      const struct elf_segment *s)
{
    const struct elf_header *h = image;

    for (; s < elf_segments(image) + h->phnum; s++)
        if (s->type == ELF_LOAD && s->memsz)
            return s;
    return NULL;
}

/* For each segment to be loaded of an image whose header is right. */
#define ELF_FOR_EACH_LOAD(s, image)                                                                \
    for ((s) = elf_load_from((image), elf_segments(image)); (s);                                   \
         (s) = elf_load_from((image), (s) + 1))

/*
 * Is `image` of `size` bytes an ELF that may be loaded into low..high-1? Returns NULL if it is, and
 * otherwise what is wrong, in words. Loadable segments must lie inside the file and inside the
 * range, start at the same place in a page as in the file, ascend without sharing a page, and not
 * be both writable and executable. The entry point must be in an executable one.
 */
static inline const char *elf_check(const void *image, uint32_t size, uint32_t low, uint32_t high)
{
    const struct elf_header *h = image;
    const struct elf_segment *s;
    uint32_t next = low;
    int entry_ok = 0;

    if (size < sizeof *h || h->ident[0] != 0x7F || h->ident[1] != 'E' || h->ident[2] != 'L' ||
        h->ident[3] != 'F')
        return "not an ELF file";
    if (h->ident[4] != 1 || h->ident[5] != 1 || h->machine != 3)
        return "not for 32-bit x86";
    if (h->type != 2)
        return "not an executable (is it position-independent or relocatable?)";
    if (h->phentsize != sizeof *s || h->phnum == 0 || h->phnum > ELF_SEGMENTS_MAX ||
        h->phoff % 4 != 0 || h->phoff > size || h->phnum * sizeof *s > size - h->phoff)
        return "its program headers are outside the file";
    ELF_FOR_EACH_LOAD (s, image) {
        if (s->filesz > s->memsz || s->offset > size || s->filesz > size - s->offset)
            return "a segment is outside the file";
        if (s->vaddr < low || s->vaddr >= high || s->memsz > high - s->vaddr)
            return "a segment is outside the address range";
        if (s->filesz && (s->vaddr ^ s->offset) & 0xFFF)
            return "a segment is not page-aligned with its place in the file";
        if ((s->vaddr & ~0xFFFu) < next)
            return "segments overlap or share a page";
        if ((s->flags & (ELF_W | ELF_X)) == (ELF_W | ELF_X))
            return "a segment is both writable and executable";
        if ((s->flags & ELF_X) && h->entry - s->vaddr < s->memsz)
            entry_ok = 1;
        next = (s->vaddr + s->memsz + 0xFFF) & ~0xFFFu;
    }
    return entry_ok ? NULL : "its entry point is not in an executable segment";
}

#endif
