/* No injector: see inject.h. */
#ifndef NANO_INJECT_OFF_H
#define NANO_INJECT_OFF_H

#define inject_init()            ((void)0)
#define inject_trapped(f, view)  false
#define inject_upcall(event)     0u
#define inject_died(f, hang)     false
#define inject_hang_ticks(ticks) (ticks)

#endif
