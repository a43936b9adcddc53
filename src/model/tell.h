/* Telling people: notifications in the account and rows of the outbox, in the transaction of their cause. What a mail
 * says is rendered when it leaves, from the state then: so changes that come meanwhile merge by themselves. */
#ifndef MUSTER_MODEL_TELL_H
#define MUSTER_MODEL_TELL_H
#include "model/ctx.h"

/* Kinds of notification and of mail. To participants: invited choose waiting seat moved changed cancelled reminder
 * (model/reminder.h); to organizers: declined left left_waiting; to supervisors: left_waiting
 * changed_session; to who started it: batch_done, import_done. */

/* ---- to a participant. Nothing is told before the enrollment is announced: these do nothing then. */
/* `kind`: invited seat moved changed choose waiting. */
void tell_invited(struct ctx *c, int64_t enrollment_id, const char *kind);
/* Withdraws: a mail with METHOD:CANCEL for each calendar entry that was sent or is in flight; what has not left is
 * dropped. */
void tell_cancelled(struct ctx *c, int64_t enrollment_id);
/* Brings the calendar entries of an announced enrollment in line with its session: update for days that changed, invite
 * for new ones, cancel for those gone. */
void tell_calendar(struct ctx *c, int64_t enrollment_id);
/* The same for everybody in a session whose days, title or place changed (set-based); `kind` changed or cancelled. Who
 * was told by mail of waiting for it gets a plain message. */
void tell_session(struct ctx *c, int64_t session_id, const char *kind);

/* ---- to others */
/* The organizer of the enrollment's training: declined, left, left_waiting. */
void tell_organizer(struct ctx *c, int64_t enrollment_id, const char *kind);
/* The participant's supervisor: left_waiting, changed_session. `organizer_knows`: not again whoever is the organizer as
 * well. */
void tell_supervisor(struct ctx *c, int64_t enrollment_id, const char *kind, bool organizer_knows);
/* A notification without mail for one user. */
void tell_user(struct ctx *c, int64_t user_id, const char *kind, int64_t enrollment_id, int64_t batch_id);
/* Access dates: announces up to `rows` enrollments that are due. *left: more are due now. *next_at: the next access
 * date after that, 0: none. Write transaction. */
void tell_due(struct ctx *c, int64_t rows, bool *left, int64_t *next_at);
#endif
