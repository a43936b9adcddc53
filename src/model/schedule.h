/* Calendars: which days stand in them. One's own from the moment they were announced; every session for managers (R11).
 */
#ifndef MUSTER_MODEL_SCHEDULE_H
#define MUSTER_MODEL_SCHEDULE_H
#include "model/ctx.h"

enum { SCHEDULE_MAX = 10000 }; /* entries read at once; the rest is cut */

struct schedule_entry {
	int64_t enrollment; /* 0: seen as a manager or as the instructor */
	int64_t training, session, day;
	struct str title, session_title; /* title: the training's */
	int64_t position, days;          /* day 1 of 2 */
	int64_t start_at, end_at;
	struct str time_zone, location, url;
	struct str status, answer; /* of the enrollment: enrolled waiting; null without one */
	struct opt_i64 capacity;
	int64_t seats_taken, waiting; /* without an enrollment */
	bool cancelled;               /* the session is */
};
struct schedule {
	struct schedule_entry *items;
	size_t n;
	bool cut;
};

/* Days between two instants, by start. */
void schedule_enrolled(struct ctx *c, int64_t from, int64_t to,
	struct schedule *out); /* the actor's enrollments, announced and not cancelled */
void schedule_mine(
	struct ctx *c, int64_t from, int64_t to, struct schedule *out); /* these, and what the actor teaches */
void schedule_everything(struct ctx *c, int64_t from, int64_t to,
	struct schedule *out); /* all sessions; the caller asks PERM_TRAININGS_VIEW */
#endif
