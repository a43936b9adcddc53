/* What needs somebody who manages, organizes or teaches. Lists are short: the nearest or latest few. */
#ifndef MUSTER_MODEL_HOME_H
#define MUSTER_MODEL_HOME_H
#include "model/ctx.h"

enum { HOME_DECLINED_DAYS = 7, HOME_RESULTS_DAYS = 30, HOME_SOON_DAYS = 7, HOME_ROWS = 5, HOME_SESSIONS = 10 };

struct home_count {
	int64_t training, session, n; /* session: 0 for the training as a whole */
	struct str title, session_title;
};
struct home_counts {
	struct home_count *items;
	size_t n;
};
/* Sessions of the last HOME_RESULTS_DAYS that are over: participants without a result, whom the actor may give one
 * (R11). Latest first. */
void home_missing_results(struct ctx *c, struct home_counts *out);
/* Trainings to come that people in reach declined in the last HOME_DECLINED_DAYS. */
void home_recent_declines(struct ctx *c, struct home_counts *out);
/* Sessions to come that people wait for; the number is the session's own (the exception of R3). */
void home_waiting_lists(struct ctx *c, struct home_counts *out);
/* Messages to people in scope that could not be delivered; 0 without PERM_OUTBOX. */
int64_t home_failed_mail(struct ctx *c);

struct home_session {
	int64_t id, seats_taken, waiting, starts_at, ends_at, days, start_at, end_at; /* start_at, end_at: its first day */
	struct str training, session, instructor, time_zone, location, url;
	struct opt_i64 capacity;
};
struct home_session_list {
	struct home_session *items;
	size_t n;
};
/* Under way or within HOME_SOON_DAYS: those the actor organizes or teaches, and those with somebody in scope. */
void home_soon(struct ctx *c, struct home_session_list *out);

/* What a new account still lacks. */
struct home_setup {
	bool departments, users, trainings, mail; /* mail: a message has left */
};
void home_setup_get(struct ctx *c, struct home_setup *out);

/* The actor's own year so far, in the own time zone. */
struct home_year {
	int64_t held, attended, seconds; /* seconds: of the sessions attended */
};
void home_year_get(struct ctx *c, struct home_year *out);
#endif
