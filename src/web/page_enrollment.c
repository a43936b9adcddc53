/* Edit enrollment: access date and session, of one or several at once. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/session.h"
#include "model/when.h"
#include "web/access_field.h"
#include "web/enroll_pages.h"
#include "web/enrollment_pages.h"

static bool posted(const struct req *r)
{
	return r->http->method == HTTP_POST;
}

static struct str typed(struct req *r, const char *name, struct str stored)
{
	return posted(r) && req_form_has(r, name) ? req_form(r, name) : stored;
}

static bool is_cancelled(const struct enrollment *e)
{
	return str_eq(e->status, STR("cancelled"));
}

static size_t count_announced(const struct chosen *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		n += s->items[i].announced_at.has;
	return n;
}

/* ---- access date */
static struct str stored_date(struct req *r, const struct chosen *s)
{
	return s->n == 1 ? when_iso_date(&r->c.text, s->items[0].access_at, r->c.actor->time_zone) : STR("");
}

static struct str stored_time(struct req *r, const struct chosen *s)
{
	return s->n == 1 ? when_iso_time(&r->c.text, s->items[0].access_at, r->c.actor->time_zone) : STR("");
}

static void fill_access(struct req *r, const struct chosen *s, struct enrollment_edit_view *v)
{
	const struct text *t = &r->c.text;
	struct str zone = r->c.actor->time_zone;
	size_t announced = count_announced(s);
	v->asks_access = announced < s->n;
	if (s->n == 1 && announced)
		v->access_said = t_enrollment_access_said(t, when_instant(t, s->items[0].announced_at.v, zone, r->c.now));
	else if (announced == s->n)
		v->access_said = t_enrollment_access_said_all(t);
	else if (announced)
		note_add(r, &v->notes, &v->notes_n, t_enrollment_access_said_some(t, (int64_t)announced));
	v->date = (struct field){ .name = STR("access_date"),
		.label = t_enroll_access_date(t),
		.type = STR("date"),
		.value = typed(r, "access_date", stored_date(r, s)) };
	v->time = (struct field){ .name = STR("access_time"),
		.label = t_enroll_access_time(t),
		.type = STR("time"),
		.value = typed(r, "access_time", stored_time(r, s)) };
	v->access_hint = s->n == 1 ? t_enrollment_access_hint(t, when_zone(t, zone))
							   : t_enrollment_access_keep_hint(t, when_zone(t, zone));
	field_errors(&v->date, &r->c.errs);
	field_errors(&v->time, &r->c.errs);
}

/* What stands there unchanged changes nothing: the seconds of the stored moment are not shown, and must not get lost.
 */
static bool read_access(struct req *r, const struct chosen *s, struct enrollment_edit *e)
{
	struct opt_i64 at;
	if (str_eq(str_trim(req_form(r, "access_date")), stored_date(r, s)) &&
		str_eq(str_trim(req_form(r, "access_time")), stored_time(r, s)))
		return true;
	if (!access_field_read(r, "access_date", &at))
		return false;
	e->has_access = at.has;
	e->access_at = at.v;
	return true;
}

/* ---- session */
static void put_choice(
	struct req *r, const struct session *s, int64_t now_in, int64_t chosen, struct enrollment_edit_view *v)
{
	const struct text *t = &r->c.text;
	struct enroll_session_choice *c = &v->sessions[v->sessions_n++];
	*c = (struct enroll_session_choice){
		.name = STR("session"), .value = str_num(r->c.arena, "", s->id), .chosen = s->id == chosen
	};
	c->row = enroll_session_row(r, s);
	int64_t left = s->capacity.has ? s->capacity.v - s->seats_taken : 1;
	if (s->id == now_in)
		c->seats = t_enrollment_session_now(t);
	else if (s->ends_at <= r->c.now)
		c->seats = t_enrollment_session_over(t);
	else
		c->seats = s->capacity.has ? t_enrollment_seats_free(t, left > 0 ? left : 0) : t_enrollment_seats_open(t);
	c->row.badge.kind = s->id == now_in ? STR("acc")
		: left <= 0                     ? STR("bad")
		: left < 4 && s->capacity.has   ? STR("warn")
										: STR("ok");
}

/* Sessions that one can still join, and the one where they are. */
static void put_choices(struct req *r, const struct chosen *s, int64_t chosen, struct enrollment_edit_view *v)
{
	struct sessions all;
	int64_t now_in = s->one_session ? s->items[0].session.v : 0;
	session_list_all(&r->c, s->items[0].training, &all);
	v->sessions = ARENA_ARRAY(r->c.arena, struct enroll_session_choice, all.n + 1);
	for (size_t i = 0; i < all.n; i++) {
		const struct session *one = &all.items[i];
		if (one->days_n && (one->id == now_in || (!one->cancelled_at.has && one->ends_at > r->c.now)))
			put_choice(r, one, now_in, chosen, v);
	}
}

static void fill_when_full(struct req *r, struct enrollment_edit_view *v)
{
	const struct text *t = &r->c.text;
	bool over = str_eq(req_form(r, "when_full"), STR("over"));
	if (!actor_can(r->c.actor, PERM_OVER))
		return;
	v->when_full = (struct field){ .name = STR("when_full"),
		.label = t_enrollment_when_full(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 2) };
	v->when_full.options[v->when_full.options_n++] =
		(struct field_option){ .value = STR("wait"), .label = t_enrollment_when_full_wait(t), .chosen = !over };
	v->when_full.options[v->when_full.options_n++] =
		(struct field_option){ .value = STR("over"), .label = t_enrollment_when_full_over(t), .chosen = over };
	field_errors(&v->when_full, &r->c.errs);
}

static void fill_session(struct req *r, const struct chosen *s, struct enrollment_edit_view *v)
{
	const struct text *t = &r->c.text;
	size_t locked = 0, recorded = 0;
	for (size_t i = 0; i < s->n; i++) {
		locked += s->items[i].score.has;
		recorded += !s->items[i].score.has && !str_eq(s->items[i].result, STR("none"));
	}
	if (!s->one_training || locked == s->n) {
		v->session_why = s->one_training ? t_enrollment_locked(t) : t_enrollment_sessions_differ(t);
		return;
	}
	if (locked)
		note_add(r, &v->notes, &v->notes_n, t_enrollment_locked_some(t, (int64_t)locked));
	if (recorded)
		note_add(r, &v->notes, &v->notes_n, t_enrollment_result_lost(t));
	const struct enrollment *first = &s->items[0];
	struct str value = req_form(r, "session");
	int64_t chosen = s->n > 1 ? -1 : first->session.has ? first->session.v : 0, id;
	if (posted(r) && !str_is_null(value))
		chosen = str_to_i64(value, &id) ? id : -1;
	v->asks_session = true;
	v->keep = s->n > 1;
	v->keep_chosen = chosen == -1;
	v->chooses = chosen == 0;
	put_choices(r, s, chosen, v);
	fill_when_full(r, v);
	for (size_t i = 0; i < r->c.errs.n; i++)
		if (str_eq(r->c.errs.items[i].field, STR("session")))
			v->session_error = r->c.errs.items[i].message;
}

static void read_session(struct req *r, struct enrollment_edit *e)
{
	struct str value = req_form(r, "session");
	int64_t id;
	if (!str_is_null(value) && str_to_i64(value, &id) && id >= 0) {
		e->has_session = true;
		e->session = id ? SOME(id) : NONE;
	}
	e->when_full = req_form(r, "when_full");
}

/* ---- the page */
static void show(struct req *r, const struct chosen *s)
{
	const struct text *t = &r->c.text;
	struct enrollment_edit_view v = { 0 };
	size_t cancelled = 0;
	for (size_t i = 0; i < s->n; i++)
		cancelled += is_cancelled(&s->items[i]);
	/* The model names one access date; its field is the date. */
	for (size_t i = 0; i < r->c.errs.n; i++)
		if (str_eq(r->c.errs.items[i].field, STR("access_at")))
			r->c.errs.items[i].field = STR("access_date");
	chosen_top(r, s, "edit", t_participants_edit(t), &v.top);
	v.open = cancelled < s->n;
	if (!v.open)
		v.why_not = t_enrollment_is_cancelled_words(t);
	else if (cancelled)
		note_add(r, &v.notes, &v.notes_n, t_cancel_done_already(t, (int64_t)cancelled));
	if (v.open) {
		fill_access(r, s, &v);
		fill_session(r, s, &v);
	}
	chosen_page(r, s, v.top.title, &v.page);
	tpl_enrollment_edit(reply_html(r, enroll_status(r)), t, &v);
}

void page_enrollment_edit(struct req *r)
{
	struct chosen s;
	if (chosen_load(r, PERM_ENROLL, &s))
		show(r, &s);
}

/* ---- doing it */
struct reason {
	struct str words;
	int64_t n;
};
struct outcome {
	int64_t changed, same, waiting;
	struct reason *reasons;
	size_t reasons_n;
};

static void add_reason(struct req *r, struct outcome *o, size_t most)
{
	struct str words = r->c.errs.n ? r->c.errs.items[0].message : t_error_not_found(&r->c.text);
	size_t i = 0;
	while (i < o->reasons_n && !str_eq(o->reasons[i].words, words))
		i++;
	if (!o->reasons)
		o->reasons = ARENA_ARRAY(r->c.arena, struct reason, most);
	if (i == o->reasons_n)
		o->reasons[o->reasons_n++].words = words;
	o->reasons[i].n++;
	r->c.errs = (struct errs){ 0 };
}

static void edit_one(
	struct req *r, const struct enrollment *old, const struct enrollment_edit *e, size_t most, struct outcome *o)
{
	struct enrollment now;
	if (!enrollment_edit(&r->c, old->id, e, r->account->undo_hold)) {
		add_reason(r, o, most);
		return;
	}
	if (!enrollment_get(&r->c, old->id, &now) || now.version == old->version) {
		o->same++;
		return;
	}
	o->changed++;
	o->waiting += str_eq(now.status, STR("waiting"));
}

static struct str outcome_words(struct req *r, const struct outcome *o)
{
	enum { REASONS_SHOWN = 3 };
	const struct text *t = &r->c.text;
	struct buf b = buf_new(r->c.arena);
	words_add(&b, t_enrollments_changed(t, o->changed));
	if (o->waiting)
		words_add(&b, t_enrollments_now_waiting(t, o->waiting));
	if (o->same && o->changed + o->same + (int64_t)o->reasons_n > 1)
		words_add(&b, t_enrollments_same(t, o->same));
	for (size_t i = 0; i < o->reasons_n && i < REASONS_SHOWN; i++)
		words_add(&b, t_enrollments_not(t, o->reasons[i].n, o->reasons[i].words));
	return buf_str(&b);
}

static void edit_several(struct req *r, const struct chosen *s, const struct enrollment_edit *e)
{
	struct outcome o = { 0 };
	for (size_t i = 0; i < s->n && !db_failed(r->c.db); i++)
		edit_one(r, &s->items[i], e, s->n, &o);
	if (o.changed || !o.reasons_n) {
		reply_redirect_flash(r, outcome_words(r, &o), STR_FMT, STR_ARG(s->back));
		return;
	}
	/* Nobody could be changed: the page again, with what was chosen. */
	for (size_t i = 0; i < o.reasons_n; i++)
		err_add(&r->c.errs, r->c.arena, ERR_CONFLICT, STR(""), CODE_invalid,
			t_enrollments_not(&r->c.text, o.reasons[i].n, o.reasons[i].words));
	show(r, s);
}

void page_enrollment_edit_post(struct req *r)
{
	struct chosen s;
	struct enrollment_edit e = { 0 };
	if (!chosen_load(r, PERM_ENROLL, &s))
		return;
	read_session(r, &e);
	if (!read_access(r, &s, &e)) {
		show(r, &s);
		return;
	}
	if (!s.one_training)
		e.has_session = false;
	if (s.n > 1) {
		edit_several(r, &s, &e);
		return;
	}
	int64_t version = req_form_id(r, "version");
	e.version = version ? SOME(version) : NONE;
	struct outcome o = { 0 };
	struct enrollment now;
	if (!enrollment_edit(&r->c, s.items[0].id, &e, r->account->undo_hold)) {
		show(r, &s);
		return;
	}
	if (enrollment_get(&r->c, s.items[0].id, &now)) {
		o.changed = now.version != s.items[0].version;
		o.waiting = o.changed && str_eq(now.status, STR("waiting"));
	}
	reply_redirect_flash(r, outcome_words(r, &o), STR_FMT, STR_ARG(s.back));
}
