/* SPDX-License-Identifier: BSD-2-Clause */
/* The route cache and its lanes; lane.c says how they are kept. */
#ifndef ROUTER_LANE_H
#define ROUTER_LANE_H

#include "router.h"

/*
 * A row of the route cache: 64 for each task slot. It counts only if its incarnation is the
 * router's, so a restart empties the cache. With dest 0 the badge is a status:
 * STATUS_OK for "not asked yet", else a refusal. Refusals have no rights; in the place of the tags
 * they have the index of the entry that they are for (route.c).
 */
struct route {
    task_id_t dest;
    uint32_t badge;
    uint16_t rights;
    uint16_t incarnation;
    uint16_t first_tag;
    uint16_t last_tag;
};
_Static_assert(sizeof(struct route) == 16, "64 rows are 1 KiB");

/*
 * The lane of a task: its last route, found and checked, so that the fast path need not look
 * again. It takes the place of rows 0 to 3, which no route has. All zero is a closed lane.
 */
struct lane {
    handle_t handle;
    uint32_t first;    /* word 1 of a plain line with the first tag allowed              */
    uint32_t tags;     /* how many tags are allowed; 0: no plain line goes this way      */
    uint32_t calls;    /* the same of a CALL of one line                                 */
    uint32_t notifies; /* and of a NOTIFY of one line                                    */
    uint32_t clear;    /* not 0: nothing is the matter, so that a reply may go           */
    uint32_t badge;    /* what the receiver sees                                         */
    task_id_t dest;    /* the receiver                                                   */
    uint32_t yield_at; /* the attention at which a POST yields: 0 for a more important receiver */
    struct in_header *to; /* the receiver's in header */
};

/* Word 1 of an entry of one line, without its tag. */
#define PLAIN_LINE  0x00010000u
#define CALL_LINE   (PLAIN_LINE | FLAG_CALL << 24)
#define REPLY_LINE  (PLAIN_LINE | FLAG_REPLY << 24)
#define NOTIFY_LINE (PLAIN_LINE | FLAG_NOTIFY << 24)

/* What somebody who waits for room means to those that come after it. */
enum turn {
    TURN_NEXT,     /* it comes before them                                        */
    TURN_PROMISED, /* it has been told that there is room: there is so much less  */
    TURN_MISSED,   /* it did not come, or there can be no room: nothing           */
};

/* A place in the queue of those who wait for room in an inbox; room.c says more. */
struct waiting {
    slot_t at;        /* whose inbox this slot's entry waits for; 0: it does not       */
    slot_t next;      /* who asked after it                                            */
    slot_t last;      /* who asked last for room in this slot's inbox                  */
    uint8_t passed;   /* lines let into this slot's inbox before the first who waits   */
    uint8_t promised; /* lines of this slot's inbox that are promised                  */
    uint8_t promise;  /* lines promised to this slot's entry                           */
    uint8_t told : 6; /* how often it was told                                         */
    uint8_t turn : 2; /* enum turn                                                     */
};

union routes {
    struct route row[HANDLES];
    struct {
        struct lane lane;
        struct waiting waiting;
    };
};
_Static_assert(sizeof(struct lane) + sizeof(struct waiting) <=
                   NUMBER_OF(HANDLE_FIRST) * sizeof(struct route),
               "the lane's place");

extern union routes route_cache[];

static inline struct lane *lane_of(slot_t slot) { return &route_cache[NUMBER_OF(slot)].lane; }

static inline struct waiting *waiting_of(slot_t slot)
{
    return opaque(&route_cache[NUMBER_OF(slot)].waiting);
}

/* The row of a handle that the registrar gives. */
static inline struct route *row_of(slot_t slot, handle_t handle)
{
    return &route_cache[NUMBER_OF(slot)].row[NUMBER_OF(handle)];
}

/* The route of a handle that every task has. */
static inline struct route route_fixed(task_id_t dest)
{
    return (struct route){
        .dest = dest, .rights = RIGHT_SEND | RIGHT_CALL | RIGHT_NOTIFY, .last_tag = 0xFFFF};
}

/* Is it one of those that the registrar gives? */
static inline bool is_row(handle_t handle)
{
    return NUMBER_OF(handle) >= NUMBER_OF(HANDLE_FIRST) && NUMBER_OF(handle) < HANDLES;
}

bool lane_clear(struct lane *lane);
bool lane_open(struct lane *lane, handle_t handle);
void lane_close(slot_t slot);
void lane_close_to(task_id_t dest);
void lane_close_all(void);
void lane_forget(slot_t slot);

#endif
