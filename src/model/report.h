/* Reports: numbers over the people in the actor's scope of "reports" (R3), below a supervisor, or of the actor's own
 * trainings and sessions (R11), who have an announced enrollment that is not cancelled (R4). */
#ifndef MUSTER_MODEL_REPORT_H
#define MUSTER_MODEL_REPORT_H
#include "model/ctx.h"

/* Whether the actor has reports at all; else false with ERR_FORBIDDEN. */
bool report_open(struct ctx *c);

/* ---- what was chosen */
enum report_by { REPORT_TRAINING = 1, REPORT_SESSION, REPORT_DEPARTMENT };
bool report_by_parse(struct str name, enum report_by *out); /* "training", "session", "department" */

/* As it stands in an address. Null and empty: not narrowed. */
struct report_words {
	const struct str *trainings; /* ids, "1,2,3" each */
	size_t trainings_n;
	const struct str *sessions;
	size_t sessions_n;
	struct str from, to;   /* YYYY-MM-DD in the actor's zone, or an instant; `to` is the last day */
	struct str department; /* an id */
	struct str nested;     /* "0": without the departments below */
	struct str result;     /* none attended absent */
};
struct report_query {
	const int64_t *trainings;
	size_t trainings_n; /* none: all */
	const int64_t *sessions;
	size_t sessions_n;
	int64_t from, to; /* sessions that go on in [from, to); 0: no limit */
	struct opt_i64 department;
	bool direct;       /* not the departments below it */
	struct str result; /* "": any */
	bool waits;        /* as long as it takes after a start, until figures are in memory; false: half a second */
};
enum { REPORT_IDS_MAX = 1000 };
/* False with `invalid` items at the names of the words. What is not there or out of scope finds nobody. */
bool report_query_read(struct ctx *c, const struct report_words *words, struct report_query *out);
/* Puts trainings and sessions that were chosen into pick_training and stage_id, for statements. */
void report_stage(struct ctx *c, const struct report_query *q);

/* ---- by training, session or department */
struct report_sums {
	int64_t enrolled, attended, absent, no_result; /* the last three add up to the first */
};
struct report_row {
	int64_t key;
	struct str name; /* of a training, session or department */
	int64_t training;
	struct str training_title; /* 0 and null for departments */
	int64_t starts_at, ends_at, days;
	struct str time_zone; /* of a session */
	struct report_sums n;
};
struct report_rows {
	struct report_row *items;
	size_t n;
	struct report_sums sums;
	int percent; /* of the figures that are in memory, with ERR_UNAVAILABLE */
};
enum report_sort {
	REPORT_SORT_NAME,
	REPORT_SORT_ENROLLED,
	REPORT_SORT_ATTENDED,
	REPORT_SORT_ABSENT,
	REPORT_SORT_NO_RESULT,
	REPORT_SORT_RATE,
	REPORT_SORT_COUNT
};
extern const char *const report_sorts[REPORT_SORT_COUNT];
/* By name is by training, then start, or by department; rows that are equal stay in that order. Counted in
 * memory (model/figures.h), but what is not there yet is read: for slow routes. Soon after a start there may be no
 * answer yet: ERR_UNAVAILABLE in c->errs and nobody in it; the same for the people. */
void report_attendance_make(struct ctx *c, enum report_by by, const struct report_query *q, struct report_rows *out);
void report_rows_sort(struct report_rows *rows, enum report_sort by, bool desc);
/* attended ÷ enrolled; 0 for nobody. */
double report_rate(const struct report_sums *s);
void report_sums_add(struct report_sums *to, const struct report_sums *s);

/* ---- the people */
struct report_day {
	int64_t day, position, start_at;
	struct str time_zone, result;
};
struct report_participant {
	int64_t enrollment, user, training, session, starts_at, ends_at, version;
	struct str name, login, department, training_title, session_title, answer, result;
	bool by_hand; /* the result was set for the whole session */
	struct opt_i64 score;
	struct report_day *days;
	size_t days_n;
	bool may_result, may_see_user;
	struct str sort_key;
	int64_t sort_int;
};
struct report_participants {
	struct report_participant *items;
	size_t n;
	bool more, has_before;
	struct report_sums sums; /* of all, not only of a page */
	int percent;             /* as of rows */
};
/* page.sort is one of report_participant_list_sorts. */
void report_participants_page(
	struct ctx *c, const struct report_query *q, const struct db_page *page, struct report_participants *out);
/* All of them in one pass, some at a time, in memory that lasts for the call of fn: c is the ctx of that memory. */
typedef void report_participants_fn(struct ctx *c, const struct report_participants *some, void *arg);
void report_participants_each(
	struct ctx *c, const struct report_query *q, const struct db_page *page, report_participants_fn *fn, void *arg);

/* ---- what can be chosen */
struct report_choice {
	int64_t id;
	struct str title;
	int64_t starts_at;
	struct str time_zone; /* of a session */
};
struct report_choices {
	struct report_choice *items;
	size_t n;
};
/* At most `limit` trainings by title, those with `q` in it unless that is null; titles are seen by every manager (R11).
 */
void report_training_choices(struct ctx *c, struct str q, int64_t limit, struct report_choices *out);
/* One of them; false when it is none. */
bool report_training_choice(struct ctx *c, int64_t id, struct report_choice *out);
/* Of a training that is one of those, by start. */
void report_session_choices(struct ctx *c, int64_t training, int64_t limit, struct report_choices *out);
#endif
