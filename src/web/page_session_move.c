/* Moving a session: its days as they are and as they would be. What it means for whom is said before anything is saved,
 * and saving is for exactly the days that this was said about. */
#include "base/date.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/training.h"
#include "model/when.h"
#include "web/session_effect.h"
#include "web/session_form.h"
#include "web/training_pages.h"
#include "web/view_trainings.h"

/* Where the reader came from, and goes back to. */
static const char *const views[] = { "month", "week", "agenda" };

static struct str came_from(struct str back)
{
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		if (str_eq(back, str_from(views[i])))
			return str_from(views[i]);
	return STR("");
}

/* The view of the calendar that shows this day ("YYYY-MM-DD"), or the sessions of the training. */
static struct str way_on(struct req *r, const struct session *s, struct str back, struct str date)
{
	struct date d;
	if (str_is_empty(back) || !date_parse(date, &d))
		return str_fmt(r->c.arena, "/trainings/%lld/sessions", (long long)s->training);
	if (str_eq(back, STR("week")))
		return str_fmt(r->c.arena, "/calendar?view=week&day=" STR_FMT, STR_ARG(date));
	return str_fmt(
		r->c.arena, "/calendar?view=" STR_FMT "&month=" STR_FMT, STR_ARG(back), STR_ARG(str_sub(date, 0, 7)));
}

/* What the form gives, laid over the session: moving changes date, time, zone and place, and nothing else. */
static void read_days(struct req *r, const struct session *s, struct session_typed *typed)
{
	struct session_typed was, sent;
	session_typed_of(r, s, &was);
	session_typed_read(r, &sent);
	*typed = was;
	typed->version = sent.version;
	for (size_t i = 0; i < was.days_n; i++)
		for (size_t k = 0; k < sent.days_n; k++) {
			const struct day_typed *d = &sent.days[k];
			if (!str_eq(d->id, was.days[i].id))
				continue;
			typed->days[i].date = d->date;
			typed->days[i].time = d->time;
			typed->days[i].zone = d->zone;
			typed->days[i].place = d->place;
			typed->days[i].fold = d->fold;
		}
}

/* Values in the address, as dragging an entry fills them in: ?day=ID&date=YYYY-MM-DD&time=HH:MM. False without any. */
static bool read_drop(struct req *r, struct session_typed *typed)
{
	struct str id = req_query(r, "day"), date = req_query(r, "date"), time = req_query(r, "time");
	for (size_t i = 0; i < typed->days_n; i++) {
		struct day_typed *d = &typed->days[i];
		if (!str_eq(d->id, id) || (str_is_empty(date) && str_is_empty(time)))
			continue;
		if (!str_is_empty(date))
			d->date = date;
		if (!str_is_empty(time))
			d->time = time;
		/* Another hour may come twice; which one it was says nothing about which it will be. */
		d->fold = STR_NULL;
		return true;
	}
	return false;
}

static void form_of(struct req *r, const struct session *s, const struct session_typed *typed, struct session_form *out)
{
	session_typed_form(r, typed, s, out);
	out->title = out->instructor = out->instructor_login = STR_NULL;
	out->has_capacity = false;
}

/* ---- showing */
static void fill_effect(
	struct req *r, const struct session *s, const struct session_change *change, struct session_move_view *v)
{
	struct session_move m;
	session_move_plan(&r->c, s, change, &m);
	v->checked = true;
	session_effect_fill(r, s, change, &m, &v->effect);
	for (size_t i = 0; i < v->days_n; i++)
		for (size_t k = 0; k < change->days_n; k++) {
			const struct session_day *d = &change->days[k];
			if (!str_eq(v->days[i].fields.id, str_num(r->c.arena, "", d->id)))
				continue;
			v->days[i].now = session_day_words(r, d);
			v->days[i].your_time =
				when_your_time(&r->c.text, d->start_at, d->end_at, d->time_zone, r->c.actor->time_zone);
		}
}

/* `change`: what was checked; NULL shows the fields alone. */
static void show(struct req *r, unsigned status, const struct session *s, const struct session_typed *typed,
	const struct session_change *change, struct str back)
{
	const struct text *t = &r->c.text;
	struct session_form_view fields = { 0 };
	struct str today = when_iso_date(t, s->starts_at, s->days_n ? s->days[0].time_zone : STR("UTC"));
	struct session_move_view v = { .heading = t_move_title(t, s->title),
		.item = session_item_make(r, s),
		.action = str_fmt(r->c.arena, "/sessions/%lld/move", (long long)s->id),
		.back = way_on(r, s, back, today),
		.back_to = back,
		.version = typed->version,
		.days_n_value = (int64_t)typed->days_n,
		.days = ARENA_ARRAY(r->c.arena, struct session_move_day, typed->days_n + 1),
		.save = t_move_save(t) };
	session_typed_errors(r, typed);
	page_begin(r, &v.page, t_training_page_title(t, v.heading, s->training_title), NAV_TRAININGS);
	struct training_head_view head = { .id = s->training, .title = s->training_title };
	training_crumbs(r, &v.page, &head, v.heading);
	session_typed_fill(r, typed, &fields);
	for (size_t i = 0; i < fields.days_n; i++)
		v.days[v.days_n++] = (struct session_move_day){ .fields = fields.days[i],
			.old = i < s->days_n ? session_day_words(r, &s->days[i]) : STR("") };
	if (change)
		fill_effect(r, s, change, &v);
	tpl_session_move(reply_html(r, status), t, &v);
}

/* Shows the days with what they mean, or with what is wrong about them. */
static void check_and_show(
	struct req *r, const struct session *s, struct session_typed *typed, unsigned good, struct str back)
{
	struct session_form form;
	struct session_change change;
	form_of(r, s, typed, &form);
	if (session_change_check(&r->c, s->id, &form, &change)) {
		show(r, good, s, typed, &change, back);
		return;
	}
	enum err_kind kind = r->c.errs.kind;
	if ((kind != ERR_INVALID && kind != ERR_CONFLICT) || s->cancelled_at.has) {
		reply_error(r);
		return;
	}
	/* Saving once more is meant for what is there now. */
	typed->version = s->version;
	show(r, kind == ERR_INVALID ? 422 : 409, s, typed, NULL, back);
}

void page_session_move(struct req *r)
{
	struct session s;
	struct session_typed typed;
	struct str back = came_from(req_query(r, "back"));
	if (!session_get(&r->c, r->id, &s)) {
		reply_error(r);
		return;
	}
	if (s.cancelled_at.has) {
		reply_redirect(r, "/sessions/%lld", (long long)s.id);
		return;
	}
	session_typed_of(r, &s, &typed);
	if (read_drop(r, &typed))
		check_and_show(r, &s, &typed, 200, back);
	else
		show(r, 200, &s, &typed, NULL, back);
}

void page_session_move_post(struct req *r)
{
	struct session s;
	struct session_typed typed;
	struct session_form form;
	struct session_change change;
	struct str back = came_from(req_form(r, "back"));
	if (!session_get(&r->c, r->id, &s)) {
		reply_error(r);
		return;
	}
	read_days(r, &s, &typed);
	form_of(r, &s, &typed, &form);
	bool saves = str_eq(req_form(r, "go"), STR("save"));
	if (!saves || !session_change_check(&r->c, s.id, &form, &change) ||
		!str_eq(req_form(r, "checked"), session_effect_digest(r, &change))) {
		r->c.errs = (struct errs){ 0 };
		check_and_show(r, &s, &typed, 200, back);
		return;
	}
	if (!session_update(&r->c, s.id, &form)) {
		reply_error(r);
		return;
	}
	struct str date = when_iso_date(&r->c.text, change.days[0].start_at, change.days[0].time_zone);
	struct str to = way_on(r, &s, back, date);
	reply_redirect_flash(r, t_move_saved(&r->c.text), STR_FMT, STR_ARG(to));
}
