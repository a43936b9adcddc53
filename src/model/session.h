/* Sessions: one run of a training, with one or more days. A day is wall time in a zone; instants follow from it. */
#ifndef MUSTER_MODEL_SESSION_H
#define MUSTER_MODEL_SESSION_H
#include "model/ctx.h"

enum {
	SESSION_TITLE_MAX = 255,
	SESSION_PLACE_MAX = 255,
	SESSION_URL_MAX = 2000,
	SESSION_CAPACITY_MAX = 1000000,
	SESSION_DAYS_MAX = 60,
	SESSION_DURATION_MIN = 60,
	SESSION_DURATION_MAX = 86400
};

struct session_day {
	int64_t id, position;   /* 1, 2, … in order of start */
	struct str start;       /* what was typed: YYYY-MM-DDTHH:MM in the zone */
	int64_t fold, duration; /* fold 1: the second of a doubled hour; seconds */
	struct str time_zone, location, url;
	int64_t start_at, end_at;
};
struct session {
	int64_t id, training;
	struct str training_title;
	struct str title, instructor;
	struct opt_i64 instructor_user;
	struct str instructor_login; /* none where the actor does not see that user (R3) */
	struct opt_i64 capacity, cancelled_at;
	int64_t seats_taken, waiting, starts_at, ends_at, version;
	struct session_day *days;
	size_t days_n;
};
struct sessions {
	struct session *items;
	size_t n;
};
enum session_status { SESSION_PLANNED, SESSION_RUNNING, SESSION_COMPLETED, SESSION_CANCELLED };
enum session_status session_status(const struct session *s, int64_t now);
struct str session_status_name(enum session_status status); /* "planned", as the REST API says it */

/* With its days; no scope check (the route has made it). False with ERR_NOT_FOUND. */
bool session_get(struct ctx *c, int64_t id, struct session *out);
/* Those of the ids that are there, in their order: two statements, however many. */
void session_get_some(struct ctx *c, const int64_t *ids, size_t n, struct sessions *out);
/* All of a training, by start. */
void session_list_all(struct ctx *c, int64_t training, struct sessions *out);
/* All of some trainings, one behind the other. */
void session_list_some(struct ctx *c, const int64_t *trainings, size_t n, struct sessions *out);
/* Of these, those that are neither cancelled nor over: the first `limit` of each training. */
void session_list_open(struct ctx *c, const int64_t *trainings, size_t n, int64_t limit, struct sessions *out);
/* "Thu 3 Dec, 09:00–12:00 Berlin time", "Thu 3 Dec – Fri 4 Dec, 2 days from 09:00 Berlin time" */
struct str session_when(struct ctx *c, const struct session *s);
/* "Room 4", "Online", "Room 4 and others": the place of all days in short; may be empty. */
struct str session_place(struct ctx *c, const struct session *s);

/* ---- changing. A null text or a `has_` that is false means: not given, leave it. */
struct session_day_form {
	int64_t id;       /* of a day to keep; 0: a new one */
	struct str start; /* null: required */
	int64_t duration;
	struct str time_zone;     /* null: the account's */
	struct str location, url; /* null: none */
	struct opt_i64 fold;      /* none: only allowed when the hour is not doubled */
};
struct session_form {
	struct str path; /* what errors' fields begin with: "sessions[0]." or "" */
	struct str title, instructor;
	bool has_instructor_user;
	struct opt_i64 instructor_user; /* by id … */
	struct str instructor_login; /* … or by login or e-mail; "": nobody, but leaves one whom the actor does not see */
	bool has_capacity;
	struct opt_i64 capacity;
	bool has_days;
	const struct session_day_form *days;
	size_t days_n;
	struct opt_i64 version; /* of what was read: another one now is ERR_CONFLICT (outcome_changed) */
};
/* Errors: title (required, too_long), instructor, instructor_user, capacity (out_of_range), days (required),
 * days[i].id, .start (required, invalid, time_skipped, time_doubled), .duration, .time_zone, .location, .url. Days must
 * not overlap; they are kept in order of start. */
bool session_create(struct ctx *c, int64_t training, const struct session_form *f, int64_t *id);
/* Days that keep their id keep the answers about them; whoever is invited is told what changed. A smaller capacity than
 * the seats held needs PERM_OVER. ERR_CONFLICT (locked) for a cancelled session, and for other times once a result has
 * given points (R8). */
bool session_update(struct ctx *c, int64_t id, const struct session_form *f);
/* What session_update() would write, days in order of start, and what that is to people: the same errors (also
 * outcome_changed, and locked for what is cancelled or has given points), and nothing changes. */
struct session_change {
	struct str title, instructor;
	struct opt_i64 instructor_user;
	struct session_day *days;
	size_t days_n;
	bool times, words; /* another time; another title, place, link or zone */
	bool over;         /* the session is, before and after: correcting it tells nobody */
};
bool session_change_check(struct ctx *c, int64_t id, const struct session_form *f, struct session_change *out);
/* Cancels it and tells people; without any enrollment it is deleted (*deleted). ERR_CONFLICT (locked) once it has
 * started or was cancelled. */
bool session_remove(struct ctx *c, int64_t id, bool *deleted);
/* Whether anybody was ever enrolled in it: then removing means cancelling. */
bool session_has_enrollments(struct ctx *c, int64_t id);
#endif
