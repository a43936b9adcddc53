/* What the files of the enrollment pages share. */
#ifndef MUSTER_WEB_ENROLL_PAGES_H
#define MUSTER_WEB_ENROLL_PAGES_H
#include "model/draft.h"
#include "model/enroll_plan.h"
#include "model/session.h"
#include "web/view_enroll.h"
#include "web/web.h"

/* Loads the draft of the request; false with the reply made when it was used (303 to its result) or cannot be read. */
bool enroll_draft(struct req *r, struct draft *d);
/* Title, steps and summary for the page of `stage`; `users`: how many the audience has, from enroll_count_users() or
 * the plan. */
void enroll_head_fill(
	struct req *r, const struct draft *d, enum draft_stage stage, int64_t users, struct enroll_head *h);
/* "27 users": resolves the audience; leaves it in the staging table. Counts that are wanted may be NULL. */
int64_t enroll_count_users(
	struct req *r, const struct draft *d, struct audience_unknown *unknown, int64_t *no_email, int64_t *not_active);
/* After a change: saves on the version that the form carried, if it did. False with errors: then it is the caller who
 * shows the page again. */
bool enroll_save(struct req *r, struct draft *d, enum draft_stage reached);
/* Status of a page that shows what c.errs says. */
unsigned enroll_status(const struct req *r);
/* A session as a row: tiles, and times and place of its first day, in its own zone. */
struct session_row enroll_session_row(struct req *r, const struct session *s);
/* The instant in the reader's zone: "Mon 30 Nov, 09:00 Berlin time". */
struct str enroll_instant(struct req *r, int64_t at);
/* "Fire safety and 2 more trainings" */
struct str enroll_recent_trainings(const struct text *t, struct str title, int64_t trainings);
struct person_view enroll_person(struct req *r, struct str name, struct str login);
/* Somebody who may be added, and why not if not. */
struct enroll_match enroll_match(struct req *r, const struct draft *d, int64_t id, struct str name, struct str login,
	struct str email, struct str department, struct str status);
/* Advanced Search as the query asks for it, with whom it finds; and what the form adds of it, false with errors. */
void enroll_search_fill(struct req *r, const struct draft *d, struct enroll_search *s);
bool enroll_search_add(struct req *r, struct draft *d);
/* The people below each session of Check, whose rows are filled: of the plan computed last. */
void enroll_check_seats(struct req *r, const struct draft *d, const struct plan *p, struct enroll_check_view *v);
/* Why, of a reason E01–E18; without a session, the participant chooses. Null for none. */
struct str enroll_reason(const struct text *t, int64_t code, bool has_session);
#endif
