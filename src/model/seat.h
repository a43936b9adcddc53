/* Seats: held by an enrollment that has a session, is enrolled and not declined. All changes of seats_taken, seats_over
 * and waiting go through here or through the batch statements of enroll_batch.c and enroll_undo.c. */
#ifndef MUSTER_MODEL_SEAT_H
#define MUSTER_MODEL_SEAT_H
#include "model/ctx.h"

enum seat_result { SEAT_TAKEN, SEAT_WAIT, SEAT_REFUSED };
/* Takes a seat for the enrollment (not holding one now) in the session, or by when_full ("wait", "refuse", "over";
 * "over" needs PERM_OVER, checked by the caller) a place in the waiting list: then *position is set. Changes the
 * session row only; the caller writes the enrollment. */
enum seat_result seat_take(struct ctx *c, int64_t session_id, struct str when_full, int64_t *position);
/* Gives a held seat back. */
void seat_free(struct ctx *c, int64_t session_id);
/* Takes a waiting enrollment off the list's count. */
void seat_stop_waiting(struct ctx *c, int64_t session_id);
/* Whoever is first in the waiting list gets each seat that is free, and is told (after the access date); nobody does
 * when the session is over. Call after anything that freed seats. */
void seat_promote(struct ctx *c, int64_t session_id);
/* The capacity changed: checks it against the seats held (false: out_of_range at "capacity" unless `over`), then
 * promotes. */
bool seat_capacity(struct ctx *c, int64_t session_id, struct opt_i64 capacity, bool over);
#endif
