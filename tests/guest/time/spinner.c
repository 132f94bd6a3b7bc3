/* SPDX-License-Identifier: BSD-2-Clause */
/* Never waits, never posts. */
#include "post.h"

int main(void)
{
    for (volatile uint32_t count = 0;; count++)
        ;
}
