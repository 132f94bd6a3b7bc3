/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wake.pml: who runs. Parking, waking, hand-off, yielding and upcalls, when the router may die.
 *
 * One CPU, so one process: the machine. TASKS tasks in ring 3 post to each other, look at their
 * mailboxes and wait, in any order and for ever; ticks and interrupts arrive in ring 3 and in
 * ring 1 (where they only set `attention`); K kills the router. Of messages and signals
 * there is only whether a task has any that it has not looked at. The runs are unbounded, and so
 * are the kills.
 *
 * Labels and inlines are the code's places: gate is call_gate(), entry its deliver_plain() and
 * deliver_slowly(), then back_to_caller(), park_caller() and choose() (router/call.c); WAKE is
 * wake() of router/signal.c, TELL_OTHERS tell_others() with wake_owed(). park is the gatehouse's
 * short way and task_park(), go_on task_go_on(), dispatch dispatch() (nano/dispatch.c); ENQUEUE is
 * task_wake() (nano/queue.c); upcall nano/upcall.c and router/upcall.c; fault nano/router_fault.c.
 *
 * Shown, whenever ring 3 runs or the CPU idles (CHECK): a parked task that has something
 * to look at, or did not ask to wait, is in the wake list (or the list was full, and the
 * next gate call sees to it; never when the CPU idles); an idle CPU means that nobody is
 * ready; the task that runs is the one that nano thinks runs, and nobody more important is
 * queued or listed; no upcall is owed, and none runs before a RECOVER that is owed; an interrupt
 * is a signal that its task will see.
 *
 * Left out: deadlines and ports (`special`: the plain way may be taken instead of the short one
 * at any time); the order within one priority (any); faults and deaths of tasks, except
 * for GONE; restart points; hangs; an interrupt between the router's last look at
 * `attention` and its RETF, which waits for the next tick.
 */
#ifndef TASKS
#define TASKS 4             /* 3 or 4 */
#endif
#ifndef WAKE_MAX
#define WAKE_MAX 3          /* places in the wake list; the last is for yielding */
#endif
#define NOBODY 0
#define DRIVER TASKS        /* the task whose interrupt line it is */

#define PRIORITY(t) (((t) + 1) / 2)
#define ALL 255             /* attention: come the plain way */

/* Readiness, as the task directory says it. A free task that is not `cpu` is parked. */
#define FREE   0
#define QUEUED 1

#define POST 1
#define WAIT 2

/* nano's */
byte cpu;                   /* whose view is loaded; NOBODY: the idle view */
bit  state[TASKS + 1];
byte attention;
bit  irq_owed, gone_owed, recover_owed;
#define OWED (irq_owed || gone_owed || recover_owed)

/* The router's. `me` is NOBODY in an upcall. */
byte listed, wake_list[WAKE_MAX];
bit  wakes_owed;
byte woken;                 /* the last receiver of the fast path, not yet in the wake list */
byte me, to, u, i;
bit  yielding, may_park;

/* The mailboxes': something new since the task's last look. */
bit  mail[TASKS + 1], signal[TASKS + 1];
#define SOMETHING(t) (mail[t] || signal[t])

/* The judge's. */
bit  waits[TASKS + 1];      /* parked because it asked to */
bit  irq_due;               /* an interrupt came, and DRIVER has not looked since */

#define K if :: goto fault :: skip fi

#define IN_LIST(t) ((listed > 0 && wake_list[0] == (t)) || (listed > 1 && wake_list[1] == (t)) || \
                    (listed > 2 && wake_list[2] == (t)))

/* ---- nano ------------------------------------------------------------------------------ */

inline ENQUEUE(t) {
    state[t] = QUEUED; waits[t] = 0
}

/* Every id is an allegation. */
inline READ_WAKE_LIST() {
    d_step {
        for (i : 0 .. WAKE_MAX - 1) {
            if
            :: i < listed && state[wake_list[i]] == FREE -> ENQUEUE(wake_list[i])
            :: else
            fi;
            wake_list[i] = 0
        }
        i = 0; listed = 0
    }
}

/* i: the highest priority that is queued, or 0. */
inline HIGHEST() {
    i = 0;
    for (u : 1 .. TASKS) {
        i = (state[u] == QUEUED && PRIORITY(u) > i -> PRIORITY(u) : i)
    }
    u = 0
}

#define READY(t) (state[t] == QUEUED && PRIORITY(t) == attention)

/* An interrupt that lands in ring 1. */
inline INTERRUPT() {
    if
    :: irq_owed = 1; irq_due = 1; attention = ALL
    :: attention = ALL
    :: skip
    fi
}

/* ---- the router ------------------------------------------------------------------------ */

#ifdef BUG_YIELD_PLACE
#define WAKE_ROOM WAKE_MAX
#else
#define WAKE_ROOM (WAKE_MAX - 1)
#endif

inline WAKE(t) {
    d_step {
        if
        :: state[t] == FREE && t != me ->
            if
            :: me != NOBODY && PRIORITY(t) > PRIORITY(me) -> yielding = 1
            :: else
            fi;
            if
            :: IN_LIST(t)
            :: else ->
                if
                :: listed >= WAKE_ROOM ->
#ifndef BUG_FULL_DROPS
                    wakes_owed = 1;
#endif
                    yielding = 1
                :: else ->
                    wake_list[listed] = t; listed++;
                    yielding = yielding || listed == WAKE_ROOM
                fi
            fi
        :: else
        fi
    }
}

/* Any task, chosen freely. */
inline SOMEBODY() {
    if
    :: u = 1
    :: u = 2
    :: u = 3
#if TASKS == 4
    :: u = 4
#endif
    fi
}

inline WAKE_SLOWLY() {
    if
    :: woken != NOBODY -> WAKE(woken); woken = 0
    :: else
    fi
}

inline RAISE() {
    K; signal[u] = 1;
    K; WAKE(u)
}

/* Any of the tasks are signalled, in the order of their slots. */
inline RAISE_SOME() {
    u = 1;
    do
    :: u <= TASKS ->
        if
        :: RAISE()
        :: skip
        fi;
        u++
    :: else -> break
    od;
    u = 0
}

/* Room is told; and who was not woken for want of a place is woken now. */
inline TELL_OTHERS() {
    RAISE_SOME();
    if
    :: wakes_owed ->
        wakes_owed = 0;
        for (u : 1 .. TASKS) {
            if
            :: SOMETHING(u) -> WAKE(u)
            :: else
            fi
        }
        u = 0
    :: else
    fi
}

/* ---- what must hold when ring 3 runs or the CPU idles ----------------------------------- */

inline CHECK() {
    d_step {
        me = 0; to = 0; woken = 0; yielding = 0; may_park = 0;
        assert(!OWED);
        assert(!irq_due || signal[DRIVER]);
        assert(cpu == NOBODY || state[cpu] == FREE);
        assert(cpu != NOBODY || (listed == 0 && !wakes_owed));
        for (u : 1 .. TASKS) {
            if
            :: u == cpu
            :: u != cpu && state[u] == QUEUED ->
                assert(cpu != NOBODY && PRIORITY(u) <= PRIORITY(cpu))
            :: else ->
                assert((waits[u] && !SOMETHING(u)) || IN_LIST(u) || (waits[u] && wakes_owed));
                assert(!IN_LIST(u) || PRIORITY(u) <= PRIORITY(cpu))
            fi
        }
        u = 0
    }
}

/* ---- the machine ----------------------------------------------------------------------- */

active proctype Machine() {
    byte op;
    cpu = 1;
    for (u : 2 .. TASKS) {
        waits[u] = 1
    }
    u = 0;

ring3:
    CHECK();
    if
    :: SOMETHING(cpu) -> mail[cpu] = 0; signal[cpu] = 0;        /* a look */
        irq_due = irq_due && cpu != DRIVER; goto ring3
    :: op = POST
    :: op = WAIT
    :: op = POST | WAIT
    :: goto tick
    :: irq_owed = 1; irq_due = 1; attention = ALL; op = 0; goto go_on
    :: gone_owed = 1; attention = ALL; op = 0; goto go_on       /* the pager ends a task */
    fi;

    /* ---- the gate: ring 1, in the caller's view */
gate:
    me = cpu;
#ifdef BUG_ATTENTION_EARLY
    yielding = attention > PRIORITY(me);
#endif
    may_park = 1;
    if
#ifdef BUG_NOTHING_DEAF
    :: skip
#else
    :: TELL_OTHERS()                        /* nothing to post */
#endif
    :: op & POST ->
entry:  SOMEBODY();
        if
        :: !wakes_owed && woken != u -> WAKE_SLOWLY()   /* another lane */
        :: else
        fi;
        if
#ifdef BUG_LANE_OPEN
        :: true ->
#else
        :: !wakes_owed ->                   /* the fast path: nothing closed the lane */
#endif
            K; mail[u] = 1; woken = u; u = 0;
            if
            :: goto entry
            :: skip
            fi
        :: to = u; u = 0;
            WAKE_SLOWLY();
            TELL_OTHERS();
            if
            :: u = to; to = 0;              /* delivered */
                K; mail[u] = 1;
                K; WAKE(u);
                u = 0;
                if
                :: listed < WAKE_MAX - 1 -> goto entry
                :: skip
                :: may_park = 0             /* the list is full, or 64 entries are done */
                fi
            :: to = 0                       /* held for a reason that ends */
            :: to = 0; may_park = 0         /* refused */
            fi
        fi
    fi;
    INTERRUPT();
    if
    :: op & WAIT && may_park && !SOMETHING(me) ->
        waits[me] = 1;
#ifdef BUG_PREEMPTED
        if                                  /* others run now, and one of them posts to me */
        :: mail[me] = 1
        :: skip
        fi;
#endif
        if                                  /* the hand-off: to the only one that was woken */
        :: listed == 0 -> to = woken; woken = 0
        :: listed != 0 ->
            WAKE_SLOWLY();
            yielding = 0;
            if
#ifdef BUG_HANDOFF_FORGETS
            :: listed >= 1 -> to = wake_list[0]; listed = 0
#else
            :: listed == 1 -> to = wake_list[0]; listed = 0
#endif
            :: else
            fi
        fi;
        INTERRUPT();
        goto park
    :: else
    fi;
    if                                      /* back to the caller */
    :: woken != NOBODY && listed == 0 && attention <= PRIORITY(me) &&
       PRIORITY(woken) <= PRIORITY(me) ->
#ifndef BUG_WOKEN_FORGOTTEN
        if
        :: state[woken] == FREE -> wake_list[0] = woken; listed = 1
        :: else
        fi;
#endif
        woken = 0
    :: else -> WAKE_SLOWLY()
    fi;
    if
#ifdef BUG_ATTENTION_EARLY
    :: yielding ->
#else
    :: yielding || attention > PRIORITY(me) ->
#endif
        if                                  /* the hand-off: the caller waits in the list */
#ifdef BUG_YIELD_HANDOFF
        :: listed >= 1 -> to = wake_list[0]; wake_list[0] = me
#else
        :: listed == 1 -> to = wake_list[0]; wake_list[0] = me
#endif
        :: listed != 1 && listed < WAKE_MAX -> wake_list[listed] = me; listed++
        :: else
        fi;
        goto park
    :: else
    fi;
    K; goto ring3;

    /* ---- the gate PARK: ring 0 */
park:
    K;
    op = 0;
    if
#ifdef BUG_SHORT_BLIND
    :: to != NOBODY && state[to] == FREE ->
#elif defined(BUG_SHORT_TO_QUEUED)
    :: to != NOBODY && attention <= PRIORITY(to) ->
#else
    :: to != NOBODY && state[to] == FREE && attention <= PRIORITY(to) ->
#endif
        cpu = to; waits[to] = 0; goto ring3     /* the short way writes nothing */
    :: true
    fi;
#ifdef BUG_LIST_BEFORE_PARK
    state[cpu] = QUEUED;
    READ_WAKE_LIST();
    state[cpu] = FREE;
#endif
    if
    :: to != NOBODY && state[to] == FREE && to != me -> ENQUEUE(to)
    :: else
    fi;

dispatch:
    me = 0; to = 0; woken = 0; yielding = 0; may_park = 0; cpu = NOBODY;
    if
    :: OWED -> goto upcall
    :: else
    fi;
    READ_WAKE_LIST();
    d_step { HIGHEST(); attention = i; i = 0 };
    if
    :: attention == 0 -> goto idle
    :: attention != 0 ->
        if
        :: READY(1) -> cpu = 1
        :: READY(2) -> cpu = 2
        :: READY(3) -> cpu = 3
#if TASKS == 4
        :: READY(4) -> cpu = 4
#endif
        fi;
        state[cpu] = FREE;
        d_step { HIGHEST(); attention = i; i = 0 };
        goto ring3
    fi;

idle:
    CHECK();
    if
    :: goto dispatch                                            /* a tick */
    :: irq_owed = 1; irq_due = 1; goto dispatch
    fi;

tick:
    op = 1;
    /* A trap from ring 3 ends; op: it was a tick. */
go_on:
    state[cpu] = QUEUED;
#ifndef BUG_TICK_DEAF
    if
    :: !OWED -> READ_WAKE_LIST()
    :: else
    fi;
#endif
    state[cpu] = FREE;
    d_step { HIGHEST(); to = i; i = 0 };
    if
    :: !OWED && (to < PRIORITY(cpu) || (to == PRIORITY(cpu) && !op)) ->
        attention = to; to = 0; op = 0; goto ring3
    :: else ->
        to = 0; op = 0;
        state[cpu] = QUEUED;
        goto dispatch
    fi;

    /* ---- an upcall: ring 1, in the idle view. Owed until the router's PARK accepts it. */
upcall:
#ifdef BUG_RECOVER_LAST
    if
    :: irq_owed -> goto irq
    :: !irq_owed && gone_owed -> goto gone
    :: else
    fi;
#else
    if
    :: recover_owed
    :: !recover_owed && irq_owed -> goto irq
    :: !recover_owed && !irq_owed -> goto gone
    fi;
#endif
    K;
    RAISE_SOME();                           /* HELD for whoever has something in his outbox */
    INTERRUPT();
    K; recover_owed = 0;
    goto dispatch;
irq:
    assert(!recover_owed);
#ifdef BUG_UPCALL_ONCE
    irq_owed = 0;
#endif
    u = DRIVER; RAISE(); u = 0;
    INTERRUPT();
    K; irq_owed = 0;
    goto dispatch;
gone:
    assert(!recover_owed);
    RAISE_SOME();                           /* death notices, and HELD */
    INTERRUPT();
    K; gone_owed = 0;
    goto dispatch;

    /* ---- the router died: ring 0 */
fault:
    op = 0;
    d_step {
        yielding = 0; may_park = 0; wakes_owed = 0; woken = 0; to = 0; me = 0; i = 0;
        listed = 0; wake_list[0] = 0; wake_list[1] = 0; wake_list[2] = 0;
#ifdef BUG_NO_WAKE_AT_RESTART
        if
        :: cpu != NOBODY -> ENQUEUE(cpu)
        :: else
        fi;
#else
        for (u : 1 .. TASKS) {
            ENQUEUE(u)
        }
#endif
        u = 0;
        recover_owed = 1
    };
    goto dispatch
}

/*
 * With -DLIVE: if ticks come in ring 3 again and again, and tasks call again and again, then a
 * parked task that has something to look at does not stay parked.
 */
#ifdef LIVE
#define PARKED(t) (state[t] == FREE && cpu != t && SOMETHING(t))
ltl woken {
    ([]<> Machine@tick && []<> Machine@gate) -> [] (PARKED(LIVE) -> <> !PARKED(LIVE))
}
#endif
