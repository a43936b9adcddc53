/* REST: the plan, the enrollment, batches. */
#include "base/json.h"
#include "gen/text.h"
#include "model/batch_list.h"
#include "model/enroll_batch.h"
#include "model/enroll_commit.h"
#include "web/app.h"
#include "web/reply.h"
#include "web/web.h"

static void write_unknown(struct jw *w, const struct audience_unknown *u)
{
	jw_key(w, "unknown");
	jw_obj(w);
	jw_ids(w, "users", u->users, u->users_n);
	jw_texts(w, "logins", u->logins, u->logins_n);
	jw_texts(w, "emails", u->emails, u->emails_n);
	jw_ids(w, "departments", u->departments, u->departments_n);
	jw_ids(w, "groups", u->groups, u->groups_n);
	jw_end(w);
}

static void write_code(struct jw *w, struct req *r, int64_t code)
{
	jw_key(w, "code");
	if (code)
		jw_str(w, str_fmt(r->c.arena, "E%02lld", (long long)code));
	else
		jw_null(w);
}

static void write_number(struct jw *w, const char *name, int64_t n)
{
	jw_key(w, name);
	jw_i64(w, n);
}

static void write_plan(struct req *r, const struct plan *p, int64_t limit, int64_t after)
{
	struct plan_items items;
	struct jw w = jw_new(reply_json(r, 200));
	enroll_plan_items(&r->c, STR(""), -1, 0, after, limit, &items);
	jw_obj(&w);
	jw_key(&w, "plan");
	jw_str(&w, p->digest);
	write_number(&w, "enroll", p->enroll);
	write_number(&w, "wait", p->wait);
	write_number(&w, "move", p->move);
	write_number(&w, "skip", p->skip);
	write_number(&w, "decide", p->decide);
	write_number(&w, "no_email", p->no_email);
	write_unknown(&w, &p->unknown);
	jw_key(&w, "sessions");
	jw_arr(&w);
	for (size_t i = 0; i < p->sessions_n; i++) {
		const struct plan_session *s = &p->sessions[i];
		jw_obj(&w);
		jw_key(&w, "session");
		jw_id(&w, s->session);
		write_number(&w, "before", s->before);
		write_number(&w, "after", s->after);
		jw_key(&w, "capacity");
		if (s->capacity.has)
			jw_i64(&w, s->capacity.v);
		else
			jw_null(&w);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	for (size_t i = 0; i < items.n; i++) {
		const struct plan_item *x = &items.items[i];
		jw_obj(&w);
		jw_key(&w, "user");
		jw_id(&w, x->user);
		jw_key(&w, "training");
		jw_id(&w, x->training);
		jw_key(&w, "session");
		jw_id(&w, x->session.has ? x->session.v : 0);
		jw_key(&w, "effect");
		jw_str(&w, x->effect);
		write_code(&w, r, x->code);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "next");
	if (items.more)
		jw_str(&w, str_num(r->c.arena, "", after + limit));
	else
		jw_null(&w);
	jw_end(&w);
}

void api_enrollments_plan(struct req *r)
{
	struct json_obj body;
	struct enroll_spec s;
	struct plan p;
	int64_t limit, after;
	if (!req_json(r, &body))
		return;
	enroll_spec_read(&r->c, &body, &s);
	jr_done(&body);
	if (!req_offset(r, &limit, &after))
		return;
	if (r->c.errs.kind != ERR_NONE || !enroll_plan(&r->c, &s, r->account->undo_hold, r->account, &p))
		reply_error(r);
	else
		write_plan(r, &p, limit, after);
}

static void write_skips(struct jw *w, struct req *r, int64_t batch, int64_t after, int64_t limit, bool with_next)
{
	struct batch_skips skips;
	batch_skips(&r->c, batch, after, limit, &skips);
	jw_key(w, "skipped");
	jw_arr(w);
	for (size_t i = 0; i < skips.n; i++) {
		jw_obj(w);
		jw_key(w, "user");
		jw_id(w, skips.items[i].user);
		jw_key(w, "training");
		jw_id(w, skips.items[i].training);
		write_code(w, r, skips.items[i].code);
		jw_end(w);
	}
	jw_end(w);
	if (!with_next)
		return;
	jw_key(w, "next");
	if (skips.more)
		jw_str(w, str_num(r->c.arena, "", skips.items[skips.n - 1].position));
	else
		jw_null(w);
}

static void write_created(struct req *r, int64_t id, const struct plan *p)
{
	struct batch b;
	if (!batch_get(&r->c, id, &b)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, 201));
	jw_obj(&w);
	jw_key(&w, "batch");
	jw_id(&w, id);
	write_number(&w, "enrolled", b.enrolled);
	write_number(&w, "waitlisted", b.waitlisted);
	write_number(&w, "moved", b.moved);
	write_skips(&w, r, id, 0, ENROLL_DIRECT_MAX, false);
	write_unknown(&w, &p->unknown);
	jw_end(&w);
}

static void write_started(struct req *r, int64_t batch)
{
	struct jw w = jw_new(reply_json(r, 202));
	jw_obj(&w);
	jw_key(&w, "batch");
	jw_id(&w, batch);
	jw_key(&w, "status_url");
	jw_str(&w, str_num(r->c.arena, "/api/v1/batches/", batch));
	jw_end(&w);
}

void api_enrollments_create(struct req *r)
{
	struct json_obj body;
	struct enroll_spec s;
	struct plan p;
	struct enroll_result result;
	struct str digest = STR_NULL;
	if (!req_json(r, &body))
		return;
	enroll_spec_read(&r->c, &body, &s);
	bool is_null = false;
	jr_text(&body, "plan", 64, &digest, &is_null);
	jr_done(&body);
	if (r->c.errs.kind != ERR_NONE || !enroll_plan(&r->c, &s, r->account->undo_hold, r->account, &p) ||
		!enroll_run(&r->c, r->app->store, &s, &p, r->account, digest, 0, &result)) {
		reply_error(r);
		return;
	}
	r->settled = true;
	if (result.background) {
		write_started(r, result.batch);
		return;
	}
	/* See what was just written. If it cannot be read now, it is there all the same. */
	db_read_end(r->c.db);
	r->c.db = db_read_begin(r->app->store);
	write_created(r, result.batch, &p);
	if (db_failed(r->c.db)) {
		reply_reset(r);
		write_started(r, result.batch);
	}
}

void api_batch(struct req *r)
{
	struct batch b;
	int64_t limit, after;
	if (!req_offset(r, &limit, &after))
		return;
	if (!batch_get(&r->c, r->id, &b)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, 200));
	struct str status =
		str_eq(b.status, STR("preparing")) || str_eq(b.status, STR("undoing")) ? STR("running") : b.status;
	jw_obj(&w);
	jw_key(&w, "id");
	jw_id(&w, b.id);
	jw_key(&w, "status");
	jw_str(&w, status);
	write_number(&w, "done", b.done);
	write_number(&w, "total", b.total);
	write_number(&w, "enrolled", b.enrolled);
	write_number(&w, "waitlisted", b.waitlisted);
	write_number(&w, "moved", b.moved);
	write_skips(&w, r, b.id, after, limit, true);
	jw_key(&w, "access_at");
	jw_instant(&w, r->c.arena, b.access_at);
	jw_key(&w, "undo_until");
	if (b.undo_open)
		jw_instant(&w, r->c.arena, b.access_at);
	else
		jw_null(&w);
	jw_end(&w);
}

/* Takes no body; one that says something is refused as any other unknown member is. */
void api_batch_undo(struct req *r)
{
	struct json_obj body;
	int64_t undone;
	struct batch_kept kept;
	if (r->http->body.n && !req_json(r, &body))
		return;
	if (r->http->body.n && !jr_done(&body)) {
		reply_error(r);
		return;
	}
	if (!batch_undo(&r->c, r->id, &undone, &kept)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	write_number(&w, "undone", undone);
	jw_key(&w, "kept");
	jw_arr(&w);
	for (size_t i = 0; i < kept.n; i++) {
		jw_obj(&w);
		jw_key(&w, "enrollment");
		jw_id(&w, kept.enrollments[i]);
		jw_key(&w, "reason");
		jw_str(&w, t_batch_kept_changed(&r->c.text));
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
}
