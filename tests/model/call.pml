/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * call.pml: calls, replies and the ledger, when router and tasks may die.
 *
 * A client makes CALLS calls to a server, as many at once as its outbox has lines. Replies come
 * at once or late, in any order, once too often, or from a second server that the call was
 * forwarded to; a fourth task fills the client's inbox with ordinary mail. One of them
 * (not the fourth) may end at any moment. The router is as in deliver.pml: a call is one
 * atomic sequence, K before every store may kill the router, kills are unlimited, ring 3
 * interleaves. A death is an upcall, GONE, that nano offers again until it is accepted; no task
 * runs before.
 *
 * The five tasks are one proctype, because they share the gate: CLIENT is libpost's call.c, SERVER
 * and SECOND are tasks that answer (reply.c) and forward, MAILER sends, DEATH is the pager that
 * retires a task. DELIVER is deliver() with send(), reply() and forward_prepare(), PUT is
 * inbox_put(), SETTLE inbox_settle() with ledger_open() and ledger_hand_on() (router/inbox.c);
 * LEDGER_PREPARE, LEDGER_CLOSE and SERVES are ledger_prepare(), ledger_close() and ledger_find();
 * ROOM_FOR, ROOM_HOLD, ROOM_LEAVE and ROOM_TELL are room.c's; GONE is gone() with bury()
 * (upcall.c), NOTIFY inbox_put_notice(), SETTLE_NOTICE inbox_settle_notice(), RECOVER recover()
 * with finish(), finish_notice() and ledger_recount(), RESET_ROUTER nano's router_fault().
 *
 * Shown: a call is delivered once and answered once, by a reply or by a death notice, unless it
 * was refused; a reply and a death notice always have room; whenever ring 3 runs, open_calls and
 * reserved are what the open slots say, and reserved room is free; nobody waits for
 * ever for room, for a ledger slot or for somebody dead; ordinary mail arrives once and in
 * order.
 *
 * Left out: indices that come round (record.pml); what deliver.pml shows (messages of several
 * lines, signals of tasks, contents) and wake.pml (waking is immediate here); new tasks in old
 * slots; INTERPOSE; replies that are too big; FULL at a server, whose inbox holds all the calls
 * that can be open; callers that move their inbox head back.
 */
#ifndef CALLS
#define CALLS 3
#endif
#ifndef MAILS
#define MAILS 2
#endif
#ifndef OUT
#define OUT 2           /* lines in an outbox, and slots of a ledger */
#endif
#ifndef IN
#define IN 3            /* lines in an inbox */
#endif

/* Tasks, by the number of their process. The judge is process 0, death is process 5. */
#define ME     _pid
#define NOBODY 0
#define CLIENT 1
#define SERVER 2
#define SECOND 3
#define MAILER 4
#define DEATH  5

/* Kinds of entries and lines. */
#define VOID    0
#define CALL    1
#define REPLY   2
#define FORWARD 3
#define PLAIN   4
#define NOTICE  5

/* Held reasons. */
#define OK     0
#define FULL   1
#define LEDGER 2
#define REFUSED 3       /* DEAD or NO_CALL */

#define POST      1
#define WAIT      2
#define POST_WAIT 3

/* Written by the tasks. An entry's word: a CALL's room, a REPLY's slot, a FORWARD's inbox index. */
byte out_tail[5], in_head[5], looked[5];
typedef entry { byte kind, word };
entry outbox[5 * OUT];
#define POSTED(t, i) outbox[(t) * OUT + (i) % OUT]

/* Written by the router. `word` is the slot, of a PLAIN line its number. */
byte out_head[5], held_reason[5], held_index[5], held_peer[5], held_lines[5], in_tail[4];
bit  pending[5];        /* HELD, the only signal here */
byte rec_tail[5], rec_dest[5], rec_next[5];     /* the record of each sender */
typedef line { byte kind, word };
line inbox[4 * IN];
#define RECEIVED(t, i) inbox[(t) * IN + (i) % IN]
#define LAST(t) RECEIVED(t, in_tail[t] + IN - 1)

/* The client's in header: who waits longest for room there, the death notice, and its ledger. */
byte room_wanted, reserved, open_calls, notice_call, notice_tail, notice_server;
typedef call { byte server, slot, room };
call ledger[OUT];
#define LEDGER_SLOT(w) ledger[(w) % OUT]

/* What nano knows. */
bit  parked[5], alive[6] = 1;
byte died;              /* the task that ended */
bit  gone_owed;         /* the router has not yet accepted to hear of it */
byte recovering;        /* not 0: the router runs in the idle view on this process's time */
#define CPU  (recovering == 0 || recovering == _pid)
#define RUNS (CPU && alive[_pid])

/* enum turn (lane.h). */
#define NEXT     0
#define PROMISED 1
#define MISSED   2

/* The router's own memory: of the queue, who asked second, and the turns of both. */
byte second, turn[5];
byte r_i, r_to, r_left, r_word, r_next, r_promised, r_turn;
bool r_may_park, r_done;

/* What the judge remembers of each call, and of the mail. */
bit  delivered[CALLS], answered[CALLS], read[CALLS], refused[CALLS];
byte mailed, mail_read;

#ifdef KILLS
byte kills;
#define K if :: kills < KILLS -> kills++; recovering = _pid; goto killed :: skip fi
#else
#define K if :: recovering = _pid; goto killed :: skip fi
#endif

/* ---- nano ------------------------------------------------------------------------------ */

inline CLEAR(t, i) {
    RECEIVED(t, i).kind = 0; RECEIVED(t, i).word = 0
}

/* The router is as new, and whoever was parked goes on. What is not committed is cleared. */
inline RESET_ROUTER() {
    d_step {
        r_left = 0; r_word = 0; r_next = 0; r_may_park = 0; r_done = 0;
        r_promised = 0; r_turn = 0; second = NOBODY; turn[CLIENT] = NEXT; turn[MAILER] = NEXT;
        for (r_to : CLIENT .. MAILER) {
            parked[r_to] = 0;
            if
            :: held_reason[r_to] == OK ->
                held_index[r_to] = 0; held_peer[r_to] = 0; held_lines[r_to] = 0
            :: else
            fi
        }
        for (r_to : CLIENT .. SECOND) {
            for (r_i : in_tail[r_to] .. in_head[r_to] + IN - 1) {
                CLEAR(r_to, r_i)
            }
        }
        r_i = 0; r_to = 0
    }
}

/* ---- the router ------------------------------------------------------------------------ */

inline RAISE(t) {
    K; pending[t] = 1;
    K; parked[t] = 0
}

inline HOLD(me, reason, peer, lines) {
    K; held_index[me] = out_head[me];
    K; held_peer[me] = peer;
    K; held_lines[me] = lines;
    K; held_reason[me] = reason
}

inline HOLD_NOTHING(t) {
    K; d_step { held_reason[t] = OK; held_index[t] = 0; held_peer[t] = 0; held_lines[t] = 0 }
}

/* Room at the client: lines free, and lines free for ordinary mail. */
#define LEFT (IN - (in_tail[CLIENT] - in_head[CLIENT]))
#ifdef BUG_NOT_RESERVED
#define FITS(lines) (LEFT >= (lines))
#else
#define FITS(lines) (LEFT >= reserved + (lines))
#endif

/* Whose turn is before mine: ordinary mail waits for it, a call of the client's own does not. */
#define BEFORE(me) (room_wanted != NOBODY && room_wanted != (me))
#define TAKEN(me)  (BEFORE(me) && turn[room_wanted] == PROMISED -> held_lines[room_wanted] : 0)
#define ROOM_FOR(me, lines) (FITS((lines) + TAKEN(me)) && \
                             ((me) == CLIENT || !BEFORE(me) || turn[room_wanted] != NEXT))

inline ROOM_LEAVE(me) {
    if
    :: room_wanted == me -> K; room_wanted = second; second = NOBODY
    :: second == me -> second = NOBODY
    :: else
    fi;
    turn[me] = NEXT
}

/* The end of the queue, unless it is there already. */
inline ROOM_HOLD(me, lines) {
    if
    :: room_wanted == NOBODY -> K; room_wanted = me
    :: BEFORE(me) -> second = me
    :: else
    fi;
    turn[me] = NEXT;
    HOLD(me, FULL, CLIENT, lines)
}

#define WAITS(t) (alive[t] && held_reason[t] == FULL)

inline TELL_ONE(t) {
    if
    :: FITS(held_lines[t] + r_promised) && (t == CLIENT || r_turn != NEXT) ->
        r_promised = r_promised + held_lines[t];
        turn[t] = (turn[t] == NEXT -> PROMISED : MISSED);
        RAISE(t)
    :: else ->
        if
        :: held_lines[t] + reserved > IN -> turn[t] = MISSED
        :: else
        fi
    fi;
    if
    :: r_turn != NEXT && turn[t] != MISSED -> r_turn = turn[t]
    :: else
    fi
}

/* The two that can wait for room at the client are itself and the mailer. */
inline ROOM_TELL() {
    r_turn = MISSED; r_promised = 0;
    if
    :: room_wanted != NOBODY && !WAITS(room_wanted) -> r_left = room_wanted; ROOM_LEAVE(r_left)
    :: else
    fi;
    r_left = room_wanted;
    if
    :: r_left != NOBODY -> TELL_ONE(r_left)
    :: else
    fi;
    r_left = second;
    if
    :: r_left != NOBODY && WAITS(r_left) -> TELL_ONE(r_left)
    :: r_left != NOBODY && !WAITS(r_left) -> ROOM_LEAVE(r_left)
    :: else
    fi;
    r_left = 0; r_promised = 0; r_turn = 0
}

/* Twice is as once: the slot is closed by its first store. */
inline LEDGER_CLOSE(w, who) {
    if
    :: LEDGER_SLOT(w).server == who && LEDGER_SLOT(w).slot == w ->
        K; LEDGER_SLOT(w).server = NOBODY;
        K; reserved = reserved - LEDGER_SLOT(w).room;
        K; open_calls--;
#ifndef BUG_LEDGER_NOT_TOLD
        if
        :: held_reason[CLIENT] == LEDGER -> RAISE(CLIENT)
        :: else
        fi;
#endif
        ROOM_TELL()
    :: else
    fi
}

/*
 * What follows the commit of the message of `from`, the last line at t, from that line alone.
 * `head` is where it stood in its outbox. Twice is as once.
 */
inline SETTLE(from, t, head) {
    r_word = LAST(t).word;
    if
    :: LAST(t).kind == CALL && alive[CLIENT] ->
        if
        :: from == CLIENT && r_word == head ->
            K; LEDGER_SLOT(r_word).server = t
#ifndef BUG_FORWARD_NOT_ASSIGNED
        :: from != CLIENT && LEDGER_SLOT(r_word).server == from &&
           LEDGER_SLOT(r_word).slot == r_word ->
            K; LEDGER_SLOT(r_word).server = t
#endif
        :: else
        fi
    :: LAST(t).kind == REPLY && alive[CLIENT] -> LEDGER_CLOSE(r_word, from)
    :: else
    fi;
    r_word = 0
}

inline SETTLE_NOTICE() {
    LEDGER_CLOSE(notice_call, notice_server);
    K; d_step { notice_server = NOBODY; notice_call = 0; notice_tail = 0 }
}

inline JUDGE_COMMIT(me, what, w) {
    d_step {
        if
        :: what == CALL && me == CLIENT -> assert(!delivered[w]); delivered[w] = 1
        :: what == REPLY || what == NOTICE -> assert(delivered[w] && !answered[w]); answered[w] = 1
        :: what == PLAIN -> assert(w == mailed); mailed++
        :: else
        fi
    }
}

inline WRITE(t, what, w) {
    K; d_step { RECEIVED(t, in_tail[t]).kind = what; RECEIVED(t, in_tail[t]).word = w }
}

inline PUT(me, t, what, w) {
    WRITE(t, what, w);
    K; rec_tail[me] = in_tail[t] + 1;
    K; rec_dest[me] = t;
    K; rec_next[me] = out_head[me] + 1;
    K; in_tail[t]++; JUDGE_COMMIT(me, what, w);
#ifdef BUG_SETTLE_AFTER_HEAD
    K; out_head[me]++;
    SETTLE(me, t, out_head[me] - 1);
    out_head[me]--;             /* DRAIN advances it again, unobserved */
#else
    SETTLE(me, t, out_head[me]);
#endif
    K; parked[t] = 0
}

/* The ledger slot of the caller's CALL: filled before the commit, opened after it (SETTLE). */
inline LEDGER_PREPARE(me, wanted) {
    K; LEDGER_SLOT(out_head[me]).slot = out_head[me];
    K; LEDGER_SLOT(out_head[me]).room = wanted;
    K; open_calls++;
    K; reserved = reserved + wanted;
#ifdef BUG_OPEN_BEFORE_COMMIT
    K; LEDGER_SLOT(out_head[me]).server = SERVER;
#endif
}

#ifdef BUG_SLOT_NOT_COMPARED
#define SERVES(me, w) (LEDGER_SLOT(w).server == me)
#elif defined(BUG_REPLY_UNCHECKED)
#define SERVES(me, w) true
#else
#define SERVES(me, w) (LEDGER_SLOT(w).server == me && LEDGER_SLOT(w).slot == w)
#endif

/* The entry at the head; r_done: it leaves the outbox, else it is held. */
inline DELIVER(me) {
    r_done = 1;
    r_next = POSTED(me, out_head[me]).word;
    if
    :: POSTED(me, out_head[me]).kind == VOID -> K; rec_dest[me] = NOBODY
    :: POSTED(me, out_head[me]).kind == PLAIN ->
        if
        :: !alive[CLIENT] -> r_done = 0; HOLD(me, REFUSED, 0, 0)
        :: alive[CLIENT] && !ROOM_FOR(me, 1) -> r_done = 0; ROOM_HOLD(me, 1)
        :: alive[CLIENT] && ROOM_FOR(me, 1) -> PUT(me, CLIENT, PLAIN, r_next)
        fi
    :: POSTED(me, out_head[me]).kind == CALL ->
        if
        :: !alive[SERVER] -> r_done = 0; HOLD(me, REFUSED, 0, 0)
        :: alive[SERVER] && LEDGER_SLOT(out_head[me]).server != NOBODY ->
            r_done = 0; HOLD(me, LEDGER, LEDGER_SLOT(out_head[me]).server, 0)
        :: alive[SERVER] && LEDGER_SLOT(out_head[me]).server == NOBODY && !ROOM_FOR(me, r_next) ->
            r_done = 0; ROOM_HOLD(me, r_next)
        :: alive[SERVER] && LEDGER_SLOT(out_head[me]).server == NOBODY && ROOM_FOR(me, r_next) ->
            assert(in_tail[SERVER] - in_head[SERVER] < IN);
            LEDGER_PREPARE(me, r_next);
            PUT(me, SERVER, CALL, out_head[me])
        fi
    :: POSTED(me, out_head[me]).kind == REPLY ->
        if
        :: !alive[CLIENT] || !SERVES(me, r_next) -> r_done = 0; HOLD(me, REFUSED, 0, 0)
        :: alive[CLIENT] && SERVES(me, r_next) ->
            assert(LEFT > 0);
            PUT(me, CLIENT, REPLY, r_next)
        fi
    :: POSTED(me, out_head[me]).kind == FORWARD ->
        if
        :: !alive[SECOND] || !alive[CLIENT] || !SERVES(me, RECEIVED(me, r_next).word) ->
            r_done = 0; HOLD(me, REFUSED, 0, 0)
        :: alive[SECOND] && alive[CLIENT] && SERVES(me, RECEIVED(me, r_next).word) ->
            assert(in_tail[SECOND] - in_head[SECOND] < IN);
            r_next = RECEIVED(me, r_next).word;
            PUT(me, SECOND, CALL, r_next)
        fi
    fi;
    r_next = 0
}

/* A record at rest: nobody will look at what it says. */
#define AT_REST(t) rec_tail[t] = 0; rec_dest[t] = NOBODY

inline DRAIN(me) {
    do
    :: out_head[me] == out_tail[me] -> r_may_park = 1; break
    :: else ->
        DELIVER(me);
        if
        :: r_done ->
            r_done = 0;
            K; d_step { POSTED(me, out_head[me]).kind = 0; POSTED(me, out_head[me]).word = 0;
                        out_head[me]++ };
            K; d_step { rec_next[me] = out_head[me]; AT_REST(me) };
            if
            :: held_reason[me] == FULL -> ROOM_LEAVE(me)
            :: else
            fi;
            if
            :: held_reason[me] != OK -> HOLD_NOTHING(me)
            :: else
            fi
        :: else -> r_may_park = (held_reason[me] != REFUSED); break
        fi
    od
}

/*
 * What must hold whenever ring 3 runs. All deliveries are finished then, so closed slots mean
 * nothing any more.
 */
inline CHECK() {
    d_step {
        r_word = 0;
        for (r_i : 0 .. OUT - 1) {
            if
            :: ledger[r_i].server != NOBODY -> r_word = r_word + ledger[r_i].room; r_next++
            :: else -> ledger[r_i].slot = 0; ledger[r_i].room = 0
            fi
        }
        assert(!alive[CLIENT] || (reserved == r_word && open_calls == r_next && reserved <= LEFT));
        assert(notice_server == NOBODY);
        for (r_i : CLIENT .. MAILER) {
            assert(rec_next[r_i] == out_head[r_i])
        }
        r_i = 0; r_word = 0; r_next = 0
    }
}

/* Finishes what was committed, counts the ledger anew, and tells everybody to post again. */
inline RECOVER() {
    K; room_wanted = NOBODY;
    r_i = CLIENT;
    do
    :: r_i <= MAILER ->
        r_to = rec_dest[r_i];
        if
        :: rec_next[r_i] == out_head[r_i] -> skip
        :: rec_next[r_i] != out_head[r_i] && r_to != NOBODY && alive[r_to] &&
           in_tail[r_to] == rec_tail[r_i] ->
#ifndef BUG_FINISH_NOT_SETTLED
            SETTLE(r_i, r_to, out_head[r_i]);
#endif
            K; d_step {
                POSTED(r_i, out_head[r_i]).kind = 0; POSTED(r_i, out_head[r_i]).word = 0;
                out_head[r_i] = rec_next[r_i]
            }
        :: rec_next[r_i] != out_head[r_i] &&
           (r_to == NOBODY || !alive[r_to] || in_tail[r_to] != rec_tail[r_i]) ->
            K; rec_dest[r_i] = NOBODY;
            K; rec_next[r_i] = out_head[r_i]
        fi;
        AT_REST(r_i);
        r_i++
    :: else -> break
    od;
    r_i = 0; r_to = 0;
    if
#ifndef BUG_NOTICE_NOT_SETTLED
    :: notice_server != NOBODY && alive[CLIENT] && notice_tail == in_tail[CLIENT] -> SETTLE_NOTICE()
#endif
    :: else -> K; d_step { notice_server = NOBODY; notice_call = 0; notice_tail = 0 }
    fi;
#ifndef BUG_NO_RECOUNT
    if
    :: alive[CLIENT] ->
        r_i = 0; r_left = 0; r_next = 0;
        do
        :: r_i < OUT && open_calls != 0 ->
            if
            :: ledger[r_i].server != NOBODY -> r_left = r_left + ledger[r_i].room; r_next++
            :: else
            fi;
            r_i++
        :: else -> break
        od;
        r_i = 0;
        K; reserved = r_left; r_left = 0;
        K; open_calls = r_next; r_next = 0
    :: else
    fi;
#endif
    r_to = CLIENT;
    do
    :: r_to <= MAILER ->
        if
        :: alive[r_to] ->
            if
            :: held_reason[r_to] == FULL || held_reason[r_to] == LEDGER ||
               (held_reason[r_to] == REFUSED && held_index[r_to] != out_head[r_to]) ->
                HOLD_NOTHING(r_to)
            :: else
            fi;
            if
            :: out_head[r_to] != out_tail[r_to] -> RAISE(r_to)
            :: else
            fi
        :: else
        fi;
        r_to++
    :: else -> break
    od;
    r_to = 0
}

inline NOTIFY(w) {
    WRITE(CLIENT, NOTICE, w);
    K; notice_call = w;
    K; notice_tail = in_tail[CLIENT] + 1;
    K; notice_server = died;
    K; in_tail[CLIENT]++; JUDGE_COMMIT(NOBODY, NOTICE, w);
    SETTLE_NOTICE()
}

/* The upcall GONE: death notices for the calls that the dead task was to answer. */
inline GONE() {
    if
    :: alive[CLIENT] && held_reason[CLIENT] != OK && held_peer[CLIENT] == died -> RAISE(CLIENT)
    :: else
    fi;
    if
#ifndef BUG_GONE_DEAF
    :: held_reason[MAILER] != OK && held_peer[MAILER] == died -> RAISE(MAILER)
#endif
    :: else
    fi;
    if
    :: alive[CLIENT] && open_calls != 0 ->
        do
        :: r_i < OUT ->
            if
            :: ledger[r_i].server == died ->
                assert(LEFT > 0);
                r_next = ledger[r_i].slot;
                NOTIFY(r_next);
                r_next = 0;
                K; parked[CLIENT] = 0
            :: else
            fi;
            r_i++
        :: else -> break
        od;
        r_i = 0
    :: else
    fi
}

/* ---- ring 3 ---------------------------------------------------------------------------- */

inline ENTRY(what, w) {
    POSTED(ME, out_tail[ME]).kind = what;
    POSTED(ME, out_tail[ME]).word = w;
    out_tail[ME]++
}

inline TAKE() {
    CLEAR(ME, in_head[ME]); in_head[ME]++
}

#define FREE_LINE (out_tail[ME] - out_head[ME] < OUT)
#define MAIL      (in_tail[ME] != in_head[ME])
#define FIRST     RECEIVED(ME, in_head[ME])
#define EMPTY     (out_head[ME] == out_tail[ME])
#define VOIDED    (POSTED(ME, out_head[ME]).kind == VOID)
#define HELD      (!EMPTY && !VOIDED && held_reason[ME] != OK && held_index[ME] == out_head[ME])
#define IS_REFUSED (HELD && held_reason[ME] == REFUSED)
#define TO_POST   (!EMPTY && !HELD)

/* The last look at one's own mailbox before a wait. HELD says to post again what is held. */
inline LOOK() {
    op = (HELD && !pending[ME] -> WAIT : POST_WAIT);
    pending[ME] = 0;
    looked[ME] = in_head[ME]
}

/* Calls, with room for one line or two; reads what comes; waits when it has to. */
inline CLIENT_STEP() {
    if
    :: n < CALLS && FREE_LINE ->
        if
        :: ENTRY(CALL, 1)
        :: ENTRY(CALL, 2)
        fi;
        n++
    :: MAIL ->
        r_word = FIRST.word;
        if
        :: FIRST.kind == PLAIN -> assert(r_word == mail_read); mail_read++
        :: else ->
            assert(FIRST.kind == REPLY || FIRST.kind == NOTICE);
            assert(!read[r_word]); read[r_word] = 1
        fi;
        r_word = 0;
        TAKE(); goto again
    :: IS_REFUSED ->
        assert(!delivered[out_head[ME]]);
        refused[out_head[ME]] = 1;
        POSTED(ME, out_head[ME]).kind = VOID
    :: TO_POST -> op = POST
    :: (n == CALLS || !FREE_LINE) && !MAIL && !IS_REFUSED && !TO_POST -> LOOK(); goto again
    fi
}

/*
 * Answers at once or keeps a call for later, or forwards it; may answer one call twice. The
 * line of a call that is forwarded stays unread until it has gone.
 */
inline SERVER_STEP() {
    if
    :: kept && FREE_LINE -> ENTRY(REPLY, kept - 1); last = (twice -> 0 : kept); kept = 0
    :: last && FREE_LINE -> ENTRY(REPLY, last - 1); last = 0; twice = 1
    :: MAIL && !forwarding && FREE_LINE ->
        assert(FIRST.kind == CALL);
        last = FIRST.word + 1;
        ENTRY(REPLY, last - 1); last = (twice -> 0 : last);
        TAKE()
    :: MAIL && !forwarding && !kept -> kept = FIRST.word + 1; TAKE()
    :: MAIL && !forwarding && !alone && FREE_LINE -> ENTRY(FORWARD, in_head[ME]); forwarding = 1
    :: forwarding && EMPTY -> TAKE(); forwarding = 0
    :: IS_REFUSED ->
        if
        :: POSTED(ME, out_head[ME]).kind == FORWARD -> forwarding = 0; alone = 1
        :: else
        fi;
        POSTED(ME, out_head[ME]).kind = VOID
    :: TO_POST -> op = POST
    :: EMPTY && !MAIL && !kept -> LOOK(); goto again
    fi
}

/* Answers what was forwarded to it. */
inline SECOND_STEP() {
    if
    :: MAIL && FREE_LINE ->
        assert(FIRST.kind == CALL);
        last = FIRST.word;
        ENTRY(REPLY, last); last = 0;
        TAKE()
    :: IS_REFUSED -> POSTED(ME, out_head[ME]).kind = VOID
    :: TO_POST -> op = POST
    :: EMPTY && !MAIL -> LOOK(); goto again
    fi
}

/* Ordinary mail to the client. */
inline MAILER_STEP() {
    if
    :: n < MAILS && FREE_LINE -> ENTRY(PLAIN, n); n++
    :: IS_REFUSED -> POSTED(ME, out_head[ME]).kind = VOID
    :: TO_POST || pending[ME] -> pending[ME] = 0; op = POST
    :: HELD && !IS_REFUSED && !pending[ME] -> op = WAIT; goto again
    :: n == MAILS && EMPTY -> goto finished
    fi
}

/* One task ends, some time, or none does; the router hears of it before any task runs. */
inline DEATH_STEP() {
    if
#ifndef IMMORTAL
    :: died = SERVER
    :: died = SECOND
    :: died = CLIENT
#endif
    :: goto finished
    fi;
    alive[died] = 0; parked[died] = 0;
    gone_owed = 1;
    recovering = DEATH;
    goto upcall
}

/* When nothing can happen any more, everything must have happened. */
active proctype Judge() {
    byte i;
    timeout ->
    d_step {
        if
        :: alive[CLIENT] ->
            for (i : 0 .. CALLS - 1) {
                assert(refused[i] || (delivered[i] && answered[i] && read[i]))
            }
            assert(reserved == 0 && open_calls == 0);
            assert(mailed == MAILS && mail_read == MAILS)
        :: else
        fi;
        assert(out_head[MAILER] == MAILS)
    }
}

/*
 * A task is a loop of one atomic sequence: some steps that concern nobody else, then the gate.
 * `goto again` is where it may be preempted: after it has read a line, after a call, and
 * between the last look at its mailbox and a wait.
 */
active [5] proctype Task() provided (CPU && alive[_pid]) {
    byte n, op, kept, last;     /* the server's two: 1 + slot */
    bit forwarding, alone, twice;
again:
    atomic {
        skip;                   /* not the loop: going round in it would be leaving the atomic */
        do
        :: op -> break
        :: !op && ME == CLIENT -> CLIENT_STEP()
        :: !op && ME == SERVER -> SERVER_STEP()
        :: !op && ME == SECOND -> SECOND_STEP()
        :: !op && ME == MAILER -> MAILER_STEP()
        :: !op && ME == DEATH -> DEATH_STEP()
        od;
        /* the gate */
        if
        :: ME == CLIENT -> ROOM_TELL()
        :: else
        fi;
        if
        :: op & POST -> DRAIN(ME)
        :: else -> r_may_park = 1
        fi;
        CHECK();
        if
        :: op & WAIT && r_may_park && !pending[ME] &&
           (ME == MAILER || in_tail[ME] == looked[ME]) ->
            r_may_park = 0; op = 0; looked[ME] = 0;
            parked[ME] = 1;
            !parked[ME]
        :: else -> r_may_park = 0; op = 0; looked[ME] = 0
        fi;
        goto again;
killed: RESET_ROUTER();
        op = 0;
        if
        :: ME <= MAILER -> looked[ME] = 0
        :: else
        fi;
        goto restart
    };
restart:
    atomic {
        RECOVER();
#ifdef BUG_GONE_ONCE
        gone_owed = 0;
#endif
upcall: if
        :: gone_owed -> GONE(); gone_owed = 0
        :: else
        fi;
        CHECK();
        recovering = 0;
        if
        :: ME != DEATH -> goto again
        :: else
        fi
    };
finished:
    skip
}
