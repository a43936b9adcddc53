/* The commit: applies a plan as one batch, in one transaction, or records it for the background. */
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/enroll_commit.h"
#include "model/enroll_room.h"
#include "model/policy.h"
#include "model/settings.h"

enum { RUNS_A_WRITE = 100 };

static bool same_outcome(struct ctx *c, const struct plan *p, struct str digest)
{
	if (str_is_null(digest) || str_eq(digest, p->digest))
		return true;
	return err_add(&c->errs, c->arena, ERR_CONFLICT, STR("plan"), CODE_outcome_changed,
		t_error_outcome_changed(&c->text)); /* E18 */
}

static struct str rule_for_full(const struct ctx *c, const struct enroll_spec *s, const struct account *account)
{
	struct str rule = str_is_null(s->when_full) ? account->when_full : s->when_full;
	return str_eq(rule, STR("over")) && !actor_can(c->actor, PERM_OVER) ? STR("wait") : rule;
}

static void audit_act(struct ctx *c, int64_t batch, const struct enroll_spec *s, const struct plan *p)
{
	struct buf after = buf_new(c->arena);
	buf_fmt(&after,
		"{\"users\":%lld,\"enroll\":%lld,\"wait\":%lld,\"move\":%lld,\"skip\":%lld,\"access_at\":%lld,\"trainings\":[",
		(long long)p->users, (long long)p->enroll, (long long)p->wait, (long long)p->move,
		(long long)(p->skip + p->decide), (long long)p->access_at);
	for (size_t i = 0; i < s->trainings_n; i++)
		buf_fmt(&after, "%s\"%lld\"", i ? "," : "", (long long)s->trainings[i].training);
	BUF_LIT(&after, "]}");
	audit_add(c,
		&(struct audit_entry){ .action = "batch.create",
			.object = "batch",
			.object_id = batch,
			.batch_id = batch,
			.training_id = s->trainings_n == 1 ? s->trainings[0].training : 0,
			.after = buf_str(&after) });
}

bool enroll_commit(struct ctx *c, const struct enroll_spec *s, int64_t hold, const struct account *account,
	struct str digest, struct enroll_result *out)
{
	struct plan p;
	struct batch_runs runs;
	struct session_lock_rows locked;
	if (!enroll_plan(c, s, hold, account, &p) || !same_outcome(c, &p, digest))
		return false;
	session_lock(c->db, c->arena, &locked);
	out->batch = batch_insert(c->db, c->actor->id, STR("running"), p.access_at, rule_for_full(c, s, account),
		str_is_null(s->message) ? STR("") : s->message, c->from, c->now);
	out->background = false;
	batch_runs_of(c, &p, &runs);
	batch_runs_write(c->db, out->batch, &runs, 0, runs.n);
	batch_start(c->db, out->batch, p.pairs);
	audit_act(c, out->batch, s, &p);
	struct batch_row_row b;
	if (!batch_row(c->db, c->arena, out->batch, &b))
		return err_set(&c->errs, ERR_UNAVAILABLE);
	batch_apply(c, &b, p.pairs);
	batch_finish(c->db, out->batch, STR("done"), c->now);
	return !db_failed(c->db);
}

/* ---- in the background: the plan of a snapshot is copied in slices; only when all of it is there does the batch run
 */
struct copy {
	struct ctx *c;
	const struct enroll_spec *s;
	const struct plan *p;
	struct str when_full;
	int64_t draft, batch, earlier;
	struct batch_runs runs;
	size_t from, to; /* those of this transaction */
	bool started;
};

static bool copy_start(struct db *tx, void *arg)
{
	struct copy *k = arg;
	struct ctx c = *k->c;
	struct draft_row_row row;
	c.db = tx;
	k->earlier = 0;
	if (k->draft && draft_row(tx, c.arena, k->draft, &row) && row.batch_id.has) {
		k->earlier = row.batch_id.v;
		return false;
	}
	k->batch = batch_insert(tx, c.actor->id, STR("preparing"), k->p->access_at, k->when_full,
		str_is_null(k->s->message) ? STR("") : k->s->message, c.from, c.now);
	if (k->draft)
		draft_use(tx, k->draft, k->batch, c.now);
	return true;
}

static bool copy_runs(struct db *tx, void *arg)
{
	struct copy *k = arg;
	batch_runs_write(tx, k->batch, &k->runs, k->from, k->to);
	db_write_lazily(tx); /* until copy_end() nobody is told of it */
	return true;
}

static bool copy_end(struct db *tx, void *arg)
{
	struct copy *k = arg;
	struct ctx c = *k->c;
	c.db = tx;
	/* Somebody may have taken it for abandoned meanwhile. */
	k->started = batch_start(tx, k->batch, k->p->pairs) == 1;
	if (!k->started)
		return false;
	audit_act(&c, k->batch, k->s, k->p);
	return true;
}

/* The batch will never run: the draft can be used again. */
static bool copy_fail(struct db *tx, void *arg)
{
	struct copy *k = arg;
	batch_runs_drop(tx, k->batch);
	batch_finish(tx, k->batch, STR("failed"), k->c->now);
	draft_release(tx, k->batch);
	return true;
}

static bool copy_all(struct copy *k, struct store *store)
{
	batch_runs_of(k->c, k->p, &k->runs);
	for (k->from = 0; k->from < k->runs.n; k->from = k->to) {
		k->to = k->from + RUNS_A_WRITE < k->runs.n ? k->from + RUNS_A_WRITE : k->runs.n;
		if (db_write(store, copy_runs, k) != DB_OK)
			return false;
	}
	return !db_failed(k->c->db);
}

bool enroll_commit_background(struct ctx *c, struct store *store, const struct enroll_spec *s, const struct plan *p,
	const struct account *account, struct str digest, int64_t draft, struct enroll_result *out)
{
	if (!same_outcome(c, p, digest))
		return false;
	struct copy k = { .c = c, .s = s, .p = p, .when_full = rule_for_full(c, s, account), .draft = draft };
	if (db_write(store, copy_start, &k) != DB_OK)
		return err_set(&c->errs, ERR_UNAVAILABLE);
	if (k.earlier) {
		*out = (struct enroll_result){ k.earlier, true };
		return true;
	}
	if (!copy_all(&k, store) || db_write(store, copy_end, &k) != DB_OK || !k.started) {
		db_write(store, copy_fail, &k);
		return err_set(&c->errs, ERR_UNAVAILABLE);
	}
	*out = (struct enroll_result){ k.batch, true };
	return true;
}
