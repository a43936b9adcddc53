/* The form of a session, new or edited: rows of days as they were typed, to the model and back to the page. */
#ifndef MUSTER_WEB_SESSION_FORM_H
#define MUSTER_WEB_SESSION_FORM_H
#include "model/session.h"
#include "web/view_trainings.h"
#include "web/web.h"

struct day_typed {
	struct str id, date, time, hours, minutes, zone, place, url, fold;
};
struct session_typed {
	struct str title, instructor, instructor_login, capacity;
	int64_t version;
	struct day_typed *days;
	size_t days_n; /* at most SESSION_DAYS_MAX, at least one */
};
/* One empty day in the account's zone. */
void session_typed_new(struct req *r, struct session_typed *out);
void session_typed_of(struct req *r, const struct session *s, struct session_typed *out);
void session_typed_read(struct req *r, struct session_typed *out);
/* True when a button asked for one day more or less: *typed has it then, and nothing is to be saved. */
bool session_typed_days(struct req *r, struct session_typed *typed);
/* `old`: the session that is there (NULL: a new one), whose days keep seconds that the form does not show. */
void session_typed_form(
	struct req *r, const struct session_typed *typed, const struct session *old, struct session_form *out);
/* Turns the fields of the model's errors ("days[0].start") into those of this page ("day0_date"). Before page_begin().
 */
void session_typed_errors(struct req *r, const struct session_typed *typed);
/* At a conflict: notes in the errors what differs from `now`. */
void session_typed_conflicts(struct req *r, const struct session_typed *typed, const struct session_typed *now);
/* The fields with their errors. */
void session_typed_fill(struct req *r, const struct session_typed *typed, struct session_form_view *v);
#endif
