/* Calendars: which days stand in them. One's own from the moment they were announced; every session for managers (R11).
 */
#ifndef MUSTER_MODEL_SCHEDULE_H
#define MUSTER_MODEL_SCHEDULE_H
#include "model/ctx.h"

enum { SCHEDULE_MAX = 10000 }; /* entries read at once; the rest is cut */

struct schedule_entry {
	int64_t enrollment; /* 0: seen as a manager or as the instructor */
	int64_t training, session, day;
	struct str title, session_title, instructor; /* title: the training's */
	int64_t position, days;                      /* day 1 of 2 */
	int64_t start_at, end_at;
	struct str time_zone, location, url;
	struct str status, answer; /* of the enrollment: enrolled waiting; null without one */
	struct opt_i64 capacity;
	int64_t seats_taken, waiting; /* without an enrollment */
	bool cancelled;               /* the session is */
	bool may_edit;                /* the actor may edit the session (R11) */
};
struct schedule {
	struct schedule_entry *items;
	size_t n;
	bool cut;
};

/* Which of them; zeroed: all. */
struct schedule_filter {
	int64_t training;             /* 0: any */
	struct str instructor, place; /* exactly this name, this place; empty: any */
	bool online;                  /* days with a link and no place; then `place` is empty */
};

/* Days between two instants, by start. `f` may be NULL. */
void schedule_enrolled(struct ctx *c, int64_t from, int64_t to, const struct schedule_filter *f,
	struct schedule *out); /* the actor's enrollments, announced and not cancelled */
void schedule_mine(struct ctx *c, int64_t from, int64_t to, const struct schedule_filter *f,
	struct schedule *out); /* these, and what the actor teaches or organizes (R11) */
void schedule_everything(struct ctx *c, int64_t from, int64_t to, const struct schedule_filter *f,
	struct schedule *out); /* all sessions; the caller asks PERM_TRAININGS_VIEW */

/* What a list of days can be filtered by: each training, instructor and place in it once, in the order of the language.
 * Made of what the actor sees, so it names nothing else (R3). */
struct schedule_choice {
	int64_t id; /* of a training */
	struct str name, sort_key;
};
struct schedule_choices {
	struct schedule_choice *trainings, *instructors, *places;
	size_t trainings_n, instructors_n, places_n;
	bool online; /* some day has a link and no place */
};
void schedule_choices(struct ctx *c, const struct schedule *list, struct schedule_choices *out);
/* The title of a training that may stand in the actor's calendar; false when there is none that the actor sees. */
bool schedule_training(struct ctx *c, int64_t id, struct str *title);
/* Trainings that the actor may edit (R11), by title: those that `q` is found in. */
struct schedule_trainings {
	struct schedule_editable_item {
		int64_t id, days;
		struct str title, time_zone;
		struct opt_i64 starts_at, ends_at; /* of the next session, if there is one */
	} * items;
	size_t n;
};
void schedule_trainings(struct ctx *c, struct str q, int64_t limit, struct schedule_trainings *out);
#endif
