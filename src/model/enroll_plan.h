/* The plan of an enrollment: audience → one row a user and training with effect and reason → Check shows it → the
 * commit applies it. Plan and commit are the same statements. */
#ifndef MUSTER_MODEL_ENROLL_PLAN_H
#define MUSTER_MODEL_ENROLL_PLAN_H
#include "model/enroll_spec.h"

/* Reasons, as numbers of the codes E01–E18. */
enum enroll_code {
	E01_SAME_SESSION = 1,
	E02_OTHER_SESSION = 2,
	E03_NOT_ACTIVE = 3,
	E04_FULL = 4,
	E05_OVERLAP = 5,
	E09_NO_EMAIL = 9,
	E12_STARTED = 12,
	E13_CLOSED = 13,
	E15_TEACHES = 15,
	E16_DECLINED_BEFORE = 16,
	E18_CHANGED = 18
};
enum { NOTE_NO_EMAIL = 1, NOTE_OVERLAP = 2, NOTE_CLOSED = 4, NOTE_STARTED = 8 };

struct plan_session {
	int64_t training, session;
	int64_t before, after, waiting_before, waiting_after;
	struct opt_i64 capacity;
};
/* Users with the same training, session, effect and code. */
struct plan_group {
	int64_t training;
	struct opt_i64 session;
	struct str effect; /* enroll wait over move skip decide */
	int64_t code;
	const int64_t *users; /* by id */
	size_t n;
};
struct plan {
	struct str digest; /* of all items: the same plan has the same digest */
	int64_t pairs, enroll, wait, move, skip, decide, no_email, overlaps, closed;
	int64_t repeated; /* E14: how often somebody was named again */
	int64_t users;    /* different ones */
	struct audience_unknown unknown;
	struct plan_session *sessions;
	size_t sessions_n, sessions_cap;
	struct plan_group *groups; /* in the order in which they are applied */
	size_t groups_n;
	int64_t access_at;
	bool access_is_hold; /* now + hold (E11 when a past date was asked for) */
	bool access_was_past;
};
/* Computes the plan into the staging tables of this connection. False with ERR_INVALID for what is wrong with the whole
 * of it: empty audience, unknown training or session, access date after a session begins (E10), a choice that needs a
 * permission. `hold`: seconds that "now" waits. */
bool enroll_plan(
	struct ctx *c, const struct enroll_spec *s, int64_t hold, const struct account *account, struct plan *out);

struct plan_item {
	int64_t user, training;
	struct opt_i64 session, old_session;
	struct str effect; /* enroll wait move skip decide */
	int64_t code;      /* 0 or a reason */
	int64_t notes;
	struct str user_name, login, department, training_title, session_title, old_session_title;
	int64_t position; /* for paging */
};
struct plan_items {
	struct plan_item *items;
	size_t n;
	bool more;
};
/* Items of the plan just computed on this connection, in order; `effect` "" for all; code -1 for any, note 0 for any,
 * else those who take part and have it. */
void enroll_plan_items(
	struct ctx *c, struct str effect, int64_t code, int64_t note, int64_t after, int64_t limit, struct plan_items *out);

/* How many people each figure of that plan is about: somebody may be in it once a training. */
struct plan_people {
	int64_t taking_part, enroll, wait, move, skip, decide;
	int64_t no_email, overlaps, closed, noted; /* of those who take part; noted: any of the three */
};
void enroll_plan_people(struct ctx *c, struct plan_people *out);
/* What is worth a look in it, by effect and code: skips, decisions and what was decided. */
struct plan_reason {
	struct str effect; /* enroll wait over move skip decide */
	int64_t code, users;
};
struct plan_reason_list {
	struct plan_reason *items;
	size_t n;
};
void enroll_plan_reasons(struct ctx *c, struct plan_reason_list *out);
#endif
