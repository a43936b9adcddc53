/* Attendance by training, session or department. Each row leads one level down: a training to its sessions, a session
 * or a department to its people. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/when.h"
#include "web/export_reply.h"
#include "web/report_pages.h"

struct report_sums_view report_sums_of(struct req *r, const struct report_sums *n)
{
	/* Where nothing is recorded yet, nobody has failed to come. */
	bool recorded = n->attended + n->absent > 0;
	return (struct report_sums_view){ .enrolled = n->enrolled,
		.attended = n->attended,
		.absent = n->absent,
		.no_result = n->no_result,
		.rate =
			recorded ? t_reports_rate_of(&r->c.text, (n->attended * 100 + n->enrolled / 2) / n->enrolled) : STR("–") };
}

struct report_wait_view report_wait(struct req *r, int percent)
{
	if (r->c.errs.kind != ERR_UNAVAILABLE)
		return (struct report_wait_view){ 0 };
	return (struct report_wait_view){ t_reports_wait(&r->c.text, percent), percent };
}

void report_wait_headers(struct req *r, const struct report_wait_view *v)
{
	if (!v->words.n)
		return;
	http_set_header(r->http, STR("Retry-After"), STR("1"));
	/* For browsers, with and without scripts. A form that was sent is not lost by it. */
	if (r->http->method != HTTP_POST)
		http_set_header(r->http, STR("Refresh"), STR("1"));
}

static bool read_by(struct req *r, const struct report_typed *typed, enum report_by *by)
{
	*by = REPORT_TRAINING;
	if (!typed->by.n || report_by_parse(typed->by, by))
		return true;
	return ctx_invalid(&r->c, STR("group_by"), CODE_invalid, t_reports_by_invalid(&r->c.text));
}

static struct str down(struct req *r, const struct report_typed *typed, enum report_by by, const struct report_row *row)
{
	struct report_typed to = *typed;
	struct str key = str_num(r->c.arena, "", row->key);
	to.by = STR("");
	if (by == REPORT_TRAINING) {
		to.by = STR("session");
		to.trainings = key;
		return report_url(r, "/reports", &to);
	}
	if (by == REPORT_SESSION) {
		to.trainings = str_num(r->c.arena, "", row->training);
		to.sessions = key;
	} else {
		to.department = key;
		to.nested = STR("0");
	}
	return report_url(r, "/reports/participants", &to);
}

static struct report_row_view row_of(
	struct req *r, const struct report_typed *typed, enum report_by by, const struct report_row *row)
{
	struct report_row_view v = { .name = row->name, .href = down(r, typed, by, row), .n = report_sums_of(r, &row->n) };
	if (by != REPORT_SESSION)
		return v;
	v.when = when_session(&r->c.text, row->starts_at, row->ends_at, row->days, row->time_zone, r->c.now);
	v.training = row->training_title;
	return v;
}

static void fill_heads(const struct list *l, enum report_by by, const struct text *t, struct reports_view *v)
{
	struct str name = by == REPORT_TRAINING ? t_reports_training(t)
		: by == REPORT_SESSION              ? t_reports_session(t)
											: t_reports_department(t);
	v->by_name = list_header(l, REPORT_SORT_NAME, name);
	v->by_enrolled = list_header(l, REPORT_SORT_ENROLLED, t_reports_enrolled(t));
	v->by_attended = list_header(l, REPORT_SORT_ATTENDED, t_reports_attended(t));
	v->by_absent = list_header(l, REPORT_SORT_ABSENT, t_reports_absent(t));
	v->by_no_result = list_header(l, REPORT_SORT_NO_RESULT, t_reports_no_result(t));
	v->by_rate = list_header(l, REPORT_SORT_RATE, t_reports_rate(t));
	v->by_enrolled.numeric = v->by_attended.numeric = v->by_absent.numeric = v->by_no_result.numeric =
		v->by_rate.numeric = true;
}

/* A report is made as a whole, so its cursor counts rows. */
static size_t first_row(const struct db_page *page, size_t rows, size_t *n)
{
	size_t limit = (size_t)page->limit, from = 0;
	if (page->last)
		from = rows > limit ? rows - limit : 0;
	else if (page->has_after && page->after_int > 0)
		from = (size_t)page->after_int;
	if (page->has_after && page->backward) {
		*n = from < limit ? from : limit;
		return from - *n;
	}
	from = from < rows ? from : rows;
	*n = rows - from < limit ? rows - from : limit;
	return from;
}

static void fill_rows(struct req *r, const struct report_typed *typed, enum report_by by, const struct list *l,
	struct report_rows *rows, struct reports_view *v)
{
	const struct text *t = &r->c.text;
	size_t n, from = first_row(l->page, rows->n, &n);
	report_rows_sort(rows, (enum report_sort)l->page->sort, l->page->desc);
	fill_heads(l, by, t, v);
	v->rows = ARENA_ARRAY(r->c.arena, struct report_row_view, n + 1);
	for (size_t i = from; i < from + n && i < rows->n; i++)
		v->rows[v->rows_n++] = row_of(r, typed, by, &rows->items[i]);
	if (rows->n > v->rows_n)
		v->pager =
			list_pager(l, t_participants_range(t, (int64_t)from + 1, (int64_t)(from + v->rows_n), (int64_t)rows->n),
				v->rows_n, (struct list_end){ .number = (int64_t)from },
				(struct list_end){ .number = (int64_t)(from + v->rows_n) }, from > 0, from + v->rows_n < rows->n);
	if (v->rows_n)
		report_chart_fill(r, rows, from, v->rows_n, by, &v->chart);
	v->export = list_exports(l);
}

static struct str chosen_title(const struct report_filters_view *f)
{
	for (size_t i = 1; i < f->training.options_n; i++)
		if (f->training.options[i].chosen)
			return f->training.options[i].label;
	return STR("");
}

void page_reports(struct req *r)
{
	const struct text *t = &r->c.text;
	struct reports_view v = { 0 };
	struct report_typed typed;
	struct report_query q;
	struct report_rows rows = { 0 };
	struct db_page page;
	enum report_by by;
	if (!req_page(r, report_sorts, REPORT_SORT_COUNT, "name", &page))
		return;
	bool sound = report_read(r, &typed, &q);
	if (r->c.errs.kind == ERR_FORBIDDEN) {
		reply_error(r);
		return;
	}
	sound &= read_by(r, &typed, &by);
	struct list l = { r, report_url(r, "/reports", &typed), NULL, 0, &page, report_sorts, REPORT_SORT_COUNT };
	report_filters_fill(r, &typed, &q, true, &v.filters);
	if (sound) {
		report_attendance_make(&r->c, by, &q, &rows);
		v.wait = report_wait(r, rows.percent);
		fill_rows(r, &typed, by, &l, &rows, &v);
	}
	bool down_one = by == REPORT_SESSION && q.trainings_n == 1;
	v.title = down_one ? chosen_title(&v.filters) : STR("");
	v.title = v.title.n ? v.title : t_reports_title(t);
	v.sums = report_sums_of(r, &rows.sums);
	v.sessions = by == REPORT_SESSION && !down_one;
	v.caption = by == REPORT_TRAINING ? t_reports_caption_trainings(t)
		: by == REPORT_SESSION        ? t_reports_caption_sessions(t)
									  : t_reports_caption_departments(t);
	v.found = t_reports_found(t, (int64_t)rows.n);
	struct report_typed people = typed;
	people.by = STR("");
	v.people_href = report_url(r, "/reports/participants", &people);
	v.empty = (struct empty_view){ .title = t_reports_empty_title(t), .words = t_reports_empty_words(t) };
	page_begin(r, &v.page, v.title, NAV_REPORTS);
	if (down_one)
		report_crumbs(r, &typed, &q, v.title, &v.page);
	tpl_reports(reply_html(r, !sound ? 422 : v.wait.words.n ? 503 : 200), t, &v);
	report_wait_headers(r, &v.wait);
}

void page_reports_export(struct req *r)
{
	struct report_typed typed;
	struct report_query q;
	struct report_rows rows;
	struct db_page page;
	enum report_by by;
	if (!req_page(r, report_sorts, REPORT_SORT_COUNT, "name", &page))
		return;
	if (!report_read(r, &typed, &q) || !read_by(r, &typed, &by)) {
		reply_error(r);
		return;
	}
	struct table *t = export_table(r);
	if (!t)
		return;
	q.waits = true;
	report_attendance_make(&r->c, by, &q, &rows);
	report_rows_sort(&rows, (enum report_sort)page.sort, page.desc);
	export_report_rows(&r->c, by, &rows, t);
	export_reply(r, t, "attendance");
}
