/* The enrollment body, read and written: what the REST API takes is what a draft keeps. */
#include "base/tz.h"
#include "gen/text.h"
#include "model/enroll_spec.h"

enum { NAMED_MAX = 100000, RULES_MAX = 1000 };

static void read_ids(struct json_obj *o, const char *name, size_t max, int64_t **items, size_t *n, size_t *cap)
{
	struct json_arr list;
	if (!jr_array(o, name, max, &list))
		return;
	for (size_t i = 0; i < list.n; i++) {
		int64_t id;
		if (jr_item_id(&list, i, &id))
			*VEC_PUSH(o->arena, *items, *n, *cap) = id;
	}
}

static void read_texts(struct json_obj *o, const char *name, struct str **items, size_t *n, size_t *cap)
{
	struct json_arr list;
	if (!jr_array(o, name, NAMED_MAX, &list))
		return;
	for (size_t i = 0; i < list.n; i++) {
		struct str text;
		if (jr_item_text(&list, i, 254, &text))
			*VEC_PUSH(o->arena, *items, *n, *cap) = text;
	}
}

static void read_required_id(struct json_obj *o, const char *name, int64_t *out)
{
	if (!jr_has(o, name))
		jr_error(o, name, CODE_required);
	else
		jr_id(o, name, out, NULL);
}

static void read_departments(struct json_obj *o, struct audience *a)
{
	struct json_arr list;
	if (!jr_array(o, "departments", RULES_MAX, &list))
		return;
	for (size_t i = 0; i < list.n; i++) {
		struct json_obj item;
		struct audience_department d = { .nested = true };
		if (!jr_item_object(&list, i, &item))
			continue;
		read_required_id(&item, "id", &d.id);
		jr_bool(&item, "nested", &d.nested);
		jr_done(&item);
		*VEC_PUSH(o->arena, a->departments, a->departments_n, a->departments_cap) = d;
	}
}

static void read_audience(struct json_obj *o, struct audience *a)
{
	read_ids(o, "users", NAMED_MAX, &a->users, &a->users_n, &a->users_cap);
	read_texts(o, "logins", &a->logins, &a->logins_n, &a->logins_cap);
	read_texts(o, "emails", &a->emails, &a->emails_n, &a->emails_cap);
	read_departments(o, a);
	read_ids(o, "groups", RULES_MAX, &a->groups, &a->groups_n, &a->groups_cap);
	if (user_conditions_read(o, "filter", &a->filter, &a->filter_n))
		a->filter_cap = a->filter_n;
	read_ids(o, "except", NAMED_MAX, &a->except, &a->except_n, &a->except_cap);
	jr_done(o);
}

static void read_opt_id(struct json_obj *o, const char *name, struct opt_i64 *out)
{
	bool is_null = false;
	int64_t id;
	if (jr_id(o, name, &id, &is_null) && !is_null)
		*out = SOME(id);
}

static void read_trainings(struct json_obj *o, struct enroll_spec *s)
{
	struct json_arr list;
	if (!jr_array(o, "trainings", RULES_MAX, &list))
		return;
	for (size_t i = 0; i < list.n; i++) {
		struct json_obj item;
		struct enroll_training t = { 0 };
		if (!jr_item_object(&list, i, &item))
			continue;
		read_required_id(&item, "training", &t.training);
		t.chosen = jr_has(&item, "session");
		read_opt_id(&item, "session", &t.session);
		jr_done(&item);
		*VEC_PUSH(o->arena, s->trainings, s->trainings_n, s->trainings_cap) = t;
	}
}

static void read_decisions(struct json_obj *o, struct enroll_spec *s)
{
	struct json_arr list;
	if (!jr_array(o, "decisions", ENROLL_DECISIONS_MAX, &list))
		return;
	for (size_t i = 0; i < list.n; i++) {
		struct json_obj item;
		struct enroll_decision d = { 0 };
		if (!jr_item_object(&list, i, &item))
			continue;
		read_required_id(&item, "user", &d.user);
		read_required_id(&item, "training", &d.training);
		if (!jr_has(&item, "do"))
			jr_error(&item, "do", CODE_required);
		else
			jr_text(&item, "do", 10, &d.choice, NULL);
		read_opt_id(&item, "session", &d.session);
		jr_done(&item);
		*VEC_PUSH(o->arena, s->decisions, s->decisions_n, s->decisions_cap) = d;
	}
}

bool enroll_spec_read(struct ctx *c, struct json_obj *o, struct enroll_spec *out)
{
	struct json_obj audience;
	struct str access;
	bool is_null = false;
	*out = (struct enroll_spec){ 0 };
	if (jr_object(o, "audience", &audience, NULL))
		read_audience(&audience, &out->audience);
	read_trainings(o, out);
	if (jr_text(o, "access_at", 40, &access, &is_null) && !is_null) {
		int64_t at;
		if (tz_rfc3339_parse(access, &at))
			out->access_at = SOME(at);
		else
			jr_error(o, "access_at", CODE_invalid);
	}
	jr_text(o, "when_full", 10, &out->when_full, &is_null);
	jr_text(o, "on_clash", 10, &out->on_clash, &is_null);
	jr_text(o, "message", 2000, &out->message, &is_null);
	read_decisions(o, out);
	return c->errs.kind == ERR_NONE;
}

bool enroll_spec_parse(struct ctx *c, struct str json, struct enroll_spec *out)
{
	struct json_obj o;
	struct errs errs = { 0 };
	*out = (struct enroll_spec){ 0 };
	if (!jr_parse(&o, c->arena, json, &errs, NULL, NULL))
		return err_set(&c->errs, ERR_BUG);
	struct errs before = c->errs;
	enroll_spec_read(c, &o, out);
	c->errs = before;
	return errs.kind == ERR_NONE || err_set(&c->errs, ERR_BUG);
}

/* ---- writing */
/* What is empty is left out: a draft stays readable, and is read with each key that is pressed in it. */
static void write_ids(struct jw *w, const char *name, const int64_t *ids, size_t n)
{
	if (n)
		jw_ids(w, name, ids, n);
}

static void write_texts(struct jw *w, const char *name, const struct str *texts, size_t n)
{
	if (n)
		jw_texts(w, name, texts, n);
}

static void write_audience(struct jw *w, const struct audience *a)
{
	if (audience_is_empty(a) && !a->except_n)
		return;
	jw_key(w, "audience");
	jw_obj(w);
	write_ids(w, "users", a->users, a->users_n);
	write_texts(w, "logins", a->logins, a->logins_n);
	write_texts(w, "emails", a->emails, a->emails_n);
	if (a->departments_n) {
		jw_key(w, "departments");
		jw_arr(w);
		for (size_t i = 0; i < a->departments_n; i++) {
			jw_obj(w);
			jw_key(w, "id");
			jw_id(w, a->departments[i].id);
			jw_key(w, "nested");
			jw_bool(w, a->departments[i].nested);
			jw_end(w);
		}
		jw_end(w);
	}
	write_ids(w, "groups", a->groups, a->groups_n);
	if (a->filter_n) {
		jw_key(w, "filter");
		user_conditions_write(w, a->filter, a->filter_n);
	}
	write_ids(w, "except", a->except, a->except_n);
	jw_end(w);
}

static void write_list(struct jw *w, const char *name)
{
	jw_key(w, name);
	jw_arr(w);
}

static void write_text(struct jw *w, const char *name, struct str s)
{
	if (!str_is_null(s)) {
		jw_key(w, name);
		jw_str(w, s);
	}
}

struct str enroll_spec_write(struct ctx *c, const struct enroll_spec *s)
{
	struct buf b = buf_new(c->arena);
	struct jw w = jw_new(&b);
	jw_obj(&w);
	write_audience(&w, &s->audience);
	if (s->trainings_n)
		write_list(&w, "trainings");
	for (size_t i = 0; i < s->trainings_n; i++) {
		jw_obj(&w);
		jw_key(&w, "training");
		jw_id(&w, s->trainings[i].training);
		if (s->trainings[i].chosen) {
			jw_key(&w, "session");
			jw_id(&w, s->trainings[i].session.has ? s->trainings[i].session.v : 0);
		}
		jw_end(&w);
	}
	if (s->trainings_n)
		jw_end(&w);
	if (s->access_at.has) {
		jw_key(&w, "access_at");
		jw_instant(&w, c->arena, s->access_at.v);
	}
	write_text(&w, "when_full", s->when_full);
	write_text(&w, "on_clash", s->on_clash);
	write_text(&w, "message", s->message);
	if (s->decisions_n)
		write_list(&w, "decisions");
	for (size_t i = 0; i < s->decisions_n; i++) {
		const struct enroll_decision *d = &s->decisions[i];
		jw_obj(&w);
		jw_key(&w, "user");
		jw_id(&w, d->user);
		jw_key(&w, "training");
		jw_id(&w, d->training);
		jw_key(&w, "do");
		jw_str(&w, d->choice);
		if (d->session.has) {
			jw_key(&w, "session");
			jw_id(&w, d->session.v);
		}
		jw_end(&w);
	}
	if (s->decisions_n)
		jw_end(&w);
	jw_end(&w);
	return buf_str(&b);
}
