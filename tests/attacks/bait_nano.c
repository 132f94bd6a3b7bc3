/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bait: two words of nano's data that attacks are after. Ring 0; linked into the attack suite's
 * own nano ($(B)/hostile/baited.elf), which is the real one with nothing else added. Attacks try to
 * read the first word and to write the second, which nobody uses.
 */
#include <stdint.h>

extern uint32_t nano_secret[2];
uint32_t nano_secret[2] = {0x52494E47, 0};
