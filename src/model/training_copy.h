/* Copying a training: title, texts, settings and sessions, on other days, and nobody in it. The days are moved by whole
 * days of the calendar, so that they keep their time on the clock there, whatever the clocks do in between. */
#ifndef MUSTER_MODEL_TRAINING_COPY_H
#define MUSTER_MODEL_TRAINING_COPY_H
#include "model/training.h"

struct training_copy_form {
	struct str title;     /* null: as it is */
	struct str first_day; /* "YYYY-MM-DD": of the first session; needed where there is one */
	bool any_weekday;     /* exactly then; else on the first day from then on at which all weekdays stay as they are */
	bool has_sessions;    /* only these; else all that are not cancelled */
	const int64_t *sessions;
	size_t sessions_n;
};
struct training_copy {
	struct training from;
	struct str title;
	struct session *sessions; /* as they would be: by start, without ids */
	size_t sessions_n;
};
/* What a copy would be. The training is filled also when it answers false. Errors at first_day (required, invalid,
 * out_of_range, time_skipped), sessions (not_found). */
bool training_copy_plan(struct ctx *c, int64_t id, const struct training_copy_form *f, struct training_copy *out);
/* Makes it, with the organizer and instructors of before where the actor may name them, else the actor and the
 * instructors' names alone. Needs PERM_TRAININGS_CREATE (ERR_FORBIDDEN). Also the errors of training_create(). */
bool training_copy(struct ctx *c, int64_t id, const struct training_copy_form *f, int64_t *copy);
#endif
