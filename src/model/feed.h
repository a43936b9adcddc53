/* The calendar feed: one secret address a user, for calendar programs that ask again and again. The database keeps the
 * hash alone. It ends with revoking it, with a new password, and when the user is no longer active. */
#ifndef MUSTER_MODEL_FEED_H
#define MUSTER_MODEL_FEED_H
#include "model/ctx.h"

enum { FEED_PAST_DAYS = 90, FEED_AHEAD_DAYS = 400 };

/* ---- of the actor */
bool feed_exists(struct ctx *c, int64_t *created_at);
/* A new secret; the one before stops working. It is only known now. Audited. */
bool feed_make(struct ctx *c, struct str *secret);
/* ERR_NOT_FOUND when there is none. Audited. */
bool feed_revoke(struct ctx *c);

/* Whose secret it is, if that is an active user; 0 otherwise. */
int64_t feed_user(struct ctx *c, struct str secret);

/* ---- what stands in it */
/* Enrollments with entries from FEED_PAST_DAYS ago to FEED_AHEAD_DAYS ahead: announced, with a seat, not declined. */
struct feed_ids {
	int64_t *items;
	size_t n;
};
void feed_enrolled(struct ctx *c, int64_t user, struct feed_ids *out);
/* Days that the user teaches then. */
struct feed_day {
	int64_t day, session, version, position, days, start_at, end_at, changed_at;
	struct str title, session_title, description, time_zone, location, url;
};
struct feed_days {
	struct feed_day *items;
	size_t n;
};
void feed_teaches(struct ctx *c, int64_t user, struct feed_days *out);
#endif
