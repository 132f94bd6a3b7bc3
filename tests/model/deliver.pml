/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * deliver.pml: what becomes of messages when the router may die at any instruction.
 *
 * SENDERS tasks post to RECEIVERS tasks: messages of one and two lines, signals (NOTIFY), and
 * entries that must be refused. The router is passive: it is run by the task that calls, or after a
 * restart in the idle view, and nobody else runs meanwhile, because a tick that lands in ring 1
 * only sets `attention`. So a call is one atomic sequence, and in it K, before every store that
 * outlives the router, may kill the router. Ring 3 is preempted between any two of its steps:
 * that is the interleaving of the processes.
 *
 * Sender is libpost's outbox.c: post, void what is refused, wait for HELD; Receiver is its
 * inbox.c. Both then do what call_gate() does in their time (router/call.c): DRAIN with ADVANCE
 * is its loop with deliver_plain() and deliver_slowly(); the kinds of entries are the branches
 * of deliver(), PUT is inbox_put() (inbox.c), HOLD held_wait() (held.c), ROOM_HOLD and ROOM_TELL
 * are room_hold() and room_tell() with the queue of room.c, RECORD is record_begin(), ADVANCE also
 * record_pass() (record.h), RAISE is signal_raise() (signal.c). RESET_ROUTER is
 * nano's router_fault(), RECOVER recover() with finish() and blame() (recover.c).
 *
 * Shown: every message arrives exactly once, unaltered, in the order of its sender across
 * all receivers; no signal is lost; only what must be refused is refused; whoever waits for
 * room is told; nothing ends with a message, a signal or a task left behind. Kills are
 * unlimited; with -DKILLS=n at most n, and then every run ends (pan -l: no cycle).
 *
 * Left out: indices that come round (record.pml); calls (call.pml); waking as such, which is
 * immediate here (wake.pml: wake list, hand-off, priorities, upcalls); routes, frames, forwarding;
 * what the upper half of an inbox is for, and the short messages that get in before who waits;
 * POISONED and the limit of three deaths of recovery, which only cut runs short; deadlines, which
 * could hide a lost wake-up; deaths of tasks; tasks that lie.
 *
 * To keep the search small, what nobody will read again is set to 0: lines read or not yet
 * committed, a held slot that holds nothing, a record at rest; and after a look signals and seen
 * are both flipped so that seen is 0. BUG_… macros are the seeded mistakes.
 */
#ifndef MESSAGES
#define MESSAGES 2      /* of each sender */
#endif
#ifndef OUT
#define OUT 3           /* lines in an outbox */
#endif
#ifndef IN
#define IN 3            /* lines in an inbox; the longest message has 2 */
#endif
#ifndef SENDERS
#define SENDERS 2
#endif
#ifndef RECEIVERS
#define RECEIVERS 1
#endif
#define TASKS (SENDERS + RECEIVERS) /* senders first */

/* The kind of an entry, by which the model knows what must become of it. */
#define PLAIN  0
#define NOTIFY 1
#define WRONG  2        /* to be refused, and then voided by its sender */
#define VOID   3

/* Statuses: held reasons. */
#define OK       0
#define FULL     1      /* ends by itself */
#define NO_ROUTE 2      /* a refusal */

#define POST      1
#define WAIT      2
#define POST_WAIT 3

#define NOBODY 0        /* in a queue, and as a record's receiver: else 1 + the task */

/* enum turn (lane.h): what somebody who waits for room means to those that come after it. */
#define NEXT     0
#define PROMISED 1
#define MISSED   2

/* Out headers and outboxes: written by the task. */
byte out_tail[SENDERS];
byte in_head[RECEIVERS], looked[RECEIVERS];
bit  seen[TASKS];       /* HELD of a sender, the one USER signal of a receiver */
typedef out_line { byte kind, to, seq, lines };
out_line outbox[SENDERS * OUT];
#define POSTED(s, i) outbox[(s) * OUT + (i) % OUT]

/* In headers and inboxes: written by the router. */
byte out_head[SENDERS], held_reason[SENDERS], held_index[SENDERS], held_peer[SENDERS],
     held_lines[SENDERS];
byte rec_tail[SENDERS], rec_dest[SENDERS], rec_next[SENDERS]; /* the record of each sender */
byte in_tail[RECEIVERS], room_wanted[RECEIVERS];
bit  signals[TASKS];
typedef in_line { byte from, seq, part, lines };
in_line inbox[RECEIVERS * IN];
#define RECEIVED(r, i) inbox[(r) * IN + (i) % IN]

/* What nano knows of tasks. */
bit parked[TASKS];

/* Not 0: the router is being restarted, on this process's time, and nobody else runs. */
byte recovering;
#define CPU (recovering == 0 || recovering == _pid)

/* The router's own memory: the links of the queues, and a stack, empty whenever ring 3 runs. */
byte next[SENDERS], turn[SENDERS];
byte r_lines, r_to, r_i, r_each, r_before, r_promised, r_turn;
bool r_may_park;

/* What the judge remembers. */
byte next_seq[SENDERS];          /* the first message that has not yet left */
byte got[RECEIVERS * SENDERS];   /* by receiver and sender: 1 + the last one read */
bit  told[RECEIVERS];            /* a NOTIFY has left for it that it has not looked at */
bit  finished[SENDERS];

#ifdef KILLS
byte kills;
#define K if :: kills < KILLS -> kills++; recovering = _pid; goto killed :: skip fi
#else
#define K if :: recovering = _pid; goto killed :: skip fi
#endif

#define PENDING(t) (signals[t] != seen[t])

/* ---- nano ------------------------------------------------------------------------------ */

/* Nobody will read this line's text again. */
inline CLEAR(r, i) {
    RECEIVED(r, i).from = 0;
    RECEIVED(r, i).seq = 0;
    RECEIVED(r, i).part = 0;
    RECEIVED(r, i).lines = 0
}

/*
 * The router is as new, and whoever was parked goes on. (The result RESTARTED tells a task
 * nothing that its held slot does not: FULL has become OK.)
 */
inline RESET_ROUTER() {
    d_step {
        r_lines = 0; r_to = 0; r_may_park = 0;
        r_each = 0; r_before = 0; r_promised = 0; r_turn = 0;
        for (r_i : 0 .. SENDERS - 1) {
            next[r_i] = 0; turn[r_i] = 0
        }
#ifndef BUG_NO_WAKE_AT_RESTART
        for (r_i : 0 .. TASKS - 1) {
            parked[r_i] = 0
        }
#endif
        for (r_i : 0 .. SENDERS - 1) {
            if
            :: held_reason[r_i] == OK ->
                held_index[r_i] = 0; held_peer[r_i] = 0; held_lines[r_i] = 0
            :: else
            fi
        }
        for (r_to : 0 .. RECEIVERS - 1) {
            for (r_i : in_tail[r_to] .. in_head[r_to] + IN - 1) {
                CLEAR(r_to, r_i)
            }
        }
        r_i = 0; r_to = 0
    }
}

/* ---- the router ------------------------------------------------------------------------ */

/* Flips the bit only if it is not pending. */
inline RAISE(t) {
    K;
#ifdef BUG_TOGGLE
    signals[t] = !signals[t];
#else
    signals[t] = !seen[t];
#endif
    K; parked[t] = 0
}

/* Reason last: until then the entry is not held. */
inline HOLD(me, reason, peer, lines) {
    K; held_index[me] = out_head[me];
    K; held_peer[me] = peer;
    K; held_lines[me] = lines;
    K; held_reason[me] = reason
}

inline HOLD_NOTHING(s) {
    K; d_step { held_reason[s] = OK; held_index[s] = 0; held_peer[s] = 0; held_lines[s] = 0 }
}

#ifdef BUG_ROOM
#define ROOM(r) (IN + 1 - (in_tail[r] - in_head[r]))
#else
#define ROOM(r) (IN - (in_tail[r] - in_head[r]))
#endif

/* Takes r_each, who comes after r_before, out of the queue of r. */
inline TAKE_OUT(r) {
    if
    :: r_before == NOBODY -> K; room_wanted[r] = next[r_each - 1]
    :: else -> next[r_before - 1] = next[r_each - 1]
    fi;
    next[r_each - 1] = NOBODY; turn[r_each - 1] = NEXT
}

#define WAITS(each, r) (held_reason[each] == FULL && held_peer[each] == (r))

/* Whoever waits for room at r no more, or `me`, leaves the queue. */
inline ROOM_LEAVE(me, r) {
    r_before = NOBODY; r_each = room_wanted[r];
    do
    :: r_each != NOBODY ->
        if
        :: r_each == 1 + me -> TAKE_OUT(r); break
        :: else -> r_before = r_each; r_each = next[r_each - 1]
        fi
    :: else -> break
    od;
    r_before = 0; r_each = 0
}

/* r_promised is how many lines are somebody else's already; MANY: all of them. */
#define MANY 255
inline ROOM_FOR(me, r) {
    r_each = room_wanted[r];
    r_promised = 0;
    if
    :: r_each != NOBODY && r_each != 1 + me ->
        assert(WAITS(r_each - 1, r));
#ifndef BUG_TURN
        if
        :: turn[r_each - 1] == NEXT -> r_promised = MANY
        :: turn[r_each - 1] == PROMISED -> r_promised = held_lines[r_each - 1]
        :: else
        fi
#endif
    :: else
    fi;
    r_each = 0
}

/* The end of the queue, unless it is in it already: with two senders that is one link. */
inline ROOM_HOLD(me, r, lines) {
    /* Who is told, and comes, finds room, unless somebody was before it, came too late, and waits. */
    assert(turn[me] != PROMISED || (room_wanted[r] != 1 + me && turn[room_wanted[r] - 1] == NEXT));
    if
    :: held_reason[me] == FULL && held_index[me] == out_head[me] && held_peer[me] == r
#ifdef BUG_ONE_WAITER
    :: else -> K; room_wanted[r] = 1 + me
#else
    :: else ->
        if
        :: room_wanted[r] == NOBODY -> K; room_wanted[r] = 1 + me
        :: else -> next[room_wanted[r] - 1] = 1 + me
        fi
#endif
    fi;
    turn[me] = NEXT;
    HOLD(me, FULL, r, lines);
#ifdef BUG_HELD_AT_ONCE
    RAISE(me)                   /* nothing is lost so, but the sender posts again and again */
#else
    skip
#endif
}

/* Tells those that wait for room at receiver r, as far as there is room for all told. */
inline ROOM_TELL(r) {
    r_each = room_wanted[r]; r_promised = 0; r_turn = MISSED;
    do
    :: r_each != NOBODY ->
        assert(WAITS(r_each - 1, r));
        if
        :: ROOM(r) >= held_lines[r_each - 1] + r_promised && r_turn != NEXT ->
#ifndef BUG_PROMISED_TWICE
            r_promised = r_promised + held_lines[r_each - 1];
#endif
            turn[r_each - 1] = (turn[r_each - 1] == NEXT -> PROMISED : MISSED);
#ifndef BUG_FORGET_HELD
            RAISE(r_each - 1)
#else
            skip
#endif
        :: else
        fi;
        if
        :: r_turn != NEXT && turn[r_each - 1] != MISSED -> r_turn = turn[r_each - 1]
        :: else
        fi;
        r_each = next[r_each - 1]
    :: else -> break
    od;
    r_promised = 0; r_turn = 0
}

#ifdef BUG_NEXT
#define AFTER(head, lines) ((head) + 1)     /* right for one line, wrong for more */
#else
#define AFTER(head, lines) ((head) + (lines))
#endif

inline COMMIT(me, head) {
    in_tail[r_to] = in_tail[r_to] + r_lines;
    assert(POSTED(me, head).seq == next_seq[me]);
    next_seq[me]++
}

inline RECORD(me) {
    K; rec_tail[me] = in_tail[r_to] + r_lines;
    K; rec_dest[me] = 1 + r_to;
    K; rec_next[me] = AFTER(out_head[me], r_lines)
}

/* Lines, the record, the tail, then (in ADVANCE) the sender's head. */
inline PUT(me) {
#ifdef BUG_TAIL_FIRST
    RECORD(me);
    K; COMMIT(me, out_head[me]);
#define PLACE(r) (in_tail[r] - r_lines)
#else
#define PLACE(r) in_tail[r]
#endif
    r_i = 0;
    do
    :: r_i < r_lines ->
        K; d_step {
            RECEIVED(r_to, PLACE(r_to) + r_i).from = me;
            RECEIVED(r_to, PLACE(r_to) + r_i).seq = POSTED(me, out_head[me] + r_i).seq;
            RECEIVED(r_to, PLACE(r_to) + r_i).part = r_i;
            RECEIVED(r_to, PLACE(r_to) + r_i).lines = r_lines
        }
        r_i++
    :: else -> break
    od;
    r_i = 0;
#ifdef BUG_HEAD_FIRST
    RECORD(me);
    K; out_head[me] = out_head[me] + r_lines;
    K; COMMIT(me, out_head[me] - r_lines);
    out_head[me] = out_head[me] - r_lines;   /* DRAIN advances it again, unobserved */
#elif !defined(BUG_TAIL_FIRST)
    RECORD(me);
    K; COMMIT(me, out_head[me]);
#endif
    K; parked[SENDERS + r_to] = 0
}

/* A record at rest: nobody will look at what it says. */
#define AT_REST(me) rec_tail[me] = 0; rec_dest[me] = NOBODY

/* An entry leaves; one that leaves no line is judged here, and passed as record_pass() does. */
inline ADVANCE(me) {
    if
    :: POSTED(me, out_head[me]).kind != PLAIN -> K; rec_dest[me] = NOBODY
    :: else
    fi;
    K; d_step {
        if
        :: POSTED(me, out_head[me]).kind == NOTIFY ->
            assert(POSTED(me, out_head[me]).seq == next_seq[me]);
            next_seq[me]++;
            told[r_to] = 1;
            assert(PENDING(SENDERS + r_to))
        :: POSTED(me, out_head[me]).kind == VOID ->
            assert(POSTED(me, out_head[me]).seq == next_seq[me]);
            next_seq[me]++
        :: else
        fi;
        out_head[me] = out_head[me] + r_lines
    }
    K; d_step { rec_next[me] = out_head[me]; AT_REST(me) }
}

/* Stops at the first entry that it cannot deliver; r_may_park: unless that was a refusal. */
inline DRAIN(me) {
    do
    :: out_head[me] == out_tail[me] -> r_may_park = 1; break
    :: else ->
        r_lines = POSTED(me, out_head[me]).lines;
        r_to = POSTED(me, out_head[me]).to;
        if
        :: POSTED(me, out_head[me]).kind == VOID
        :: POSTED(me, out_head[me]).kind == WRONG ->
            HOLD(me, NO_ROUTE, 0, 0);
            r_may_park = 0; break
        :: POSTED(me, out_head[me]).kind == NOTIFY ->
            RAISE(SENDERS + r_to)
        :: POSTED(me, out_head[me]).kind == PLAIN ->
            ROOM_FOR(me, r_to);
            if
            :: ROOM(r_to) < r_lines + r_promised ->
                r_promised = 0;
                ROOM_HOLD(me, r_to, r_lines);
                r_may_park = 1; break
            :: else ->
                r_promised = 0;
                PUT(me)
            fi
        fi;
        ADVANCE(me);
        if
        :: held_reason[me] == FULL -> r_to = held_peer[me]; ROOM_LEAVE(me, r_to)
        :: else
        fi;
        if
        :: held_reason[me] != OK -> HOLD_NOTHING(me)
        :: else
        fi
    od;
    r_lines = 0; r_to = 0
}

/* From the mailboxes alone; doing it twice does no harm. `culprit` called; it may be a receiver. */
inline RECOVER(culprit) {
    r_to = 0;
    do
    :: r_to < RECEIVERS ->
        if
        :: room_wanted[r_to] != NOBODY -> K; room_wanted[r_to] = NOBODY
        :: else
        fi;
        r_to++
    :: else -> break
    od;
    r_to = 0;
    do
    :: r_to < SENDERS ->
        if
#ifndef BUG_NO_FINISH
        :: rec_next[r_to] != out_head[r_to] && rec_dest[r_to] != NOBODY &&
           in_tail[rec_dest[r_to] - 1] == rec_tail[r_to] ->
            K; out_head[r_to] = rec_next[r_to];
            AT_REST(r_to)
        :: rec_next[r_to] != out_head[r_to] &&
           (rec_dest[r_to] == NOBODY || in_tail[rec_dest[r_to] - 1] != rec_tail[r_to]) ->
            K; rec_dest[r_to] = NOBODY;
            K; d_step { rec_next[r_to] = out_head[r_to]; AT_REST(r_to) }
#else
        :: rec_next[r_to] != out_head[r_to] ->
            K; d_step { rec_next[r_to] = out_head[r_to]; AT_REST(r_to) }
#endif
        :: else -> AT_REST(r_to)
        fi;
        r_to++
    :: else -> break
    od;
    r_to = 0;
    do
    :: r_to < SENDERS ->
        if
#ifdef BUG_STALE_REFUSAL
        :: held_reason[r_to] == FULL ->
#else
        :: held_reason[r_to] == FULL ||
           (held_reason[r_to] == NO_ROUTE && held_index[r_to] != out_head[r_to]) ->
#endif
            HOLD_NOTHING(r_to)
        :: else
        fi;
        if
        :: out_head[r_to] != out_tail[r_to] ->
#ifndef BUG_NO_HELD_AT_RESTART
            RAISE(r_to)
#else
            skip
#endif
        :: else
        fi;
        r_to++
    :: else -> break
    od;
    r_to = 0;
    if
    :: culprit < SENDERS && out_head[culprit] != out_tail[culprit] && held_reason[culprit] != OK ->
        K; held_index[culprit] = out_head[culprit]  /* whom to count a kill against */
    :: else
    fi
}

/* ---- ring 3 ---------------------------------------------------------------------------- */

/* seen = taken, and both bits flipped if that is 1. */
inline LOOK(me) {
    d_step { signals[me] = signals[me] ^ taken; seen[me] = 0; taken = 0 }
}

/* Puts a message of a kind, receiver and length of its own choice into the outbox. */
inline FILL(me) {
    POSTED(me, out_tail[me]).seq = n;
    POSTED(me, out_tail[me]).lines = 1;
    POSTED(me, out_tail[me]).to = 0;
    if
    :: POSTED(me, out_tail[me]).kind = PLAIN
    :: out_tail[me] - out_head[me] + 2 <= OUT ->
        POSTED(me, out_tail[me]).kind = PLAIN;
        POSTED(me, out_tail[me]).lines = 2;
        POSTED(me, out_tail[me] + 1).seq = n
#ifndef PLAIN_ONLY
    :: POSTED(me, out_tail[me]).kind = NOTIFY
    :: POSTED(me, out_tail[me]).kind = WRONG
#endif
    fi;
#if RECEIVERS > 1
    if
    :: POSTED(me, out_tail[me]).kind != WRONG -> POSTED(me, out_tail[me]).to = 1
    :: skip
    fi;
#endif
    n++;
    out_tail[me] = out_tail[me] + POSTED(me, out_tail[me]).lines
}

/* Outbox lines that have left mean nothing any more. */
inline FORGET(me) {
    d_step {
        for (i : out_tail[me] .. out_head[me] + OUT - 1) {
            POSTED(me, i).kind = 0; POSTED(me, i).to = 0;
            POSTED(me, i).seq = 0; POSTED(me, i).lines = 0
        }
        i = 0
    }
}

#define HELD(me) (out_head[me] != out_tail[me] && held_reason[me] != OK && \
                  held_index[me] == out_head[me] && POSTED(me, out_head[me]).kind != VOID)

/*
 * Posts as the gate's contract allows and no more: an entry that waits for room is posted again
 * only when HELD is raised. HELD is taken before the post, never after. A task is a loop of one
 * atomic sequence: steps that concern nobody else, then the gate; `goto again` is where it may be
 * preempted: after a call, and between the last look at the held slot and a wait.
 */
proctype Sender(byte me) provided (CPU) {
    byte n, op, i;
    bit taken;
again:
    atomic {
        skip;                   /* not the loop: going round in it would be leaving the atomic */
        do
        :: op -> break
        :: !op && n < MESSAGES && out_tail[me] - out_head[me] < OUT -> FILL(me)
        :: !op && n == MESSAGES && out_head[me] == out_tail[me] -> finished[me] = 1; goto over
        :: !op && out_head[me] != out_tail[me] && !HELD(me) -> op = POST
        :: !op && HELD(me) && held_reason[me] == NO_ROUTE ->
            assert(POSTED(me, out_head[me]).kind == WRONG); /* told wrongly, it would be lost */
            POSTED(me, out_head[me]).kind = VOID
        :: !op && HELD(me) && held_reason[me] == FULL && PENDING(me) -> op = POST
        :: !op && HELD(me) && held_reason[me] == FULL && !PENDING(me) ->
#ifdef BUG_POST_WAIT
            op = POST_WAIT; goto again  /* delivers it, perhaps, and then waits for nothing */
#else
            op = WAIT; goto again
#endif
        od;
        if
        :: op == POST -> taken = signals[me]; LOOK(me)
        :: else
        fi;
        /* the gate */
        if
        :: op & POST -> DRAIN(me); FORGET(me)
        :: else -> r_may_park = 1
        fi;
        if
        :: op & WAIT && r_may_park && !PENDING(me) ->
            r_may_park = 0; op = 0;
            parked[me] = 1;
end_parked: !parked[me]
        :: else -> r_may_park = 0; op = 0
        fi;
        goto again;
killed: RESET_ROUTER();
        op = 0;
        goto restart
    };
restart:
    atomic { RECOVER(me); FORGET(me); recovering = 0; goto again };
over:
    skip
}

/* One message leaves the inbox. */
inline READ(me, r) {
    d_step {
        op = RECEIVED(r, in_head[r]).lines;
        assert(op == 1 || op == 2);
        for (i : 0 .. op - 1) {
            assert(RECEIVED(r, in_head[r] + i).from == RECEIVED(r, in_head[r]).from);
            assert(RECEIVED(r, in_head[r] + i).seq == RECEIVED(r, in_head[r]).seq);
            assert(RECEIVED(r, in_head[r] + i).part == i)
        }
        i = r * SENDERS + RECEIVED(r, in_head[r]).from;
        assert(RECEIVED(r, in_head[r]).seq >= got[i]);
        got[i] = RECEIVED(r, in_head[r]).seq + 1;
        CLEAR(r, in_head[r]);
        if
        :: op == 2 -> CLEAR(r, in_head[r] + 1)
        :: else
        fi;
        in_head[r] = in_head[r] + op;
        op = 0; i = 0
    }
}

/* Reads what there is, looks at its signal, and waits. */
proctype Receiver(byte me) provided (CPU) {
    byte r = me - SENDERS, op, i;
    bit taken;
again:
    if
    :: in_tail[r] != in_head[r] ->
        READ(me, r);
        op = room_wanted[r];
        if
        :: op == NOBODY -> goto again
        :: else -> op = POST
        fi
    :: else ->
        atomic { looked[r] = in_head[r]; taken = signals[me] };
        atomic {
            assert(!told[r] || PENDING(me));
            LOOK(me);
            told[r] = told[r] && PENDING(me);
            op = WAIT
        }
    fi;
    atomic {
        ROOM_TELL(r);
        if
        :: op == WAIT && !PENDING(me) && in_tail[r] == looked[r] ->
            op = 0; looked[r] = 0;
            parked[me] = 1;
end_parked: !parked[me]
        :: else -> op = 0; looked[r] = 0
        fi;
        goto again;
killed: RESET_ROUTER();
        op = 0; looked[r] = 0;
        goto restart
    };
restart:
    atomic { RECOVER(me); recovering = 0; goto again }
}

/* When nothing can happen any more, everything must have happened. */
active proctype Judge() {
    byte i;
    timeout ->
    d_step {
        for (i : 0 .. SENDERS - 1) {
            assert(finished[i] && next_seq[i] == MESSAGES)
        }
        for (i : 0 .. RECEIVERS - 1) {
            assert(in_head[i] == in_tail[i] && !told[i])
        }
    }
}

init {
    atomic {
        run Sender(0);
#if SENDERS > 1
        run Sender(1);
#endif
        run Receiver(SENDERS);
#if RECEIVERS > 1
        run Receiver(SENDERS + 1)
#endif
    }
}
