#include "model/audit.h"
#include "gen/queries.h"
#include "model/policy.h"

static struct opt_i64 id_or_none(int64_t id)
{
	return id ? SOME(id) : NONE;
}

void audit_add(struct ctx *c, const struct audit_entry *e)
{
	audit_insert(c->db, c->now, c->actor ? SOME(c->actor->id) : NONE, str_from(e->action), str_from(e->object),
		id_or_none(e->object_id), id_or_none(e->user_id), id_or_none(e->training_id), id_or_none(e->batch_id),
		e->before, e->after, str_is_null(c->from) ? STR("") : c->from);
}

static void member(struct buf *b, const char *name, bool first)
{
	buf_char(b, first ? '{' : ',');
	buf_json(b, str_from(name));
	buf_char(b, ':');
}

void audit_diff_text(struct audit_diff *d, const char *name, struct str before, struct str after)
{
	if (str_is_null(before) == str_is_null(after) && str_eq(before, after))
		return;
	bool first = d->n++ == 0;
	member(d->before, name, first);
	member(d->after, name, first);
	if (str_is_null(before))
		BUF_LIT(d->before, "null");
	else
		buf_json(d->before, before);
	if (str_is_null(after))
		BUF_LIT(d->after, "null");
	else
		buf_json(d->after, after);
}

static void put_i64(struct buf *b, struct opt_i64 v)
{
	if (v.has)
		buf_i64(b, v.v);
	else
		BUF_LIT(b, "null");
}

void audit_diff_i64(struct audit_diff *d, const char *name, struct opt_i64 before, struct opt_i64 after)
{
	if (before.has == after.has && (!before.has || before.v == after.v))
		return;
	bool first = d->n++ == 0;
	member(d->before, name, first);
	member(d->after, name, first);
	put_i64(d->before, before);
	put_i64(d->after, after);
}

void audit_diff_end(struct audit_diff *d)
{
	struct str end = d->n ? STR("}") : STR("{}");
	buf_put(d->before, end);
	buf_put(d->after, end);
}
