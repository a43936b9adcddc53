/* One enrollment after it was made: look at it, edit, cancel (R5, R6, R8). Statuses as the REST API says them:
 * scheduled enrolled waiting cancelled. */
#ifndef MUSTER_MODEL_ENROLLMENT_H
#define MUSTER_MODEL_ENROLLMENT_H
#include "model/ctx.h"

struct enrollment_day {
	int64_t day, position;
	struct str answer, result;
	int64_t start_at, end_at;
	struct str time_zone, location, url;
};
struct enrollment {
	int64_t id, user, training;
	struct opt_i64 session;
	struct str user_name, login, email, department, training_title, session_title;
	int64_t access_at;
	struct opt_i64 announced_at;
	struct str status;       /* as stored: enrolled waiting cancelled */
	struct opt_i64 position; /* the place in the waiting list, counted from 1 */
	struct str answer;
	struct opt_i64 answered_at;
	struct str result;
	bool result_by_hand;
	struct opt_i64 score;
	struct str comment, source;
	struct opt_i64 batch;
	bool preselected;
	int64_t version, generation, created_at;
	struct opt_i64 starts_at, ends_at;
	bool session_cancelled;
	int64_t organizer;
	struct str instructor;
	struct opt_i64 closes_before;
	struct enrollment_day *days;
	size_t days_n;
};
/* With its days; no scope check (the route has made it). */
bool enrollment_get(struct ctx *c, int64_t id, struct enrollment *out);
/* As the REST API says it: scheduled until announced. */
struct str enrollment_status_word(struct str status, struct opt_i64 announced_at);

struct enrollment_edit {
	bool has_access;
	int64_t access_at;
	bool has_session;
	struct opt_i64 session;
	struct str when_full; /* null: wait */
	struct opt_i64 version;
	bool promote_later; /* who waits for the seat left does not get it yet: the caller calls seat_promote() */
};
/* R8: locked once a result has given points; `announced` for an access date that has come; `full` with when_full
 * refuse; "over" needs PERM_OVER (ERR_FORBIDDEN). Sends what has to be sent. When it answers false it has written
 * nothing. */
bool enrollment_edit(struct ctx *c, int64_t id, const struct enrollment_edit *e, int64_t hold);
bool enrollment_cancel(struct ctx *c, int64_t id);
/* By the participant, who waits for a seat and wants none any more, whoever chose the session: until it starts (R9).
 * Organizer and supervisor are told. ERR_CONFLICT not_open otherwise. `by_link`: no actor; the link was the proof. */
bool enrollment_leave_waiting(struct ctx *c, int64_t id, bool by_link);
/* R7: a user became inactive or ended: cancels what has not started, frees seats, tells the organizers. */
bool enrollment_cancel_for_leaver(struct ctx *c, int64_t user_id, int64_t *cancelled);
/* How many that would be, for the page that asks. */
int64_t enrollment_count_for_leaver(struct ctx *c, int64_t user_id);
/* A session is cancelled: its rows stay with what they are, everybody is told. */
void enrollment_session_cancelled(struct ctx *c, int64_t session_id);
/* The session's days changed in time or place: answers of moved days are asked again, people are told. `moved`: a start
 * or end changed. */
void enrollment_session_changed(struct ctx *c, int64_t session_id, bool moved);
#endif
