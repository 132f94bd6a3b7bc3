/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests of the signals test; each is a CALL, except TAG_MAIL. */
#ifndef WATCHER_H
#define WATCHER_H

#include "post.h"

#define TAG_SEEN  100 /* -> w2: user signals since the last question   */
#define TAG_SLEEP 101 /* w2 ticks: answered first, then sleep           */
#define TAG_ECHO  102 /* w2 rounds: answered first, then send signal 0 back as often as it comes */
#define TAG_MAIL  103 /* nothing                                        */

#endif
