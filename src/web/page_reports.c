/* Attendance: the sessions of some days, by training. */
#include "base/date.h"
#include "base/tz.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/report.h"
#include "model/when.h"
#include "web/view_office.h"
#include "web/web.h"

/* The days that are shown when none are chosen: the last quarter, and what is on today. */
enum { DEFAULT_DAYS = 92, GROUPS_MAX = 100, CHOICES_MAX = 1000, STRIP_X = 2, STRIP_WIDTH = 956 };

struct typed {
	struct str training, from, to;
};

static struct str query(struct req *r, const char *name)
{
	struct str s = req_query(r, name);
	return str_is_null(s) ? STR("") : str_trim(s);
}

/* Midnight in the reader's zone, `later` days after the one that is written there. */
static bool read_day(struct req *r, struct str text, const char *name, int later, int64_t *out)
{
	struct date date;
	struct tz_wall wall = { 0 };
	enum tz_kind kind;
	*out = 0;
	if (str_is_empty(text))
		return true;
	if (!date_parse(text, &date))
		return err_add(
			&r->c.errs, r->c.arena, ERR_INVALID, str_from(name), CODE_invalid, t_audit_day_invalid(&r->c.text));
	tz_from_days(date_days(date) + later, &wall.year, &wall.month, &wall.day);
	*out = tz_to_instant(tz_get(r->c.actor->time_zone), &wall, 0, &kind);
	return true;
}

static bool read_query(struct req *r, struct typed *typed, struct report_query *q, int64_t *training)
{
	const struct text *t = &r->c.text;
	bool days_given = !str_is_null(req_query(r, "from")) || !str_is_null(req_query(r, "to"));
	*typed = (struct typed){ query(r, "training"), query(r, "from"), query(r, "to") };
	*q = (struct report_query){ 0 };
	if (!days_given && str_is_empty(typed->training)) {
		typed->from = when_iso_date(t, r->c.now - DEFAULT_DAYS * INT64_C(86400), r->c.actor->time_zone);
		typed->to = when_iso_date(t, r->c.now, r->c.actor->time_zone);
	}
	read_day(r, typed->from, "from", 0, &q->from);
	read_day(r, typed->to, "to", 1, &q->to);
	if (q->from && q->to && q->from >= q->to)
		err_add(&r->c.errs, r->c.arena, ERR_INVALID, STR("to"), CODE_out_of_range, t_audit_days_order(t));
	if (typed->training.n) {
		/* What is no number is a training that is not there. */
		*training = str_to_i64(typed->training, training) ? *training : -1;
		q->trainings = training;
		q->trainings_n = 1;
	}
	return r->c.errs.kind == ERR_NONE;
}

static void fill_filters(struct req *r, const struct typed *typed, struct reports_view *v)
{
	const struct text *t = &r->c.text;
	struct report_choices all;
	report_training_choices(&r->c, CHOICES_MAX, &all);
	v->training = (struct field){ .name = STR("training"),
		.label = t_reports_training(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, all.n + 1) };
	v->training.options[v->training.options_n++] =
		(struct field_option){ .value = STR(""), .label = t_reports_any_training(t) };
	for (size_t i = 0; i < all.n; i++) {
		struct str id = str_fmt(r->c.arena, "%lld", (long long)all.items[i].id);
		v->training.options[v->training.options_n++] =
			(struct field_option){ .value = id, .label = all.items[i].title, .chosen = str_eq(id, typed->training) };
	}
	v->from = (struct field){
		.name = STR("from"), .label = t_reports_from(t), .type = STR("date"), .value = typed->from, .optional = true
	};
	v->to = (struct field){
		.name = STR("to"), .label = t_reports_to(t), .type = STR("date"), .value = typed->to, .optional = true
	};
	field_errors(&v->from, &r->c.errs);
	field_errors(&v->to, &r->c.errs);
}

/* ---- rows */
static void add_rect(struct seat_strip *s, const char *kind, int64_t from, int64_t to, int64_t all)
{
	if (to > from)
		s->rects[s->rects_n++] = (struct seat_rect){
			.x = STRIP_X + from * STRIP_WIDTH / all, .width = (to - from) * STRIP_WIDTH / all, .kind = str_from(kind)
		};
}

/* Came, did not come, not known. */
static void finish_row(struct req *r, struct report_row_view *v)
{
	const struct text *t = &r->c.text;
	/* Where nothing is recorded yet, nobody has failed to come. */
	bool recorded = v->attended + v->absent > 0;
	v->rate = recorded ? t_reports_rate_of(t, (v->attended * 100 + v->enrolled / 2) / v->enrolled) : STR("–");
	if (!v->enrolled)
		return;
	v->strip = (struct seat_strip){ .words = t_reports_bar_words(t, v->attended, v->absent, v->enrolled),
		.rects = ARENA_ARRAY(r->c.arena, struct seat_rect, 3) };
	add_rect(&v->strip, "t", 0, v->attended, v->enrolled);
	add_rect(&v->strip, "x", v->attended, v->attended + v->absent, v->enrolled);
	add_rect(&v->strip, "f", v->attended + v->absent, v->enrolled, v->enrolled);
}

static void add_to(struct report_row_view *sum, const struct report_row *row)
{
	sum->enrolled += row->enrolled;
	sum->attended += row->attended;
	sum->absent += row->absent;
	sum->no_result += row->no_result;
}

static struct report_group_view *group_of(
	struct req *r, struct reports_view *v, const struct report_row *row, int64_t *open)
{
	if (v->groups_n && *open == row->training)
		return &v->groups[v->groups_n - 1];
	*open = row->training;
	struct report_group_view *g = &v->groups[v->groups_n++];
	g->title = row->training_title;
	g->href = str_fmt(r->c.arena, "/trainings/%lld", (long long)row->training);
	g->caption = t_reports_caption(&r->c.text, row->training_title);
	return g;
}

static void fill_groups(struct req *r, const struct report_rows *rows, struct reports_view *v)
{
	int64_t open = 0, trainings = 0;
	struct report_row_view *all = ARENA_ARRAY(r->c.arena, struct report_row_view, rows->n + 1);
	v->groups = ARENA_ARRAY(r->c.arena, struct report_group_view, GROUPS_MAX + 1);
	for (size_t i = 0; i < rows->n; i++) {
		const struct report_row *row = &rows->items[i];
		add_to(&v->all, row);
		trainings += i == 0 || rows->items[i - 1].training != row->training;
		if (trainings > GROUPS_MAX)
			continue;
		struct report_group_view *g = group_of(r, v, row, &open);
		all[i] = (struct report_row_view){ .name = row->name,
			.href = str_fmt(r->c.arena, "/sessions/%lld", (long long)row->key),
			.when = when_session(&r->c.text, row->starts_at, row->ends_at, row->days, row->time_zone, r->c.now),
			.enrolled = row->enrolled,
			.attended = row->attended,
			.absent = row->absent,
			.no_result = row->no_result };
		finish_row(r, &all[i]);
		if (!g->rows_n)
			g->rows = &all[i];
		g->rows_n++;
		add_to(&g->sum, row);
	}
	for (size_t i = 0; i < v->groups_n; i++) {
		v->groups[i].has_sum = v->groups[i].rows_n > 1;
		finish_row(r, &v->groups[i].sum);
	}
	finish_row(r, &v->all);
	if (trainings > GROUPS_MAX)
		v->cut = t_reports_cut(&r->c.text, trainings - GROUPS_MAX);
}

void page_reports(struct req *r)
{
	const struct text *t = &r->c.text;
	struct reports_view v = { 0 };
	struct typed typed;
	struct report_query q;
	struct report_rows rows = { 0 };
	int64_t training = 0;
	bool sound = read_query(r, &typed, &q, &training);
	if (sound)
		report_attendance_make(&r->c, REPORT_SESSION, &q, &rows);
	fill_filters(r, &typed, &v);
	fill_groups(r, &rows, &v);
	v.found = t_reports_found(t, (int64_t)rows.n);
	v.empty = (struct empty_view){ .title = t_reports_empty_title(t), .words = t_reports_empty_words(t) };
	page_begin(r, &v.page, t_reports_title(t), NAV_REPORTS);
	tpl_reports(reply_html(r, sound ? 200 : 422), t, &v);
}
