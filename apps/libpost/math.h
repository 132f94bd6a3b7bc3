/* SPDX-License-Identifier: BSD-2-Clause */
/* Found before the compiler's own, which would compile and not link. */
#error "there is no <math.h>: tasks have no floating point"
