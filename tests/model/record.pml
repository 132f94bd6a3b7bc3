/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.pml: the sender's record of the delivery under way, with indices that come round.
 *
 * Four tasks: VICTIM calls (its ledger has RING slots), BANK and FENCE receive, answer calls and
 * pass them on, THIEF voids any number of lines and sends payload that looks like the header of
 * anybody's call or reply. Indices are taken modulo 1 << BITS, so a few entries bring a head round.
 * A task's outbox is chosen anew at each gate call: everything that a task, honest or not, could
 * have there. K before every store may kill the router, in a call, in recovery and in an upcall,
 * without limit. Ring 3 does nothing here that the router sees but enter it, so one process is
 * enough.
 *
 * PUT is inbox_put() with record_begin(), SETTLE inbox_settle() with ledger_open() and
 * ledger_hand_on(), LEDGER_CLOSE ledger_close(), PASS_BY record_pass(), RECOVER recover() with
 * finish(), finish_notice(), ledger_recount() and mailbox_set_aside(), GONE bury() with
 * inbox_put_notice(); with MOVES, pass_answer() and move_answer().
 *
 *   BITS, RING        of an index; lines of a ring
 *   NO_THIEF, NO_VICTIM, BANK_DEAF, FENCE_DEAF: without what that task does
 *   INTERPOSE         calls are also passed on by a filter that does not show
 *   DEATH             the bank ends, and its slot may have a new task, whose id is another
 *   ASIDE             a mailbox may be found damaged at a restart, once at a time
 *   MOVES             grants of the THIEF: held, asked, delivered by the answer of the pager, who
 *                     is FENCE
 *
 * Judged: a message is committed and passed exactly once each, and in that order (u_...: the one
 * between the two); nothing is passed that was not committed, but what its task has voided;
 * inbox_settle() reads the header of the very message that was committed; whenever ring 3 runs, the
 * ledger is what the judge knows, open_calls is right, and every record is at rest.
 *
 * Left out: room and held entries (deliver.pml), reserved room (call.pml), waking (wake.pml);
 * several deaths; a run of plain lines has at most RING lines.
 *
 * State is kept small by shifting: at rest all heads and tails are moved to 0, and what is compared
 * with them along (a shift of a ring's index is a symmetry; the ledger's places turn with it).
 *
 * BUG_... macros are the seeded mistakes. BUG_OLD_ORIGINS is a whole protocol that was given up:
 * recovery believed the difference between an origin, in the inbox, and the sender's head. With
 * OLD_SKIPS the judge lets pass that it skips entries, and finds that it gives a call to another.
 */
#ifndef BITS
#define BITS 3
#endif
#ifndef RING
#define RING 2
#endif
#define M (1 << BITS)
#define ADD(a, b) (((a) + (b)) & (M - 1))
#define SUB(a, b) (((a) + M - (b)) & (M - 1))

#define VICTIM 0
#define THIEF  1
#define BANK   2
#define FENCE  3
#define NONE   7
/* ids: slot + 1; the bank's second life is 5 */
#define SLOT(i) ((i) == 5 -> BANK : (i) - 1)
#define LIVES(i) ((i) != 0 && id[SLOT(i)] == (i))
#define PLACE(i) ((i) & (RING - 1))

/* kinds of messages */
#define PLAIN  0
#define CALL   1
#define FWD    2
#define REPLY  3
#define FAKE   4    /* payload */
#define GRANT  5    /* of the THIEF */
#define PAGER  FENCE

byte id[4];
byte out_head[4], in_tail[4];
byte r_dest[4], r_tail[4], r_next[4];           /* the record */
byte n_server, n_call, n_tail;                  /* `notice` in the victim's in header */
byte lserver[RING], lslot[RING], open_calls;    /* the victim's ledger */
byte gone_owed;
bit reborn;
byte damaged;                                   /* 1 + slot; found at the next restart */

/* Inbox lines: kind, peer as the line says it, w[0], who sent it; BUG_OLD_ORIGINS: its next. */
typedef line { byte kind, peer, w, sender, next };
line inbox[4 * RING];
#define AT(t, i) inbox[(t) * RING + PLACE(i)]

#ifdef MOVES
bit  h_move;                /* the entry at the THIEF's head is held for the pager */
byte asked;                 /* the number of the last ask */
byte q_n, q_index[2];       /* asks in the pager's inbox, the oldest first: their entries */
byte p_num, p_index;        /* the answer in the pager's outbox */
bit  p_busy, j_done;        /* there is one; judge: what it asked for is delivered */
byte r_by;                  /* in the THIEF's record: where the pager's head goes */
byte moved;                 /* BUG_MOVED_INDEX: today's, one past the entry accepted last */
#endif

/* the judge */
byte u_from, u_to, u_n, u_at;                   /* the message that is committed and not passed */
byte j_server[RING], j_slot[RING];
byte j_tail_of[4];          /* whose inbox r_tail was stored for: it is compared with no other */

byte s, d, n, k, w, i, what, m;
bit x;

#define K if \
    :: d_step { s = 0; d = 0; n = 0; k = 0; w = 0; i = 0; what = 0; x = 0; m = 0 }; goto killed \
    :: skip \
    fi

inline JUDGE_COMMIT(from, to, lines, at) {
    assert(u_from == NONE);
    u_from = from; u_to = to; u_n = lines; u_at = at
}
inline JUDGE_PASS(from, lines) {
    assert(u_from == from && u_n == lines);
    u_from = NONE; u_to = 0; u_n = 0; u_at = 0
}

inline LEDGER_CLOSE(call, server) {
    if
    :: lserver[PLACE(call)] == server && server != 0 && lslot[PLACE(call)] == call ->
        K; lserver[PLACE(call)] = 0;
        K; open_calls--
    :: else
    fi
}

/* What follows the commit of the message of `from` at index `at` of `to`. Twice is as once. */
inline SETTLE(from, to, at) {
    if
#ifndef BUG_OLD_ORIGINS
    :: u_from != from || u_to != to || u_at != at -> assert(false)
#endif
    :: AT(to, at).kind == CALL || AT(to, at).kind == FAKE || AT(to, at).kind == FWD ->
        w = AT(to, at).w;
        if
#ifdef BUG_OLD_ORIGINS
        :: lslot[PLACE(w)] == w -> K; lserver[PLACE(w)] = id[to]
        :: else
#else
        :: AT(to, at).peer == id[from] && from == VICTIM && w == out_head[from] ->
            K; lserver[PLACE(w)] = id[to]
        :: !(AT(to, at).peer == id[from] && from == VICTIM && w == out_head[from]) &&
            lserver[PLACE(w)] == id[from] && lslot[PLACE(w)] == w ->              /* passed on */
            K; lserver[PLACE(w)] = id[to]
        :: else
#endif
        fi
    :: AT(to, at).kind == REPLY && to == VICTIM -> LEDGER_CLOSE(AT(to, at).w, AT(to, at).sender)
#ifdef MOVES
    :: AT(to, at).kind == GRANT ->
#ifdef BUG_MOVED_INDEX
        K; moved = ADD(out_head[from], 1)
#else
        if
        :: out_head[PAGER] != r_by ->
            K; r_dest[PAGER] = 0;
            K; d_step {
                out_head[PAGER] = r_by; assert(p_busy && j_done);
                p_busy = 0; j_done = 0; p_num = 0; p_index = 0
            }
        :: else
        fi;
        K; r_next[PAGER] = out_head[PAGER]
#endif
#endif
    :: else
    fi;
    w = 0
}

/* Steps 1 to 5. what: the kind; k: w[0]; peer: who the line says */
inline PUT(peerid) {
    K; d_step {                                                                 /* 1 */
        for (i : 0 .. n - 1) {
            AT(d, in_tail[d] + i).kind =
                (what == FAKE -> (i == 0 -> PLAIN : FAKE)
                              : (what == CALL && i + 1 < n -> PLAIN : what));
            AT(d, in_tail[d] + i).peer = (what == FAKE && i > 0 -> id[VICTIM] : peerid);
            AT(d, in_tail[d] + i).w = k;
            AT(d, in_tail[d] + i).sender = id[s];
            AT(d, in_tail[d] + i).next = ADD(out_head[s], n)
        }
        i = 0
    }
#ifndef BUG_OLD_ORIGINS
#ifdef BUG_NEXT_FIRST
    K; r_next[s] = ADD(out_head[s], n);
#endif
#ifdef BUG_NEXT_MIDDLE
    K; d_step { r_tail[s] = ADD(in_tail[d], n); j_tail_of[s] = id[d] };
    K; r_next[s] = ADD(out_head[s], n);
    K; r_dest[s] = id[d];
#else
#ifdef MOVES
    if
    :: what == GRANT -> K; r_by = ADD(out_head[PAGER], 1)
    :: else
    fi;
#endif
    K; d_step { r_tail[s] = ADD(in_tail[d], n); j_tail_of[s] = id[d] };       /* 2 */
    K; r_dest[s] = id[d];
    K; r_next[s] = ADD(out_head[s], n);
#endif
#endif
    K; d_step {                                                                 /* 3 */
        in_tail[d] = ADD(in_tail[d], n);
        JUDGE_COMMIT(s, d, n, SUB(in_tail[d], n));
        if
        :: what == CALL ->
            assert(j_server[PLACE(k)] == 0);
            j_server[PLACE(k)] = id[d]; j_slot[PLACE(k)] = k
        :: what == FWD -> assert(j_server[PLACE(k)] == id[s]); j_server[PLACE(k)] = id[d]
        :: what == REPLY -> assert(j_server[PLACE(k)] == id[s] && j_slot[PLACE(k)] == k);
            j_server[PLACE(k)] = 0; j_slot[PLACE(k)] = 0
#ifdef MOVES
        :: what == GRANT -> assert(p_busy && !j_done); j_done = 1
#endif
        :: else
        fi
    }
    SETTLE(s, d, SUB(in_tail[d], n));                                           /* 4 */
    K; d_step { JUDGE_PASS(s, n); out_head[s] = ADD(out_head[s], n) }           /* 5 */
}

/* Void entries, signals, orders, STATS: nothing was committed. */
inline PASS_BY() {
#ifdef BUG_OLD_ORIGINS
    K; out_head[s] = ADD(out_head[s], n)
#elif defined(BUG_PASS_NEXT_FIRST)
    K; r_next[s] = ADD(out_head[s], n);
    K; out_head[s] = ADD(out_head[s], n)
#elif defined(BUG_PASS_NO_NEXT)
    K; r_dest[s] = 0;
    K; out_head[s] = ADD(out_head[s], n)
#else
    K; r_dest[s] = 0;
    K; out_head[s] = ADD(out_head[s], n);
    K; r_next[s] = out_head[s]
#endif
}

/* Any live task, into d. */
inline SOMEBODY() {
    if
    :: d = BANK
    :: d = FENCE
#ifndef NO_THIEF
    :: d = THIEF
#endif
    fi
}

/* i: an index of a call, of whatever state. */
inline ANY_CALL() {
    if
    :: k = lslot[0]
#if RING > 1
    :: k = lslot[1]
#endif
#if RING > 2
    :: k = lslot[2]
    :: k = lslot[3]
#endif
    fi
}

inline RECOVER() {
#ifdef BUG_OLD_ORIGINS
    d = 0;
    do
    :: d < 4 ->
        if
        :: id[d] != 0 && AT(d, SUB(in_tail[d], 1)).sender != 0 &&
           AT(d, SUB(in_tail[d], 1)).sender != 6 &&
           LIVES(AT(d, SUB(in_tail[d], 1)).sender) ->
            s = SLOT(AT(d, SUB(in_tail[d], 1)).sender);
            n = SUB(AT(d, SUB(in_tail[d], 1)).next, out_head[s]);
            if
            :: n != 0 && n <= RING ->
                SETTLE(s, d, SUB(in_tail[d], n));
                K; d_step {
                    if
                    :: u_from != NONE -> JUDGE_PASS(s, n)
#ifdef OLD_SKIPS
                    :: else
#else
                    :: else -> assert(false)
#endif
                    fi;
                    out_head[s] = ADD(out_head[s], n)
                }
            :: else
            fi
        :: else
        fi;
        d++
    :: else -> break
    od;
#else
    s = 0;
    do
    :: s < 4 ->
        if
        :: id[s] != 0 ->
            n = SUB(r_next[s], out_head[s]);
            x = n != 0 && n <= RING;
            x = x && LIVES(r_dest[s]);
            if
            :: x ->
                d = SLOT(r_dest[s]);
#ifndef BUG_TAIL_NOT_COMPARED
                assert(j_tail_of[s] == id[d]);
                x = in_tail[d] == r_tail[s];
#endif
            :: else
            fi;
            if
            :: x ->
                SETTLE(s, d, SUB(in_tail[d], n));
                K; d_step { JUDGE_PASS(s, n); out_head[s] = r_next[s] }
#ifndef BUG_NO_CLEAR
            :: !x && n != 0 ->
                K; r_dest[s] = 0;
                K; r_next[s] = out_head[s]
#endif
            :: else
            fi;
            x = 0
        :: else
        fi;
        s++
    :: else -> break
    od;
#endif
#ifdef MOVES
    K; h_move = 0;
#endif
    /* the notice */
    if
    :: n_server != 0 ->
        if
        :: n_tail == in_tail[VICTIM] -> LEDGER_CLOSE(n_call, n_server)
        :: else
        fi;
        K; n_server = 0
    :: else
    fi;
    /* the ledger is counted */
    n = 0; i = 0;
    do
    :: i < RING && open_calls != 0 ->
        n = n + (lserver[i] != 0);
        i++
    :: else -> break
    od;
    K; open_calls = n;
    n = 0; i = 0;
#ifdef ASIDE
    if
    :: damaged != 0 ->
        s = damaged - 1;
        /* As if everything in it were wrong: it starts where its task stands, anywhere. */
        K; r_dest[s] = 0;
        if
        :: s == VICTIM ->
            K; d_step {
                for (i : 0 .. RING - 1) { lserver[i] = 0; j_server[i] = 0; j_slot[i] = 0 }
                i = 0
            };
            K; open_calls = 0
        :: else
        fi;
        i = 1;
        do
        :: i < M - 1 -> i++
        :: break
        od;
        K; out_head[s] = ADD(out_head[s], i); i = 0;
        K; r_next[s] = out_head[s];
        do
        :: i < M - 1 -> i++
        :: break
        od;
        K; in_tail[s] = ADD(in_tail[s], i); i = 0;
        K; damaged = 0
    :: else
    fi;
#endif
    s = 0; d = 0
}

/* The upcall GONE: death notices for calls of the dead. */
inline GONE() {
    i = 0;
    do
    :: i < RING ->
        if
        :: lserver[i] == gone_owed ->
            k = lslot[i];
            K; d_step {
                AT(VICTIM, in_tail[VICTIM]).kind = PLAIN; AT(VICTIM, in_tail[VICTIM]).sender = 6
            };
#ifndef BUG_NOTICE_NO_RECORD
            K; n_call = k;
            K; n_tail = ADD(in_tail[VICTIM], 1);
            K; n_server = gone_owed;
#endif
            K; d_step {
                in_tail[VICTIM] = ADD(in_tail[VICTIM], 1);
                assert(j_server[i] == gone_owed && j_slot[i] == k); /* once */
                j_server[i] = 0; j_slot[i] = 0
            }
            LEDGER_CLOSE(k, gone_owed);
            k = 0;
#ifndef BUG_NOTICE_NO_RECORD
            K; n_server = 0
#endif
        :: else
        fi;
        i++
    :: else -> break
    od;
    i = 0;
    K; gone_owed = 0
}

/* Turns an array of RING by one place. */
#define LINE(i) inbox[d * RING + i]
inline TURN(first, to, from, last) {
    m = first;
    for (i : 1 .. RING - 1) { to = from }
    last = m
}

/* What must hold whenever ring 3 runs; then shifts all to 0. */
inline REST() {
    d_step {
        s = 0; d = 0; n = 0; k = 0; w = 0; what = 0; x = 0; n_call = 0; n_tail = 0;
        assert(u_from == NONE && n_server == 0 && gone_owed == 0);
        m = 0;
        for (i : 0 .. RING - 1) {
            assert(lserver[i] == j_server[i]);
            assert(lserver[i] == 0 || lslot[i] == j_slot[i]);
            m = m + (lserver[i] != 0)
        }
        assert(open_calls == m);
        m = 0;
#ifndef BUG_OLD_ORIGINS
        for (i : 0 .. 3) {
            assert(id[i] == 0 || r_next[i] == out_head[i]);
            r_next[i] = 0;
            if
            :: LIVES(j_tail_of[i]) && r_dest[i] == j_tail_of[i] ->
                r_tail[i] = SUB(r_tail[i], in_tail[SLOT(r_dest[i])])
            :: else -> r_tail[i] = 0; j_tail_of[i] = 0  /* whoever compares it now is wrong */
            fi
        }
#ifdef MOVES
        r_by = 0;
        q_index[0] = (q_n > 0 -> SUB(q_index[0], out_head[THIEF]) : 0);
        q_index[1] = (q_n > 1 -> SUB(q_index[1], out_head[THIEF]) : 0);
        p_index = (p_busy -> SUB(p_index, out_head[THIEF]) : 0);
#ifdef BUG_MOVED_INDEX
        moved = SUB(moved, out_head[THIEF]);
#endif
#endif
        for (i : 0 .. 4 * RING - 1) {
            inbox[i].kind = 0; inbox[i].peer = 0; inbox[i].w = 0;
            inbox[i].sender = 0; inbox[i].next = 0
        }
        for (i : 0 .. RING - 1) {
            if
            :: lserver[i] == 0 -> lslot[i] = 0
            :: else -> lslot[i] = SUB(lslot[i], out_head[VICTIM]); j_slot[i] = lslot[i]
            fi
        }
#else
        for (i : 0 .. 4 * RING - 1) {
            if
            :: inbox[i].sender != 0 && inbox[i].sender != 6 ->
                inbox[i].next = SUB(inbox[i].next, out_head[SLOT(inbox[i].sender)])
            :: else -> inbox[i].next = 0
            fi;
            if
            :: inbox[i].kind == CALL || inbox[i].kind == FAKE || inbox[i].kind == FWD ||
               inbox[i].kind == REPLY ->
                inbox[i].w = SUB(inbox[i].w, out_head[VICTIM])
            :: else -> inbox[i].w = 0
            fi
        }
        for (i : 0 .. RING - 1) {
            lslot[i] = SUB(lslot[i], out_head[VICTIM]);
            j_slot[i] = (j_server[i] != 0 -> lslot[i] : 0)
        }
#endif
        /* the ledger turns by out_head[VICTIM], the inboxes by their tails */
        for (s : 1 .. PLACE(out_head[VICTIM])) {
            TURN(lserver[0], lserver[i - 1], lserver[i], lserver[RING - 1]);
            TURN(lslot[0], lslot[i - 1], lslot[i], lslot[RING - 1]);
            TURN(j_server[0], j_server[i - 1], j_server[i], j_server[RING - 1]);
            TURN(j_slot[0], j_slot[i - 1], j_slot[i], j_slot[RING - 1])
        }
#ifdef BUG_OLD_ORIGINS
        for (d : 0 .. 3) {
            for (s : 1 .. PLACE(in_tail[d])) {
                TURN(LINE(0).kind, LINE(i - 1).kind, LINE(i).kind, LINE(RING - 1).kind);
                TURN(LINE(0).peer, LINE(i - 1).peer, LINE(i).peer, LINE(RING - 1).peer);
                TURN(LINE(0).w, LINE(i - 1).w, LINE(i).w, LINE(RING - 1).w);
                TURN(LINE(0).sender, LINE(i - 1).sender, LINE(i).sender, LINE(RING - 1).sender);
                TURN(LINE(0).next, LINE(i - 1).next, LINE(i).next, LINE(RING - 1).next)
            }
        }
#endif
        for (i : 0 .. 3) {
            out_head[i] = 0; in_tail[i] = 0
        }
        s = 0; d = 0; m = 0; i = 0
    }
}

/* The bank's second life: a new mailbox, taken up. */
inline BORN() {
    d_step {
        out_head[BANK] = 0; in_tail[BANK] = 0; j_tail_of[BANK] = 0;
        r_dest[BANK] = 0; r_tail[BANK] = 0; r_next[BANK] = 0; id[BANK] = 5
    }
}

active proctype Machine() {
    atomic {
        for (i : 0 .. 3) {
            id[i] = i + 1
        }
        i = 0; u_from = NONE
    };
ring3:
    atomic {
        REST();
        n = 1;
        if
        /* THIEF: voids, plain runs, two lines whose second says what he likes */
#ifndef NO_THIEF
        :: s = THIEF; what = PLAIN;
#ifdef MOVES
            h_move = 0;     /* voided: while MOVE holds, nothing else is delivered from there */
#endif
            if
            :: n = 1
            :: n = RING
            fi;
            if
            :: PASS_BY()
            :: SOMEBODY();
                if
                :: id[d] != 0 ->
#if RING > 1
                    if
                    :: what = PLAIN
                    :: n == RING -> what = FAKE; ANY_CALL()
                    fi;
#endif
                    PUT(id[s])
                :: else
                fi
            fi
#endif
#ifdef MOVES
        /* its grant; a held entry may be voided above, and another be put there */
        :: !h_move && q_n < 2 ->
            K; asked = (asked + 1) & 3;
            K; h_move = 1;
            K; q_index[q_n] = out_head[THIEF]; q_n++
        :: !p_busy && q_n > 0 ->        /* the pager moves the frames and answers */
            d_step {
                p_busy = 1; p_num = (asked + 5 - q_n) & 3; p_index = q_index[0];
                q_index[0] = q_index[1]; q_n--
            }
        :: p_busy ->                    /* its answer, or again after a restart */
            n = 1;
            if
#ifdef BUG_MOVED_INDEX
            :: moved == ADD(p_index, 1) ->
                s = PAGER; assert(j_done);
                K; d_step {
                        out_head[s] = ADD(out_head[s], 1);
                        p_busy = 0; j_done = 0; p_num = 0; p_index = 0
                    };
                K; r_next[s] = out_head[s]
            :: moved != ADD(p_index, 1) && h_move && asked == p_num && p_index == out_head[THIEF] ->
#else
            :: h_move && asked == p_num && p_index == out_head[THIEF] ->
#endif
                if
                :: s = THIEF; d = BANK; what = GRANT; PUT(id[s]);
                    K; h_move = 0;
#ifdef BUG_MOVED_INDEX
                    s = PAGER;
                    K; d_step {
                        out_head[s] = ADD(out_head[s], 1); assert(j_done);
                        p_busy = 0; j_done = 0; p_num = 0; p_index = 0
                    };
                    K; r_next[s] = out_head[s]
#endif
                :: s = PAGER; goto no   /* no room, or its task has made something else of it */
                fi
            :: else -> s = PAGER;
no:             assert(!j_done);        /* refused: the pager moves the frames back */
                K; r_dest[s] = 0;
                K; d_step {
                        out_head[s] = ADD(out_head[s], 1);
                        p_busy = 0; p_num = 0; p_index = 0
                    };
                K; r_next[s] = out_head[s]
            fi
#endif
        /* VICTIM: voids (as libpost does), plain lines, calls */
#ifndef NO_VICTIM
        :: s = VICTIM;
            if
            :: PASS_BY()
            :: SOMEBODY();
                if
                :: id[d] != 0 -> what = PLAIN; PUT(id[s])
                :: else
                fi
            :: lserver[PLACE(out_head[VICTIM])] == 0 ->
                if
                :: d = BANK
                :: d = FENCE
                fi;
                if
                :: id[d] != 0 ->
                    what = CALL; k = out_head[VICTIM];
                    K; lslot[PLACE(k)] = k;
#ifdef BUG_OPEN_EARLY
                    K; lserver[PLACE(k)] = id[d];
#endif
                    K; open_calls++;
                    PUT(id[s])
                :: else
                fi
#ifdef BUG_RUN_WITH_CALL
            :: lserver[PLACE(out_head[VICTIM] + 1)] == 0 && id[BANK] != 0 ->
                d = BANK; n = 2; what = CALL; k = ADD(out_head[VICTIM], 1);
                K; lslot[PLACE(k)] = k;
                K; open_calls++;
                PUT(id[s])
#endif
            fi
#endif
        /* BANK and FENCE: answer what they serve, or pass it on */
        :: if
#ifndef BANK_DEAF
           :: s = BANK
#endif
#ifndef FENCE_DEAF
           :: s = FENCE
#endif
#if defined(BANK_DEAF) && defined(FENCE_DEAF)
           :: false
#endif
           fi;
           ANY_CALL();
           if
           :: id[s] != 0 && lserver[PLACE(k)] == id[s] && lslot[PLACE(k)] == k ->
               if
               :: d = VICTIM; what = REPLY; PUT(id[s])
               :: d = (s == BANK -> FENCE : BANK);
                   if
                   :: id[d] != 0 -> what = FWD;
                       if
                       :: PUT(id[s])
#ifdef INTERPOSE
                       :: what = FWD; PUT(id[VICTIM])     /* as if it were not there */
#endif
                       fi
                   :: else
                   fi
               fi
           :: else
           fi
#ifdef DEATH
        :: id[BANK] != 0 && (id[BANK] == 3) -> gone_owed = id[BANK]; id[BANK] = 0; goto upcall
        :: id[BANK] == 0 && !reborn -> reborn = 1;      /* taken up */
            BORN()
#endif
#ifdef ASIDE
        :: damaged == 0 -> damaged = 1 + VICTIM; goto killed
        :: damaged == 0 -> damaged = 1 + THIEF; goto killed
        :: damaged == 0 -> damaged = 1 + FENCE; goto killed
#endif
        :: goto killed
        fi;
        goto ring3
    };
killed:
    atomic {
#ifdef BUG_DEATH_BEFORE_RECOVERY  /* the bank ends while somebody is in the router */
        if
        :: id[BANK] == 3 ->
            d_step {
                id[BANK] = 0; gone_owed = 3;
                if
                :: u_to == BANK || u_from == BANK -> u_from = NONE; u_to = 0; u_n = 0; u_at = 0
                :: else
                fi
            };
            if
            :: reborn = 1;
                BORN()
            :: skip
            fi
        :: skip
        fi;
#endif
        RECOVER();
upcall:
        if
        :: gone_owed -> GONE()
        :: else
        fi;
        goto ring3
    }
}
