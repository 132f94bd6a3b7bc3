/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpost: what a task in ring 3 needs to live by messages. A program includes this header
 * and nothing else of libpost; it brings one header for each noun:
 *
 *   post_mailbox.h    the task's own mailbox
 *   post_time.h       ticks, deadlines, sleep
 *   post_send.h       sending: in place and by copying
 *   post_wait.h       waiting and signals
 *   post_receive.h    receiving: in place and by copying
 *   post_call.h       calls
 *   post_reply.h      a server's answers; forwarding
 *   post_system.h     routes, names, memory, the end of the task
 *   post_frames.h     large messages, whose pages change hands; giving anything of any size
 *   post_seal.h       an end-to-end checksum
 *   post_text.h       text for the console
 *   post_fault.h      how tasks and the router died, in words
 *
 * message.h and mailbox.h say what the words of a message mean; protocol.h says what the
 * system's own tasks understand.
 *
 * A task has two rings of 64-byte lines, and two ways to use each:
 *
 *                 in place (no copy)                   copying
 *   sending       post_slot, fill, post_commit,        post_put, post_send, post_batch,
 *                 then post_flush or any wait          post_reply, post_call
 *   receiving     post_next or post_peek, read,        post_recv
 *                 post_done
 *   calls         post_call.h has a table of its own
 *
 * A task may mix the two. Everything committed leaves in the order of its commits. Mail is read
 * in the order of its arrival, with one exception: replies to libpost's own calls are taken out
 * of the middle, and the other mail stays unread, in order.
 *
 * Rules that hold throughout:
 * - Committing is not posting. Lines leave with the next gate call: post_flush, post_send, or
 *   any wait. So a server answers and waits in one gate call.
 * - An entry that must wait (the receiver is full, the router asks for the route) waits at the
 *   head of the outbox, and all entries behind it wait too. An entry that is refused is voided,
 *   so that the rest goes on. post_send, post_call, post_batch and post_flush return the reason
 *   of a refusal. A wait cannot return it; libpost counts it in post_dropped instead.
 * - Deadlines are absolute ticks of 1 ms: post_in(250) is a quarter of a second from now.
 *   POST_FOREVER means no deadline.
 * - The router may be restarted in the middle of a call. The task does not notice: libpost
 *   posts again.
 *
 * Any task may call these functions. A task has one thread; nothing here may be used from two.
 */
#ifndef POST_H
#define POST_H

#include "post_mailbox.h"
#include "post_time.h"
#include "post_send.h"
#include "post_wait.h"
#include "post_receive.h"
#include "post_call.h"
#include "post_reply.h"
#include "post_system.h"
#include "post_frames.h"
#include "post_seal.h"
#include "post_text.h"
#include "post_fault.h"

#endif
