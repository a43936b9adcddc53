/* Stage 3, Parameters: access date, session of each training, text of the invitation. Enroll does it at once when
 * nothing needs to be seen first. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/training.h"
#include "model/when.h"
#include "web/access_field.h"
#include "web/app.h"
#include "web/enroll_commit.h"
#include "web/enroll_pages.h"
#include "web/reply.h"

enum { MESSAGE_CHARS = 2000, SESSIONS_SHOWN = 200 };

/* ---- the form into the specification */
static void read_sessions(struct req *r, struct enroll_spec *s)
{
	for (size_t i = 0; i < s->trainings_n; i++) {
		struct str value = req_form(r, str_fmt(r->c.arena, "session-%lld", (long long)s->trainings[i].training).p);
		int64_t id;
		if (str_is_null(value) || !str_to_i64(value, &id))
			continue;
		s->trainings[i].session = id > 0 ? SOME(id) : NONE;
		s->trainings[i].chosen = true;
	}
}

static bool read_form(struct req *r, struct enroll_spec *s)
{
	struct str message = req_form(r, "message");
	struct opt_i64 access_at;
	bool ok = access_field_read(r, "access_at", &access_at);
	if (ok)
		s->access_at = access_at;
	read_sessions(r, s);
	s->message = STR_NULL;
	if (!str_is_empty(str_trim(message)) && !text_clean_block(r->c.arena, message, &s->message))
		ok = ctx_invalid(&r->c, STR("message"), CODE_invalid, t_error_invalid(&r->c.text));
	else if (str_count_chars(s->message) > MESSAGE_CHARS)
		ok = ctx_invalid(&r->c, STR("message"), CODE_too_long, t_enroll_message_long(&r->c.text, MESSAGE_CHARS));
	return ok;
}

/* ---- the page */
static void fill_session(struct req *r, const struct session *s, const struct enroll_session_group *g, int64_t chosen,
	struct enroll_session_choice *out)
{
	*out = (struct enroll_session_choice){
		.name = g->name, .value = str_num(r->c.arena, "", s->id), .chosen = s->id == chosen
	};
	out->row = enroll_session_row(r, s);
	if (!s->capacity.has) {
		out->seats = t_enroll_seats_open(&r->c.text);
		return;
	}
	int64_t left = s->capacity.v - s->seats_taken;
	out->seats = t_enroll_seats_free(&r->c.text, left > 0 ? left : 0);
	out->row.badge.kind = left <= 0 ? STR("bad") : left < 4 ? STR("warn") : STR("ok");
}

/* `open`: `n` sessions of that training. */
static void fill_group(struct req *r, const struct enroll_training *t, size_t index, struct str title,
	const struct session *open, size_t n, struct enroll_session_group *g)
{
	g->name = str_num(r->c.arena, "session-", t->training);
	g->title = title;
	int64_t chosen = t->session.has ? t->session.v : 0;
	/* Nothing said yet: the first session that has a seat is the likely one. */
	for (size_t i = 0; i < n && !t->chosen && !chosen; i++)
		if (open[i].starts_at > r->c.now && (!open[i].capacity.has || open[i].seats_taken < open[i].capacity.v))
			chosen = open[i].id;
	g->sessions = ARENA_ARRAY(r->c.arena, struct enroll_session_choice, n + 1);
	for (size_t i = 0; i < n; i++)
		fill_session(r, &open[i], g, chosen, &g->sessions[g->sessions_n++]);
	g->open_chosen = chosen == 0;
	if (n == 0)
		g->none = t_enroll_no_sessions(&r->c.text);
	struct str prefix = str_fmt(r->c.arena, "trainings[%zu]", index);
	for (size_t i = 0; i < r->c.errs.n; i++)
		if (str_starts(r->c.errs.items[i].field, prefix)) {
			g->error = r->c.errs.items[i].message;
			r->c.errs.items[i].field = g->name;
		}
}

/* Trainings and sessions are in the order of the draft. */
static void fill_groups(struct req *r, const struct draft *d, struct enroll_parameters_view *v)
{
	struct trainings trainings;
	struct sessions open;
	size_t n = d->spec.trainings_n;
	const int64_t *ids = spec_training_ids(r->c.arena, &d->spec);
	training_get_some(&r->c, ids, n, &trainings);
	session_list_open(&r->c, ids, n, SESSIONS_SHOWN, &open);
	v->groups = ARENA_ARRAY(r->c.arena, struct enroll_session_group, n + 1);
	for (size_t i = 0, training = 0, session = 0; i < n; i++) {
		size_t first = session;
		bool there = training < trainings.n && trainings.items[training].id == ids[i];
		while (session < open.n && open.items[session].training == ids[i])
			session++;
		fill_group(r, &d->spec.trainings[i], i, there ? trainings.items[training].title : STR_NULL, open.items + first,
			session - first, &v->groups[v->groups_n++]);
		training += there;
	}
}

static struct str error_at(struct req *r, const char *field)
{
	for (size_t i = 0; i < r->c.errs.n; i++)
		if (str_eq(r->c.errs.items[i].field, str_from(field)))
			return r->c.errs.items[i].message;
	return STR("");
}

static void show(struct req *r, const struct draft *d)
{
	struct enroll_parameters_view v = { 0 };
	const struct text *t = &r->c.text;
	struct str zone = r->c.actor->time_zone;
	bool posted = r->http->method == HTTP_POST;
	if (posted) {
		v.date = req_form(r, "access_date");
		v.time = req_form(r, "access_time");
	} else if (d->spec.access_at.has) {
		v.date = when_iso_date(t, d->spec.access_at.v, zone);
		v.time = when_iso_time(t, d->spec.access_at.v, zone);
	}
	v.zone = t_enroll_access_zone(t, when_zone(t, zone));
	v.now_words = t_enroll_access_now(t, when_time(t, r->c.now + r->account->undo_hold, zone));
	fill_groups(r, d, &v);
	v.message = (struct field){ .name = STR("message"),
		.label = t_enroll_message(t),
		.hint = t_enroll_message_hint(t),
		.optional = true,
		.full = true,
		.value = posted ? req_form(r, "message") : d->spec.message };
	field_errors(&v.message, &r->c.errs);
	v.date_error = error_at(r, "access_at");
	v.time_error = error_at(r, "access_time");
	enroll_head_fill(r, d, DRAFT_PARAMETERS, enroll_count_users(r, d, NULL, NULL, NULL), &v.head);
	page_begin(r, &v.page, t_enroll_title(t), NAV_ENROLLMENTS);
	tpl_enroll_parameters(reply_html(r, enroll_status(r)), t, &v);
}

void page_enroll_parameters(struct req *r)
{
	struct draft d;
	if (enroll_draft(r, &d))
		show(r, &d);
}

/* Saves what is typed, without an effect: 204 with the new version, or 409. */
void page_enroll_autosave(struct req *r)
{
	struct draft d;
	if (!enroll_draft(r, &d))
		return;
	struct errs none = { 0 };
	/* Half a date is no reason to lose the rest. */
	(void)read_form(r, &d.spec);
	r->c.errs = none;
	if (!enroll_save(r, &d, DRAFT_PARAMETERS)) {
		struct errs errs = r->c.errs;
		draft_get(&r->c, d.id, &d);
		r->c.errs = errs;
		show(r, &d);
		return;
	}
	reply_empty(r, 204);
	http_set_header(r->http, STR("X-Version"), str_num(r->c.arena, "", d.version));
	/* A header is ASCII; the words need not be. */
	struct buf saved = buf_new(r->c.arena);
	buf_url(&saved, t_enroll_saved(&r->c.text, when_time(&r->c.text, r->c.now, r->c.actor->time_zone)));
	http_set_header(r->http, STR("X-Saved"), buf_str(&saved));
}

struct save {
	struct req *r;
	struct draft *d;
	int64_t version;
	enum draft_stage reached;
	bool ok;
	struct errs errs;
};

static bool save_run(struct db *tx, void *arg)
{
	struct save *s = arg;
	struct ctx c = s->r->c;
	struct draft d = *s->d;
	c.db = tx;
	c.errs = (struct errs){ 0 };
	s->ok = draft_save(&c, &d, s->version, s->reached);
	s->errs = c.errs;
	return s->ok;
}

bool enroll_save_now(struct req *r, struct draft *d, enum draft_stage reached)
{
	struct save s = { .r = r, .d = d, .version = req_form_id(r, "version"), .reached = reached };
	if (db_write(r->app->store, save_run, &s) != DB_OK)
		return err_set(&r->c.errs, ERR_UNAVAILABLE);
	if (s.ok)
		d->version++;
	else
		r->c.errs = s.errs;
	return s.ok;
}

void page_enroll_parameters_post(struct req *r)
{
	struct draft d;
	struct str go = req_form(r, "go");
	if (!enroll_draft(r, &d))
		return;
	bool read = read_form(r, &d.spec);
	/* Going back does not stop at a date that is half typed. */
	if (str_eq(go, STR("back")) && !read) {
		r->c.errs = (struct errs){ 0 };
		read = true;
	}
	bool check = str_eq(go, STR("check")) || str_eq(go, STR("enroll"));
	if (!read || !enroll_save_now(r, &d, check ? DRAFT_CHECK : DRAFT_PARAMETERS)) {
		show(r, &d);
		return;
	}
	if (!check) {
		reply_redirect(r, "/enroll/%lld/trainings", (long long)d.id);
		return;
	}
	struct plan p;
	if (!enroll_plan(&r->c, &d.spec, r->account->undo_hold, r->account, &p)) {
		show(r, &d);
		return;
	}
	bool clean = p.skip == 0 && p.wait == 0 && p.decide == 0 && p.enroll + p.move > 0;
	if (str_eq(go, STR("enroll")) && clean)
		enroll_commit_draft(r, &d, &p);
	else
		reply_redirect(r, "/enroll/%lld/check", (long long)d.id);
}
