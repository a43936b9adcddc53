/* Reports: numbers over the people in the actor's scope of "reports" (R3) who have an announced enrollment that is not
 * cancelled (R4). */
#ifndef MUSTER_MODEL_REPORT_H
#define MUSTER_MODEL_REPORT_H
#include "model/ctx.h"

enum report_by { REPORT_TRAINING = 1, REPORT_SESSION, REPORT_DEPARTMENT };
bool report_by_parse(struct str name, enum report_by *out); /* "training", "session", "department" */

struct report_query {
	const int64_t *trainings;
	size_t trainings_n; /* none: all */
	const int64_t *sessions;
	size_t sessions_n;
	int64_t from, to; /* sessions that go on in [from, to); 0: no limit */
};
struct report_row {
	int64_t key;
	struct str name; /* of a training, session or department */
	int64_t training;
	struct str training_title; /* 0 and null for departments */
	int64_t starts_at, ends_at, days;
	struct str time_zone;                          /* of a session */
	int64_t enrolled, attended, absent, no_result; /* the last three add up to the first */
};
struct report_rows {
	struct report_row *items;
	size_t n;
};
/* Sorted by training, then start, or by department. Reads every enrollment it counts: for slow routes. */
void report_attendance_make(struct ctx *c, enum report_by by, const struct report_query *q, struct report_rows *out);

struct report_choice {
	int64_t id;
	struct str title;
};
struct report_choices {
	struct report_choice *items;
	size_t n;
};
/* At most `limit` trainings by title; titles are seen by every manager (R11). */
void report_training_choices(struct ctx *c, int64_t limit, struct report_choices *out);
#endif
