/* One session: its form, its facts for those who may not change it, and cancelling it. */
#include "base/date.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/report.h"
#include "model/training.h"
#include "web/session_effect.h"
#include "web/session_form.h"
#include "web/training_pages.h"
#include "web/view_trainings.h"
#include "web/way_back.h"

static struct str participants_href(struct req *r, const struct session *s)
{
	return str_fmt(r->c.arena, "/trainings/%lld/participants?session=%lld", (long long)s->training, (long long)s->id);
}

/* Where results are entered, for whoever has reports at all; else empty. */
static struct str attendance_href(struct req *r, const struct session *s)
{
	struct errs before = r->c.errs;
	bool open = report_open(&r->c);
	r->c.errs = before;
	if (!open)
		return STR("");
	return str_fmt(r->c.arena, "/reports/participants?trainings=%lld&sessions=%lld&from=&to=", (long long)s->training,
		(long long)s->id);
}

static struct str sheet_href(struct req *r, const struct session *s)
{
	return str_fmt(r->c.arena, "/sessions/%lld/sheet", (long long)s->id);
}

/* Trainings / the training / Sessions / here */
static void crumbs(struct req *r, struct page_view *p, int64_t training, struct str title, struct str here)
{
	struct training_head_view head = { .id = training, .title = title };
	training_crumbs(r, p, &head, here);
}

static void show_new(struct req *r, unsigned status, const struct session_typed *typed)
{
	const struct text *t = &r->c.text;
	struct training tr;
	if (!training_get(&r->c, r->id, &tr)) {
		reply_error(r);
		return;
	}
	struct session_form_view v = {
		.heading = t_session_new(t),
		.action = str_fmt(r->c.arena, "/trainings/%lld/sessions", (long long)tr.id),
		.save = t_session_create_button(t),
		.back = str_fmt(r->c.arena, "/trainings/%lld/sessions", (long long)tr.id),
	};
	session_typed_errors(r, typed);
	page_begin(r, &v.page, t_training_page_title(t, v.heading, tr.title), NAV_TRAININGS);
	crumbs(r, &v.page, tr.id, tr.title, v.heading);
	session_typed_fill(r, typed, &v);
	tpl_session_form(reply_html(r, status), t, &v);
}

void page_session_new(struct req *r)
{
	struct session_typed typed;
	struct date date;
	session_typed_new(r, &typed);
	/* Whoever comes from a day of the calendar means that day. */
	if (date_parse(req_query(r, "date"), &date))
		typed.days[0].date = date_format(r->c.arena, date);
	show_new(r, 200, &typed);
}

void page_session_create(struct req *r)
{
	struct session_typed typed;
	struct session_form form;
	int64_t id;
	session_typed_read(r, &typed);
	if (session_typed_days(r, &typed)) {
		show_new(r, 200, &typed);
		return;
	}
	session_typed_form(r, &typed, NULL, &form);
	if (session_create(&r->c, r->id, &form, &id))
		reply_redirect_flash(r, t_session_created(&r->c.text), "/trainings/%lld/sessions", (long long)r->id);
	else if (r->c.errs.kind == ERR_INVALID)
		show_new(r, 422, &typed);
	else
		reply_error(r);
}

/* Where one came from, else the sessions of the training. */
static struct str after_session(const struct req *r, const struct session *s)
{
	struct str back = way_back(r);
	return str_is_null(back) ? str_fmt(r->c.arena, "/trainings/%lld/sessions", (long long)s->training) : back;
}

static void show_facts(struct req *r, const struct session *s)
{
	struct session_view v = { .item = session_item_make(r, s),
		.participants_href = participants_href(r, s),
		.attendance_href = attendance_href(r, s),
		.sheet_href = s->cancelled_at.has ? STR("") : sheet_href(r, s) };
	page_begin(r, &v.page, t_training_page_title(&r->c.text, s->title, s->training_title), NAV_TRAININGS);
	crumbs(r, &v.page, s->training, s->training_title, s->title);
	tpl_session(reply_html(r, 200), &r->c.text, &v);
}

/* `change`: somebody is told of it, who is said first; NULL: the fields alone. */
static void show_form(struct req *r, unsigned status, const struct session *s, const struct session_typed *typed,
	const struct session_change *change, const struct session_move *m)
{
	const struct text *t = &r->c.text;
	struct session_form_view v = {
		.heading = t_session_edit_title(t),
		.action = str_num(r->c.arena, "/sessions/", s->id),
		.save = t_save(t),
		.id = s->id,
		.saved = true,
		.back = after_session(r, s),
		.came_from = way_back(r),
		.item = session_item_make(r, s),
		.participants_href = participants_href(r, s),
		.attendance_href = attendance_href(r, s),
		.sheet_href = sheet_href(r, s),
		.cancel_href = str_fmt(r->c.arena, "/sessions/%lld/cancel", (long long)s->id),
		.move_href = str_fmt(r->c.arena, "/sessions/%lld/move", (long long)s->id),
		.can_cancel = session_status(s, r->c.now) == SESSION_PLANNED,
	};
	v.cancel_label = session_has_enrollments(&r->c, s->id) ? t_session_cancel(t) : t_session_delete(t);
	session_typed_errors(r, typed);
	page_begin(r, &v.page, t_training_page_title(t, s->title, s->training_title), NAV_TRAININGS);
	crumbs(r, &v.page, s->training, s->training_title, s->title);
	session_typed_fill(r, typed, &v);
	if (change) {
		session_effect_fill(r, s, change, m, &v.effect);
		session_effect_changes(r, s, change, &v.effect);
		/* Their number may be what is changed. */
		v.effect.seats = STR("");
		v.save = t_session_save_and_tell(t);
	}
	tpl_session_form(reply_html(r, status), t, &v);
}

void page_session(struct req *r)
{
	struct session s;
	struct session_typed typed;
	if (!session_get(&r->c, r->id, &s)) {
		reply_error(r);
		return;
	}
	if (s.cancelled_at.has || !training_may_edit(&r->c, s.training)) {
		show_facts(r, &s);
		return;
	}
	session_typed_of(r, &s, &typed);
	show_form(r, 200, &s, &typed, NULL, NULL);
}

/* Whoever was told of the session is told of the change: then that is shown once before. Errors stay away, since saving
 * has them as well. */
static bool asks_first(struct req *r, const struct session *s, const struct session_form *form,
	struct session_change *change, struct session_move *m)
{
	bool fits = session_change_check(&r->c, s->id, form, change);
	r->c.errs = (struct errs){ 0 };
	if (!fits || str_eq(req_form(r, "checked"), session_effect_digest(r, change)))
		return false;
	session_move_plan(&r->c, s, change, m);
	return m->tells;
}

void page_session_post(struct req *r)
{
	struct session s;
	struct session_typed typed, now;
	struct session_form form;
	struct session_change change;
	struct session_move m;
	session_typed_read(r, &typed);
	if (!session_get(&r->c, r->id, &s)) {
		reply_error(r);
		return;
	}
	if (session_typed_days(r, &typed)) {
		show_form(r, 200, &s, &typed, NULL, NULL);
		return;
	}
	session_typed_form(r, &typed, &s, &form);
	if (asks_first(r, &s, &form, &change, &m)) {
		show_form(r, 200, &s, &typed, &change, &m);
		return;
	}
	if (session_update(&r->c, r->id, &form)) {
		reply_redirect_flash(r, t_saved(&r->c.text), STR_FMT, STR_ARG(after_session(r, &s)));
		return;
	}
	enum err_kind kind = r->c.errs.kind;
	if ((kind != ERR_INVALID && kind != ERR_CONFLICT) || s.cancelled_at.has) {
		reply_error(r);
		return;
	}
	/* Saving once more is meant for what is there now. */
	typed.version = s.version;
	session_typed_of(r, &s, &now);
	session_typed_conflicts(r, &typed, &now);
	show_form(r, kind == ERR_INVALID ? 422 : 409, &s, &typed, NULL, NULL);
}

void page_session_cancel(struct req *r)
{
	const struct text *t = &r->c.text;
	struct session s;
	if (!session_get(&r->c, r->id, &s)) {
		reply_error(r);
		return;
	}
	if (session_status(&s, r->c.now) != SESSION_PLANNED) {
		reply_redirect(r, "/sessions/%lld", (long long)s.id);
		return;
	}
	bool enrolled = session_has_enrollments(&r->c, s.id);
	struct session_cancel_view v = {
		.item = session_item_make(r, &s),
		.action = str_fmt(r->c.arena, "/sessions/%lld/cancel", (long long)s.id),
		.back = str_num(r->c.arena, "/sessions/", s.id),
		.heading = enrolled ? t_session_cancel_title(t, s.title) : t_session_delete_title(t, s.title),
		.words = enrolled ? t_session_cancel_words(t, s.seats_taken, s.waiting) : t_session_delete_words(t),
		.button = enrolled ? t_session_cancel(t) : t_session_delete(t),
	};
	page_begin(r, &v.page, v.heading, NAV_TRAININGS);
	crumbs(r, &v.page, s.training, s.training_title, v.button);
	tpl_session_cancel(reply_html(r, 200), t, &v);
}

void page_session_cancel_post(struct req *r)
{
	struct session s;
	bool deleted;
	if (!session_get(&r->c, r->id, &s) || !session_remove(&r->c, r->id, &deleted)) {
		reply_error(r);
		return;
	}
	struct str words = deleted ? t_session_deleted(&r->c.text) : t_session_cancelled(&r->c.text);
	reply_redirect_flash(r, words, "/trainings/%lld/sessions", (long long)s.training);
}
