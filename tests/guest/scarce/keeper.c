/* SPDX-License-Identifier: BSD-2-Clause */
/* keeper: that of the test `grants`. */
#include "../grants/keeper.c"
