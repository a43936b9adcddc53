/* The worker: applies running batches and imports, announces access dates, reminds, cleans up. Each in slices, so that
 * other writes pass between them. */
#include "base/clock.h"
#include "base/log.h"
#include "gen/queries.h"
#include "jobs/room.h"
#include "model/draft.h"
#include "model/enroll_batch.h"
#include "model/import.h"
#include "model/invitation.h"
#include "model/reminder.h"
#include "model/reply.h"
#include "model/tell.h"

enum {
	ROWS_FIRST = 200,
	CLEANUP_MS = 600 * 1000,
	DUE_BESIDE_BATCH_MS = 500,
	TROUBLE_MS = 1000,
	KEEP_ENDED = 7 * 86400,
	KEEP_ANSWERS = 86400,
	KEEP_IMPORTS = 30 * 86400,
	MAIL_LATEST = 6 * 3600
};

/* A slice of work in a write transaction; how many rows follows from how long the last ones took. */
struct slice {
	struct jobs *jobs;
	struct arena *arena;
	bool (*work)(struct ctx *c, struct slice *s);
	const char *what; /* for the log */
	int64_t kind;
	int64_t id; /* of the batch or import */
	int64_t rows, took_ms;
	bool left;
	bool refused;   /* it could not be done, and is undone */
	bool elsewhere; /* another node is at work of this kind: its commit wakes us */
	int64_t next_at;
};

static bool run_slice(struct db *tx, void *arg)
{
	struct slice *s = arg;
	struct ctx c;
	struct account account;
	struct work_claim_row claim;
	int64_t begun = clock_mono_ms();
	arena_reset(s->arena);
	s->left = s->elsewhere = s->refused = false;
	s->next_at = 0;
	if (!work_claim(tx, s->arena, s->kind, &claim))
		return false;
	s->elsewhere = !claim.mine;
	if (s->elsewhere)
		return true;
	s->refused = !jobs_ctx(&c, &account, s->arena, tx) || !s->work(&c, s);
	s->took_ms = clock_mono_ms() - begun;
	if (s->left)
		db_write_lazily(tx);
	return !s->refused;
}

static bool apply(struct ctx *c, struct slice *s)
{
	return batch_apply_slice(c, s->id, s->rows, &s->left);
}

static bool undo(struct ctx *c, struct slice *s)
{
	return batch_undo_slice(c, s->id, s->rows, &s->left);
}

static bool import(struct ctx *c, struct slice *s)
{
	return import_apply_slice(c, s->id, s->rows, store_slice_ms(s->jobs->store), &s->left);
}

/* What old imports have staged goes a little at a time, since each may have many rows. */
static bool expire(struct ctx *c, struct slice *s)
{
	s->left = import_expire(c, c->now - KEEP_IMPORTS);
	return true;
}

/* Of calendar entries that an older version sent; none after a round. */
static bool fill_ids(struct ctx *c, struct slice *s)
{
	s->left = invitation_fill(c, s->rows) == s->rows;
	return true;
}

static bool announce(struct ctx *c, struct slice *s)
{
	tell_due(c, s->rows, &s->left, &s->next_at);
	return true;
}

static bool remind(struct ctx *c, struct slice *s)
{
	reminder_due(c, s->rows, &s->left);
	return true;
}

/* What was half done was never answered: nobody knows of it. */
void jobs_drop_abandoned(struct db *tx, int64_t before)
{
	draft_release_preparing(tx, before);
	batch_preparing_runs_drop(tx, before);
	batch_preparing_fail(tx, clock_now(), before);
	idempotency_drop_running(tx, before);
}

/* How far the log of users reached at a cleaning up, and at the one before. */
struct changes {
	int64_t now, before;
};

static bool cleanup(struct db *tx, void *arg)
{
	struct changes *changes = arg;
	ARENA_SCOPED a = arena_new();
	struct user_change_position_row at;
	int64_t now = clock_now();
	/* Whose it was is still asked when a form comes too late. */
	sign_in_expire(tx, now - KEEP_ENDED);
	kept_form_expire(tx, now);
	password_link_expire(tx, now);
	throttle_expire(tx, now);
	idempotency_expire(tx, now - KEEP_ANSWERS);
	draft_expire(tx, now - DRAFT_SECONDS);
	jobs_drop_abandoned(tx, now - ABANDONED_SECONDS);
	outbox_due_again(tx, now, now + MAIL_LATEST);
	reminder_back(tx, now);
	reply_clean(tx, now);
	/* What was there the last time has been read by every node since. */
	user_change_prune(tx, changes->before);
	if (user_change_position(tx, a, &at))
		changes->now = at.id;
	return true;
}

struct work {
	struct slice apply, undo, import, due, old, ids, remind;
	int64_t cleaned_ms, due_ms;
	struct changes changes;
};

/* What there is to do, from a snapshot: nothing is written while nothing is due. */
static bool look(struct jobs *j, struct arena *a, struct work_due_row *out)
{
	arena_reset(a);
	struct db *db = db_read_begin(j->store);
	bool found = work_due(db, a, clock_now(), out);
	return db_read_end(db) == DB_OK && found;
}

static bool write_slice(struct slice *s)
{
	struct jobs *j = s->jobs;
	enum db_error error = db_write(j->store, run_slice, s);
	if (error != DB_OK || s->refused) {
		/* A constraint or a bug would come again at once: give the others room. */
		if (error == DB_OK)
			log_warn("jobs: %s: refused", s->what);
		else
			log_warn("jobs: %s: database error %d", s->what, (int)error);
		jobs_pause(j, TROUBLE_MS);
		return false;
	}
	if (!s->elsewhere)
		s->rows = jobs_slice_rows(j->store, s->rows, s->took_ms);
	return true;
}

/* A slice of something that has begun and is to be finished. True: look again at once. */
static bool go_on(struct slice *s, int64_t id)
{
	s->id = id;
	return !write_slice(s) || !s->elsewhere;
}

/* One round. Answers whether there is more to do at once; *next_at: when else. */
static bool work(struct jobs *j, struct work *w, struct arena *a, int64_t *next_at)
{
	struct work_due_row due;
	*next_at = 0;
	if (!look(j, a, &due)) {
		jobs_pause(j, TROUBLE_MS);
		return true;
	}
	bool more = false, announces = due.access_at.has && due.access_at.v <= clock_now();
	if (due.batch.has)
		more = go_on(&w->apply, due.batch.v);
	if (due.undo.has)
		more = go_on(&w->undo, due.undo.v) || more;
	if (due.import.has)
		more = go_on(&w->import, due.import.v) || more;
	else if (w->old.left)
		more = (write_slice(&w->old) && w->old.left) || more;
	/* A batch that runs past its access date has many that are due and have to wait: not to be looked at after each
	 * slice. */
	if (w->ids.left)
		more = (write_slice(&w->ids) && w->ids.left) || more;
	if (announces && ((!due.batch.has && !due.undo.has) || clock_mono_ms() - w->due_ms >= DUE_BESIDE_BATCH_MS)) {
		w->due_ms = clock_mono_ms();
		more = (write_slice(&w->due) && w->due.left) || more;
		*next_at = w->due.next_at;
	} else if (due.access_at.has) {
		*next_at = due.access_at.v;
	}
	if (due.remind_at.has && due.remind_at.v <= clock_now())
		more = (write_slice(&w->remind) && w->remind.left) || more;
	else if (due.remind_at.has && (!*next_at || due.remind_at.v < *next_at))
		*next_at = due.remind_at.v;
	return more;
}

void *worker_run(void *arg)
{
	struct jobs *j = arg;
	ARENA_SCOPED a = arena_new();
	ARENA_SCOPED scratch = arena_new();
	struct work w = { .apply = { .work = apply, .what = "batch" },
		.undo = { .work = undo, .what = "undo" },
		.import = { .work = import, .what = "import" },
		.due = { .work = announce, .what = "access dates" },
		.old = { .work = expire, .what = "old imports" },
		.ids = { .work = fill_ids, .what = "ids of calendar entries" },
		.remind = { .work = remind, .what = "reminders" } };
	struct slice *const slices[] = { &w.apply, &w.undo, &w.import, &w.due, &w.old, &w.ids, &w.remind };
	for (size_t i = 0; i < sizeof slices / sizeof *slices; i++) {
		slices[i]->kind = (int64_t)i + 1;
		slices[i]->jobs = j;
		slices[i]->arena = a;
		slices[i]->rows = ROWS_FIRST;
	}
	struct sleeper s = { 0 };
	w.ids.left = true;
	w.cleaned_ms = clock_mono_ms() - CLEANUP_MS;
	for (bool on = true; on;) {
		int64_t next_at;
		s.seen = jobs_seen(j);
		bool more = work(j, &w, scratch, &next_at);
		if (clock_mono_ms() - w.cleaned_ms >= CLEANUP_MS) {
			w.cleaned_ms = clock_mono_ms();
			w.changes.before = w.changes.now;
			db_write(j->store, cleanup, &w.changes);
			w.old.left = more = true;
		}
		on = more ? !j->stopping : jobs_sleep(j, &s, next_at);
	}
	return NULL;
}
