/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where in the plan's line a campaign is, and which case comes next. Ring 3, alice. It lies in
 * the keep area, which survives the checkpoint's return: one page.
 *
 * Most campaigns count through the line's ranges. PAIRS and HOSTILES run only what can differ:
 *
 *   PAIRS     A traced call gives the steps after which a mailbox has changed. Recovery reads
 *             mailboxes and the task directory and nothing else: nano has reset the
 *             router's text and data, cleared the wake list and changed the incarnation by which
 *             the route cache counts. So a death at any instruction between two changes is
 *             recovered from as the death right after the first of them. For each of these steps
 *             a traced recovery gives the same for the second death, and each pair is run.
 *   HOSTILES  A watchpoint on a word gives the steps that read it. A change of the word between
 *             two reads is seen by the second and by nobody before; so it is made before each
 *             read, and once before the last instruction: after the last read. The word of a
 *             task that is not running is written by nobody else meanwhile.
 *   USES      The same watchpoint, for def_use.py: the steps are only told.
 *
 * PAIR and HOSTILE are the same at points that the line names: `faults.py` runs a sample of
 * other points and compares (same class, same outcome).
 */
#ifndef FAULTS_CURSOR_H
#define FAULTS_CURSOR_H

#include "plan.h"

enum phase {
    PLAIN,          /* a case of its own                                       */
    TRACE_CALL,     /* nothing goes wrong: the call is looked at                */
    TRACE_RECOVERY, /* killed once, and the recovery is looked at               */
};

#define POINTS_MAX 240

extern struct keep {
    uint32_t step, area, bit, again;
    uint32_t cases;
    uint32_t phase;
    uint32_t points, at;              /* of the call  */
    uint32_t recovery_points, rec_at; /* of the recovery */
    uint32_t point[2 * POINTS_MAX], recovery_point[POINTS_MAX];
} keep;

extern struct line_plan line;

/* To the first case; false: there is none. */
bool cursor_begin(void);

/* On to the next, after a case has been run; false: that was the last. */
bool cursor_on(void);

/* By which campaign's name the case can be run again. */
uint32_t cursor_campaign(void);

#endif
