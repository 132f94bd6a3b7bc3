/* SPDX-License-Identifier: BSD-2-Clause */
/* <string.h> for programs in ring 3. */
#include <ringpost/string.h>
