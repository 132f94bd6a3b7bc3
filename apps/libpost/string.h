/* SPDX-License-Identifier: BSD-2-Clause */
/* <string.h> for programs in ring 3, by its usual name; <ringpost/string.h> has the guard. */
#include <ringpost/string.h>
