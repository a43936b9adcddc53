/* The people behind the numbers of a report, and the form that records what they did. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/enrollment.h"
#include "model/result.h"
#include "model/when.h"
#include "web/enrollment_pages.h"
#include "web/enrollment_rows.h"
#include "web/export_reply.h"
#include "web/report_pages.h"
#include "web/way_back.h"

static struct str field_name(struct req *r, const char *what, int64_t enrollment, int64_t day)
{
	return str_fmt(r->c.arena, "%s-%lld-%lld", what, (long long)enrollment, (long long)day);
}

/* ---- rows */
/* With one day, day and session are the same thing: one question. */
static struct str shown_result(const struct report_participant *p, size_t day)
{
	return p->days_n == 1 ? p->result : p->days[day].result;
}

static struct report_result_field result_field(struct req *r, const struct report_participant *p, size_t i)
{
	const struct text *t = &r->c.text;
	const struct report_day *d = &p->days[i];
	struct str was = shown_result(p, i), name = field_name(r, "r", p->enrollment, d->day);
	struct str typed = r->http->method == HTTP_POST ? req_form(r, str_c(r->c.arena, name)) : STR_NULL;
	struct str value = str_is_null(typed) ? was : typed;
	struct str day = p->days_n > 1 ? when_date(t, d->start_at, d->time_zone, r->c.now) : STR("");
	struct report_result_field f = { .field = { .name = name,
										 .label = day.n ? t_reports_result_on(t, p->name, day)
														: t_reports_result_of(t, p->name),
										 .options = ARENA_ARRAY(r->c.arena, struct field_option, 3) },
		.was_name = field_name(r, "w", p->enrollment, d->day),
		.was = was,
		.day = day };
	const struct field_option options[] = { { STR("none"), t_result_none(t), STR(""), str_eq(value, STR("none")) },
		{ STR("attended"), t_result_attended(t), STR(""), str_eq(value, STR("attended")) },
		{ STR("absent"), t_result_absent(t), STR(""), str_eq(value, STR("absent")) } };
	for (size_t k = 0; k < 3; k++)
		f.field.options[f.field.options_n++] = options[k];
	field_errors(&f.field, &r->c.errs);
	return f;
}

static struct report_person_view row_of(struct req *r, const struct report_participant *p, struct str back)
{
	const struct text *t = &r->c.text;
	struct report_person_view v = { .id = p->enrollment,
		.person = { .initials = text_initials(r->c.arena, p->name), .name = p->name, .login = p->login },
		.department = p->department,
		.training = p->training_title,
		.session = p->session_title,
		.session_href = way_with_back(r->c.arena, str_num(r->c.arena, "/sessions/", p->session), back),
		.answer = enrollment_answer_badge(r, p->answer),
		.result = enrollment_result_badge(r, p->result) };
	if (p->may_see_user)
		v.person.href = str_fmt(r->c.arena, "/users/%lld/learning", (long long)p->user);
	if (p->days_n)
		v.when = when_date(t, p->starts_at, p->days[0].time_zone, r->c.now);
	if (p->score.has)
		v.score = text_i64(t, p->score.v);
	if (!p->may_result)
		return v;
	if (p->by_hand && p->days_n > 1)
		v.by_hand = t_reports_by_hand(t);
	v.more_href =
		way_with_back(r->c.arena, str_fmt(r->c.arena, "/enrollments/%lld/result", (long long)p->enrollment), back);
	v.more = t_reports_result_more(t, p->name);
	v.fields = ARENA_ARRAY(r->c.arena, struct report_result_field, p->days_n + 1);
	for (size_t i = 0; i < p->days_n; i++)
		v.fields[v.fields_n++] = result_field(r, p, i);
	return v;
}

static void fill_heads(const struct list *l, const struct text *t, struct report_people_view *v)
{
	v->by_name = list_header(l, REPORT_PARTICIPANT_LIST_SORT_NAME, t_participants_name(t));
	v->by_department = list_header(l, REPORT_PARTICIPANT_LIST_SORT_DEPARTMENT, t_reports_department(t));
	v->by_session = list_header(l, REPORT_PARTICIPANT_LIST_SORT_SESSION, t_reports_session(t));
	v->by_answer = list_header(l, REPORT_PARTICIPANT_LIST_SORT_ANSWER, t_participants_answer(t));
	v->by_result = list_header(l, REPORT_PARTICIPANT_LIST_SORT_RESULT, t_participants_result(t));
	v->by_score = list_header(l, REPORT_PARTICIPANT_LIST_SORT_SCORE, t_export_score(t));
	v->by_score.numeric = true;
}

static struct str chosen_option(const struct field *f)
{
	for (size_t i = 1; i < f->options_n; i++)
		if (f->options[i].chosen)
			return f->options[i].label;
	return STR("");
}

/* Answers the sums of all. */
static struct report_sums fill_rows(struct req *r, const struct report_typed *typed, const struct report_query *q,
	const struct db_page *page, struct report_people_view *v)
{
	struct report_participants list;
	struct list l = { r, report_url(r, "/reports/participants", typed), NULL, 0, page, report_participant_list_sorts,
		REPORT_PARTICIPANT_LIST_SORT_COUNT };
	report_participants_page(&r->c, q, page, &list);
	v->wait = report_wait(r, list.percent);
	fill_heads(&l, &r->c.text, v);
	v->rows = ARENA_ARRAY(r->c.arena, struct report_person_view, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		v->rows[v->rows_n++] = row_of(r, &list.items[i], v->action);
		v->can_record |= v->rows[i].fields_n > 0;
	}
	if (!list.n)
		return list.sums;
	const struct report_participant *first = &list.items[0], *last = &list.items[list.n - 1];
	v->pager = list_pager(&l, enrollment_range(r, list.n, list.sums.enrolled, list.has_before, list.more), list.n,
		(struct list_end){ first->sort_key, first->sort_int, first->enrollment },
		(struct list_end){ last->sort_key, last->sort_int, last->enrollment }, list.has_before, list.more);
	v->export = list_exports(&l);
	return list.sums;
}

void report_people_show(struct req *r)
{
	const struct text *t = &r->c.text;
	struct report_people_view v = { .action = url_here(r) };
	struct report_typed typed;
	struct report_query q;
	struct report_sums sums = { 0 };
	struct db_page page;
	struct errs refused = r->c.errs;
	r->c.errs = (struct errs){ 0 };
	if (!req_page(r, report_participant_list_sorts, REPORT_PARTICIPANT_LIST_SORT_COUNT, "name", &page))
		return;
	bool sound = report_read(r, &typed, &q);
	if (r->c.errs.kind == ERR_FORBIDDEN) {
		reply_error(r);
		return;
	}
	if (sound)
		r->c.errs = refused;
	report_filters_fill(r, &typed, &q, false, &v.filters);
	if (sound)
		sums = fill_rows(r, &typed, &q, &page, &v);
	v.sums = report_sums_of(r, &sums);
	v.found = t_participants_found(t, sums.enrolled);
	v.title = q.sessions_n == 1 ? chosen_option(&v.filters.session) : STR("");
	v.title = v.title.n && q.trainings_n ? v.title : t_reports_people_title(t);
	v.empty = (struct empty_view){ .title = t_reports_empty_title(t), .words = t_reports_empty_words(t) };
	page_begin(r, &v.page, v.title, NAV_REPORTS);
	report_crumbs(r, &typed, &q, v.title, &v.page);
	unsigned status = v.wait.words.n     ? 503
		: r->c.errs.kind == ERR_NONE     ? 200
		: r->c.errs.kind == ERR_CONFLICT ? 409
										 : 422;
	tpl_report_people(reply_html(r, status), t, &v);
	report_wait_headers(r, &v.wait);
}

void page_report_people(struct req *r)
{
	report_people_show(r);
}

/* ---- recording */
struct change {
	int64_t enrollment, user, day;
	struct str result;
	bool whole; /* takes back what was set for the whole session by hand */
};
struct changes {
	struct change *items;
	size_t n, cap;
};

/* What differs from now. Who typed over something that is not what the page had shown is told, not obeyed. */
static void read_day(struct req *r, const struct enrollment *e, size_t i, bool fill, struct changes *out)
{
	const struct text *t = &r->c.text;
	int64_t day = e->days[i].day;
	bool single = e->days_n == 1;
	struct str name = field_name(r, "r", e->id, day);
	struct str typed = req_form(r, str_c(r->c.arena, name));
	struct str was = req_form(r, str_c(r->c.arena, field_name(r, "w", e->id, day)));
	struct str now = single ? e->result : e->days[i].result;
	if (str_is_null(typed))
		return;
	if (!result_is(typed)) {
		ctx_invalid(&r->c, name, CODE_invalid, t_result_invalid(t));
		return;
	}
	if (fill && str_eq(typed, STR("none")))
		typed = STR("attended");
	if (str_eq(typed, now))
		return;
	if (!str_is_null(was) && !str_eq(was, now)) {
		if (str_eq(typed, was))
			return;
		struct str words = str_eq(now, STR("none")) ? t_result_none(t) : enrollment_result_badge(r, now).words;
		err_add(&r->c.errs, r->c.arena, ERR_CONFLICT, name, CODE_outcome_changed,
			t_reports_conflict(t, e->user_name, words));
		return;
	}
	*VEC_PUSH(r->c.arena, out->items, out->n, out->cap) =
		(struct change){ e->id, e->user, day, typed, single && e->result_by_hand };
}

/* False with the reply made. Whoever is out of reach is not there (R3). */
static bool read_changes(struct req *r, struct changes *out)
{
	struct str *ids;
	size_t n = req_form_all(r, "e", &ids);
	bool fill = str_eq(req_form(r, "do"), STR("fill"));
	/* More than any page has, each looked up in the whole form while all writers wait. */
	if (n > ENROLLMENTS_MAX) {
		reply_not_found(r);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct enrollment e;
		int64_t id;
		if (!str_to_i64(ids[i], &id) || !policy_enrollment(&r->c, PERM_RESULTS, id) || !enrollment_get(&r->c, id, &e)) {
			reply_not_found(r);
			return false;
		}
		for (size_t k = 0; k < e.days_n; k++)
			read_day(r, &e, k, fill, out);
	}
	return true;
}

static bool apply(struct req *r, const struct change *g)
{
	struct result_entry entry = { .user = g->user, .day = g->day, .result = g->result };
	if (!result_set_one(&r->c, g->enrollment, &entry))
		return false;
	entry.day = 0;
	entry.result = STR("none");
	return !g->whole || result_set_one(&r->c, g->enrollment, &entry);
}

void page_report_people_post(struct req *r)
{
	struct changes all = { 0 };
	int64_t people = 0;
	if (!read_changes(r, &all))
		return;
	for (size_t i = 0; i < all.n && r->c.errs.kind == ERR_NONE; i++) {
		apply(r, &all.items[i]);
		people += i == 0 || all.items[i].enrollment != all.items[i - 1].enrollment;
	}
	if (r->c.errs.kind != ERR_NONE)
		report_people_show(r);
	else
		reply_redirect_flash(r, t_results_saved(&r->c.text, people), STR_FMT, STR_ARG(url_here(r)));
}

/* ---- as a file */
void page_report_people_export(struct req *r)
{
	struct report_typed typed;
	struct report_query q;
	struct db_page page;
	if (!req_page(r, report_participant_list_sorts, REPORT_PARTICIPANT_LIST_SORT_COUNT, "name", &page))
		return;
	if (!report_read(r, &typed, &q)) {
		reply_error(r);
		return;
	}
	struct table *t = export_table(r);
	if (!t)
		return;
	q.waits = true;
	export_report_participants(&r->c, &q, &page, t);
	export_reply(r, t, "participants");
}
