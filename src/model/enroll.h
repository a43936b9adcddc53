/* Enrollment is a plan: audience → one row a user and training with effect and reason → Check shows it → the commit
 * applies it. Plan and commit are the same statements; the commit recomputes and refuses when the outcome is another
 * one (E18). */
#ifndef MUSTER_MODEL_ENROLL_H
#define MUSTER_MODEL_ENROLL_H
#include "base/json.h"
#include "model/audience.h"

enum {
	ENROLL_DIRECT_MAX = 5000, /* pairs; beyond it a batch runs in the background */
	ENROLL_DECISIONS_MAX = 20000,
};

struct enroll_training {
	int64_t training;
	struct opt_i64 session; /* none: the participant chooses */
	bool chosen;            /* somebody said so */
};
struct enroll_decision {
	int64_t user, training;
	struct str choice; /* enroll skip move wait over */
	struct opt_i64 session;
};
struct enroll_spec {
	struct audience audience;
	struct enroll_training *trainings;
	size_t trainings_n, trainings_cap;
	struct opt_i64 access_at; /* none: now, which means now + hold */
	struct str when_full;     /* wait refuse over; null: the account's */
	struct str on_clash;      /* warn skip; null: the account's */
	struct str message;
	struct enroll_decision *decisions;
	size_t decisions_n, decisions_cap;
};
/* The enrollment body of the REST API, which is also what a draft keeps. Reads every member it knows; the caller ends
 * with jr_done(). */
bool enroll_spec_read(struct ctx *c, struct json_obj *o, struct enroll_spec *out);
struct str enroll_spec_write(struct ctx *c, const struct enroll_spec *s);
/* A spec from stored JSON (a draft). False (bug) when it cannot be read. */
bool enroll_spec_parse(struct ctx *c, struct str json, struct enroll_spec *out);

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

struct enroll_result {
	int64_t batch;
	bool background;
};
/* Does it, in a write transaction: for plans of at most ENROLL_DIRECT_MAX pairs. `digest` null: whatever the outcome;
 * else ERR_CONFLICT outcome_changed when it differs. */
bool enroll_commit(struct ctx *c, const struct enroll_spec *s, int64_t hold, const struct account *account,
	struct str digest, struct enroll_result *out);

/* Bigger ones, from a slow route or command: `p` was planned last on this connection, a snapshot. Writes its items in
 * slices through the store, and answers when the batch is recorded; the job applies it. The first transaction takes the
 * draft (0: none): whoever finds it taken is answered its batch. */
bool enroll_commit_background(struct ctx *c, struct store *store, const struct enroll_spec *s, const struct plan *p,
	const struct account *account, struct str digest, int64_t draft, struct enroll_result *out);

/* Either of the two, from a slow route or command: `c` is a snapshot, `p` its plan. With a draft (0: none) the batch
 * becomes its result in the same transaction; a draft that was used already answers with the batch it has, so that
 * pressing twice enrolls once. */
bool enroll_run(struct ctx *c, struct store *store, const struct enroll_spec *s, const struct plan *p,
	const struct account *account, struct str digest, int64_t draft, struct enroll_result *out);

/* ---- batches */
struct batch {
	int64_t id, actor;
	struct str status; /* preparing running done undoing undone failed */
	int64_t total, done, enrolled, waitlisted, moved, skipped, access_at, created_at;
	bool undo_open; /* until the access date, while nothing was announced */
	struct str message;
};
bool batch_get(struct ctx *c, int64_t id, struct batch *out);
struct batch_skip {
	int64_t position, user, training;
	struct opt_i64 session; /* none: the participant was to choose */
	int64_t code;
	struct str user_name, training_title;
};
struct batch_skips {
	struct batch_skip *items;
	size_t n;
	bool more;
};
void batch_skips(struct ctx *c, int64_t id, int64_t after, int64_t limit, struct batch_skips *out);
/* Takes the whole batch back while nothing of it is announced: ERR_CONFLICT announced afterwards. Enrollments changed
 * since stay. */
struct batch_kept {
	int64_t *enrollments;
	size_t n, cap;
};
/* Above ENROLL_DIRECT_MAX the job does it, and the answer is what will come of it. */
bool batch_undo(struct ctx *c, int64_t id, int64_t *undone, struct batch_kept *kept);

/* ---- jobs (jobs/worker.c): one slice each, in a write transaction */
/* Applies up to `rows` items of a running batch; *left is false when it is finished. */
bool batch_apply_slice(struct ctx *c, int64_t id, int64_t rows, bool *left);
/* Takes up to `rows` enrollments of a batch back that is being undone. */
bool batch_undo_slice(struct ctx *c, int64_t id, int64_t rows, bool *left);
#endif
