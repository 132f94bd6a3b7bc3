/* SPDX-License-Identifier: BSD-2-Clause */
/* Found before the compiler's own, which would compile and not link. */
#error "there is no <stdio.h>: print by post_printf, format by post_format: <post.h>"
