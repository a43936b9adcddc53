/* An enrollment from outside of a write transaction: directly, or in the background. */
#include "gen/queries.h"
#include "model/enroll_commit.h"
#include "model/settings.h"

struct run {
	struct ctx *c;
	const struct enroll_spec *s;
	const struct account *account;
	struct str digest;
	int64_t draft, earlier;
	struct enroll_result result;
	struct errs errs;
	bool ok;
};

static bool direct(struct db *tx, void *arg)
{
	struct run *k = arg;
	struct ctx c = *k->c;
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
	k->ok = enroll_commit(&c, k->s, k->account->undo_hold, k->account, k->digest, &k->result);
	if (k->ok && k->draft)
		draft_use(tx, k->draft, k->result.batch, c.now);
	k->errs = c.errs;
	return k->ok;
}

bool enroll_run(struct ctx *c, struct store *store, const struct enroll_spec *s, const struct plan *p,
	const struct account *account, struct str digest, int64_t draft, struct enroll_result *out)
{
	struct run k = { .c = c, .s = s, .account = account, .digest = digest, .draft = draft };
	bool ok;
	if (p->pairs > ENROLL_DIRECT_MAX) {
		ok = enroll_commit_background(c, store, s, p, account, digest, draft, &k.result);
	} else {
		enum db_error error = db_write(store, direct, &k);
		if (error != DB_OK)
			return err_set(&c->errs, error == DB_CONFLICT ? ERR_CONFLICT : ERR_UNAVAILABLE);
		if (k.earlier)
			k.result = (struct enroll_result){ k.earlier, false };
		ok = k.ok || k.earlier;
		if (!ok)
			c->errs = k.errs;
	}
	*out = k.result;
	return ok;
}
