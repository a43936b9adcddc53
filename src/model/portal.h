/* What a participant sees of the own enrollments: nothing before the access date, and cancelled ones for a while. */
#ifndef MUSTER_MODEL_PORTAL_H
#define MUSTER_MODEL_PORTAL_H
#include "model/ctx.h"

enum { PORTAL_CANCELLED_DAYS = 14 };
enum portal_state {
	PORTAL_ASKS,   /* invited, and not over: waits for an answer */
	PORTAL_CHOOSE, /* no session yet */
	PORTAL_COMING,
	PORTAL_WAITING,
	PORTAL_DONE,
	PORTAL_CANCELLED,
};
struct portal_item {
	int64_t id, training, generation, announced_at;
	enum portal_state state;
	struct str title, description, session_title, instructor;
	struct opt_i64 session, starts_at, ends_at, closes_before, score;
	int64_t days, seats_taken, before_me; /* before_me: how many wait in front */
	struct opt_i64 capacity;
	struct str answer, result, comment; /* as the REST API says them */
	bool may_choose;                    /* R9: the session is open to choice, and still time */
	struct opt_i64 choose_until;        /* … until then */
	bool may_leave;                     /* … the waiting list, until the session starts */
	int64_t start_at, end_at;           /* of the first day; 0 without a session */
	struct str time_zone, location, url;
};
struct portal_items {
	struct portal_item *items;
	size_t n;
};
/* The actor's, by start. */
void portal_mine(struct ctx *c, struct portal_items *out);
/* One of the actor's; false with ERR_NOT_FOUND for anybody else's and before the access date. */
bool portal_enrollment(struct ctx *c, int64_t id, struct portal_item *out);
/* The same of any user: whoever holds the link. */
bool portal_of(struct ctx *c, int64_t user, int64_t id, struct portal_item *out);

struct portal_day {
	int64_t id, position, start_at, end_at;
	struct str time_zone, location, url, answer;
};
struct portal_days {
	struct portal_day *items;
	size_t n;
};
/* The days of its session, in order, with the answer to each; none without a session. */
void portal_days_of(struct ctx *c, const struct portal_item *p, struct portal_days *out);

/* Who the reader is: for the greeting, and for pages without a sign-in. */
struct account;
struct portal_person {
	struct str first_name, name, time_zone;
	enum text_locale locale;
};
bool portal_person_get(struct ctx *c, int64_t user, const struct account *account, struct portal_person *out);

/* Sessions to choose from; seats are facts of a session. */
struct portal_session {
	int64_t id, seats_taken, waiting, starts_at, ends_at, days, start_at, end_at;
	struct opt_i64 capacity;
	struct str title, instructor, time_zone, location, url;
	struct str overlaps; /* another training of one's own at that time; may be null */
	bool open, current;
};
struct portal_sessions {
	struct portal_session *items;
	size_t n;
};
void portal_choices(struct ctx *c, const struct portal_item *p, struct portal_sessions *out);
#endif
