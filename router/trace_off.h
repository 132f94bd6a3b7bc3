/* Tracing off: every trace() is nothing at all. Ring 1; see trace.h. */
#ifndef ROUTER_TRACE_OFF_H
#define ROUTER_TRACE_OFF_H

#define trace(event, task, argument) ((void)0)

#endif
