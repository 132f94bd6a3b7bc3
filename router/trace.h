/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace(EVENT, task, argument): a note for people with a debugger, in the router, ring 1.
 * The build chooses: with -DTRACE_ON each note is a record in the trace ring, without
 * it the fast path has not one instruction more. EVENT is a name from <ringpost/trace.def>.
 * trace_refusal(task): where in the source an entry was refused; with -DDEBUG_ON only.
 */
#pragma once

#ifdef TRACE_ON
#include "trace_on.h"
#else
#define trace(event, task, argument) ((void)0)
#define trace_refusal(task)          ((void)0)
#endif
