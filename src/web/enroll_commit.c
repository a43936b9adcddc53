#include "web/enroll_commit.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "web/app.h"
#include "web/reply.h"

struct commit { struct req *r; const struct enroll_spec *s; struct str digest; int64_t draft, earlier; struct enroll_result result; struct errs errs; bool ok; };

static bool commit_run(struct db *tx, void *arg)
{
	struct commit *k = arg;
	struct ctx c = k->r->c;
	struct draft_row_row row;
	c.db = tx;
	c.errs = (struct errs){ 0 };
	k->ok = false;
	k->earlier = 0;
	/* Whoever pressed twice finds the draft used: the first press is the answer. */
	if (k->draft && draft_row(tx, c.arena, k->draft, &row) && row.batch_id.has) {
		k->earlier = row.batch_id.v;
		return false;
	}
	k->ok = enroll_commit(&c, k->s, k->r->account->undo_hold, k->r->account, k->digest, &k->result);
	if (k->ok && k->draft)
		draft_used(&c, k->draft, k->result.batch);
	k->errs = c.errs;
	return k->ok;
}

static bool mark_run(struct db *tx, void *arg)
{
	struct commit *k = arg;
	draft_use(tx, k->draft, k->result.batch, k->r->c.now);
	return true;
}

bool enroll_commit_any(struct req *r, const struct enroll_spec *s, const struct plan *p, struct str digest, int64_t draft, struct enroll_result *out)
{
	struct commit k = { .r = r, .s = s, .digest = digest, .draft = draft };
	if (p->pairs > ENROLL_DIRECT_MAX) {
		if (!enroll_commit_background(&r->c, r->app->store, s, r->account->undo_hold, r->account, digest, &k.result))
			return false;
		if (draft && db_write(r->app->store, mark_run, &k) != DB_OK)
			return err_set(&r->c.errs, ERR_UNAVAILABLE);
		*out = k.result;
		return true;
	}
	enum db_error error = db_write(r->app->store, commit_run, &k);
	if (error != DB_OK)
		return err_set(&r->c.errs, error == DB_CONFLICT ? ERR_CONFLICT : ERR_UNAVAILABLE);
	if (k.earlier) {
		*out = (struct enroll_result){ k.earlier, false };
		return true;
	}
	if (!k.ok)
		r->c.errs = k.errs;
	*out = k.result;
	return k.ok;
}

void enroll_commit_draft(struct req *r, struct draft *d, const struct plan *p)
{
	struct enroll_result result;
	if (enroll_commit_any(r, &d->spec, p, p->digest, d->id, &result))
		reply_redirect(r, "/enroll/%lld/done", (long long)d->id);
	else if (r->c.errs.kind == ERR_CONFLICT)
		reply_redirect(r, "/enroll/%lld/check?changed=1", (long long)d->id);
	else
		reply_error(r);
}
