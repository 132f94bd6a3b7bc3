/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests of the restart test. */
#ifndef CLERK_H
#define CLERK_H

#define TAG_COUNT         100 /* no call; w1 a number: counted if it is the next one          */
#define TAG_COUNTED       101 /* CALL -> w1 status, w2 how many were counted                  */
#define TAG_RESTART_FIRST 102 /* CALL; w2: has the router restarted -> w1 that status, w2 back */

#endif
