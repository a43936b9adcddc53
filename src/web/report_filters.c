/* The filters of a report: from the address, and as a form. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/when.h"
#include "web/department_field.h"
#include "web/report_pages.h"

/* The days that are shown when none are chosen: the last quarter, and what is on today. */
enum { DEFAULT_DAYS = 92, SESSIONS_MAX = 1000, NAMESAKES_MAX = 1000, ROOTS_NAMED = 3 };

static struct str query(struct req *r, const char *name)
{
	struct str s = req_query(r, name);
	return str_is_null(s) ? STR("") : str_trim(s);
}

static struct str id_text(struct req *r, int64_t id)
{
	return str_num(r->c.arena, "", id);
}

/* Repeated values and lists mean the same. */
static struct str joined(struct req *r, const char *name)
{
	struct buf b = buf_new(r->c.arena);
	struct str *values;
	size_t n = req_query_all(r, name, &values);
	for (size_t i = 0; i < n; i++) {
		if (b.n && values[i].n)
			buf_char(&b, ',');
		buf_put(&b, str_trim(values[i]));
	}
	return b.n ? buf_str(&b) : STR("");
}

static struct department_field departments_of(struct req *r)
{
	return (struct department_field){ .permission = PERM_REPORTS, .none = t_reports_any_department(&r->c.text) };
}

/* As its number, also where its path was typed; what is not there stays as it is, and is said to be wrong. */
static struct str department_read(struct req *r)
{
	struct department_field d = departments_of(r);
	struct str typed = query(r, "department");
	struct opt_i64 id = department_field_read(r, &d, typed);
	return id.v ? id_text(r, id.v) : typed;
}

static bool are_ids(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ',' && s.p[i] != ' ' && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return true;
}

/* As numbers, also where a title was typed: all trainings of that title. What is not there stays as it is, and is said
 * to be wrong. */
static struct str trainings_read(struct req *r)
{
	struct str typed = joined(r, "trainings"), wanted;
	struct report_choices similar;
	struct buf ids = buf_new(r->c.arena);
	if (are_ids(typed))
		return typed;
	wanted = text_fold(r->c.arena, typed);
	report_training_choices(&r->c, typed, NAMESAKES_MAX, &similar);
	for (size_t i = 0; i < similar.n; i++)
		if (str_eq(text_fold(r->c.arena, similar.items[i].title), wanted))
			buf_fmt(&ids, "%s%lld", ids.n ? "," : "", (long long)similar.items[i].id);
	return ids.n ? buf_str(&ids) : typed;
}

bool report_read(struct req *r, struct report_typed *typed, struct report_query *q)
{
	const struct text *t = &r->c.text;
	*typed = (struct report_typed){ .by = query(r, "group_by"),
		.trainings = trainings_read(r),
		.sessions = joined(r, "sessions"),
		.department = department_read(r),
		.nested = query(r, "nested"),
		.result = query(r, "result"),
		.from = query(r, "from"),
		.to = query(r, "to") };
	*q = (struct report_query){ .result = STR("") };
	if (!report_open(&r->c))
		return false;
	bool days_given = !str_is_null(req_query(r, "from")) || !str_is_null(req_query(r, "to"));
	if (!days_given && !typed->trainings.n && !typed->sessions.n) {
		typed->from = when_iso_date(t, r->c.now - DEFAULT_DAYS * INT64_C(86400), r->c.actor->time_zone);
		typed->to = when_iso_date(t, r->c.now, r->c.actor->time_zone);
	}
	struct report_words words = { .trainings = &typed->trainings,
		.trainings_n = 1,
		.sessions = &typed->sessions,
		.sessions_n = 1,
		.from = typed->from,
		.to = typed->to,
		.department = typed->department,
		.nested = typed->nested,
		.result = typed->result };
	return report_query_read(&r->c, &words, q);
}

struct str report_url(struct req *r, const char *path, const struct report_typed *typed)
{
	struct buf b = buf_new(r->c.arena);
	buf_fmt(&b, "%s?", path);
	const struct {
		const char *name;
		struct str value;
	} all[] = {
		{ "group_by", typed->by },
		{ "trainings", typed->trainings },
		{ "sessions", typed->sessions },
		{ "department", typed->department },
		{ "nested", typed->nested },
		{ "result", typed->result },
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].value.n)
			url_put_pair(&b, str_from(all[i].name), all[i].value);
	/* Empty ends say that there are none; absent ones mean the last quarter. */
	url_put_pair(&b, STR("from"), typed->from);
	url_put_pair(&b, STR("to"), typed->to);
	return buf_str(&b);
}

/* ---- the form */
static struct field select_of(struct req *r, const char *name, struct str label, size_t options, struct str any)
{
	struct field f = {
		.name = str_from(name), .label = label, .options = ARENA_ARRAY(r->c.arena, struct field_option, options + 2)
	};
	f.options[f.options_n++] = (struct field_option){ .value = STR(""), .label = any };
	return f;
}

static void offer(struct field *f, struct str value, struct str label, struct str chosen)
{
	f->options[f->options_n++] =
		(struct field_option){ .value = value, .label = label, .chosen = value.n && str_eq(value, chosen) };
}

/* What the list does not offer, but the address says, stays chosen: several, or something that is not there. */
static void keep_chosen(struct field *f, struct str chosen, struct str words)
{
	for (size_t i = 1; i < f->options_n; i++)
		if (f->options[i].chosen)
			return;
	if (chosen.n)
		f->options[f->options_n++] = (struct field_option){ .value = chosen, .label = words, .chosen = true };
}

static void fill_trainings(
	struct req *r, const struct report_typed *typed, const struct report_query *q, struct report_filters_view *v)
{
	const struct text *t = &r->c.text;
	struct report_choices all, sessions = { 0 };
	struct report_choice only;
	bool one = q->trainings_n == 1 && report_training_choice(&r->c, q->trainings[0], &only);
	report_training_choices(&r->c, STR_NULL, FIELD_LISTED_MAX + 1, &all);
	if (all.n > FIELD_LISTED_MAX) {
		v->training = (struct field){ .name = STR("trainings"),
			.label = t_reports_training(t),
			.suggest = STR("/reports/trainings/suggest"),
			.placeholder = t_reports_any_training(t),
			.value = one ? only.title : joined(r, "trainings"),
			.optional = true };
	} else {
		v->training = select_of(r, "trainings", t_reports_training(t), all.n, t_reports_any_training(t));
		for (size_t i = 0; i < all.n; i++)
			offer(&v->training, id_text(r, all.items[i].id), all.items[i].title, typed->trainings);
		keep_chosen(&v->training, typed->trainings, t_reports_several_trainings(t, (int64_t)q->trainings_n));
	}
	field_errors(&v->training, &r->c.errs);
	if (one)
		report_session_choices(&r->c, q->trainings[0], SESSIONS_MAX, &sessions);
	if (!one && !typed->sessions.n)
		return;
	v->session = select_of(r, "sessions", t_reports_session(t), sessions.n, t_reports_any_session(t));
	for (size_t i = 0; i < sessions.n; i++) {
		const struct report_choice *s = &sessions.items[i];
		offer(&v->session, id_text(r, s->id),
			t_participants_session_on(t, s->title, when_date(t, s->starts_at, s->time_zone, r->c.now)),
			typed->sessions);
	}
	keep_chosen(&v->session, typed->sessions, t_reports_several_sessions(t, (int64_t)q->sessions_n));
	field_errors(&v->session, &r->c.errs);
}

/* "People in Sales, Support and below". */
static struct str scope_words(struct req *r)
{
	const struct text *t = &r->c.text;
	struct buf names = buf_new(r->c.arena);
	struct departments roots;
	if (r->c.actor->account_wide)
		return t_reports_scope_all(t);
	department_level(&r->c, PERM_REPORTS, 0, &roots);
	for (size_t i = 0; i < roots.n && i < ROOTS_NAMED; i++)
		buf_fmt(&names, "%s" STR_FMT, names.n ? ", " : "", STR_ARG(roots.items[i].name));
	if (roots.n > ROOTS_NAMED)
		return t_reports_scope_more(t, buf_str(&names), (int64_t)roots.n - ROOTS_NAMED);
	if (roots.n)
		return t_reports_scope_departments(t, buf_str(&names));
	return r->c.actor->has_reports ? t_reports_scope_people(t) : t_reports_scope_own(t);
}

static void fill_departments(struct req *r, const struct report_typed *typed, struct report_filters_view *v)
{
	const struct text *t = &r->c.text;
	struct department_field d = departments_of(r);
	struct field *f = &v->department;
	v->scope = scope_words(r);
	v->direct = str_eq(typed->nested, STR("0"));
	if (!department_more_than(&r->c, PERM_REPORTS, 1) && !typed->department.n)
		return;
	*f = (struct field){ .name = STR("department"), .label = t_reports_department(t) };
	department_field_fill(r, &d, typed->department, f);
	if (f->options_n)
		keep_chosen(f, typed->department, typed->department);
	field_errors(f, &r->c.errs);
}

void report_filters_fill(struct req *r, const struct report_typed *typed, const struct report_query *q, bool groups,
	struct report_filters_view *v)
{
	const struct text *t = &r->c.text;
	v->action = groups ? STR("/reports") : STR("/reports/participants");
	v->sort = query(r, "sort");
	if (groups) {
		v->group_by = select_of(r, "group_by", t_reports_group_by(t), 3, t_reports_training(t));
		v->group_by.options[0].value = STR("training");
		offer(&v->group_by, STR("session"), t_reports_session(t), typed->by);
		offer(&v->group_by, STR("department"), t_reports_department(t), typed->by);
		field_errors(&v->group_by, &r->c.errs);
	}
	fill_trainings(r, typed, q, v);
	fill_departments(r, typed, v);
	v->result = select_of(r, "result", t_reports_result(t), 3, t_reports_any_result(t));
	offer(&v->result, STR("attended"), t_reports_attended(t), typed->result);
	offer(&v->result, STR("absent"), t_reports_absent(t), typed->result);
	offer(&v->result, STR("none"), t_reports_no_result(t), typed->result);
	field_errors(&v->result, &r->c.errs);
	v->from = (struct field){
		.name = STR("from"), .label = t_reports_from(t), .type = STR("date"), .value = typed->from, .optional = true
	};
	v->to = (struct field){
		.name = STR("to"), .label = t_reports_to(t), .type = STR("date"), .value = typed->to, .optional = true
	};
	field_errors(&v->from, &r->c.errs);
	field_errors(&v->to, &r->c.errs);
}

/* ---- where one is */ void report_crumbs(
	struct req *r, const struct report_typed *typed, const struct report_query *q, struct str here, struct page_view *p)
{
	struct report_choice training;
	p->crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 3);
	struct report_typed up = *typed;
	up.by = up.trainings = up.sessions = STR("");
	p->crumbs[p->crumbs_n++] = (struct crumb){ t_reports_title(&r->c.text), report_url(r, "/reports", &up) };
	if (q->trainings_n == 1 && q->sessions_n) {
		up.by = STR("session");
		up.trainings = typed->trainings;
		if (report_training_choice(&r->c, q->trainings[0], &training))
			p->crumbs[p->crumbs_n++] = (struct crumb){ training.title, report_url(r, "/reports", &up) };
	}
	p->crumbs[p->crumbs_n++] = (struct crumb){ here, STR("") };
}

/* Titles that several have are one choice: it stands for all of them. */
void page_report_trainings(struct req *r)
{
	struct report_choices found;
	struct suggestions_view v = { 0 };
	struct str q = str_trim(req_query(r, "q"));
	report_training_choices(&r->c, str_is_null(q) ? STR("") : q, NAMESAKES_MAX, &found);
	v.items = ARENA_ARRAY(r->c.arena, struct suggestion, FIELD_SUGGESTIONS);
	for (size_t i = 0; i < found.n && v.items_n < FIELD_SUGGESTIONS; i++) {
		const struct report_choice *c = &found.items[i];
		if (!v.items_n || !str_eq(c->title, v.items[v.items_n - 1].name))
			v.items[v.items_n++] = (struct suggestion){ .id = c->id, .value = c->title, .name = c->title };
	}
	tpl_suggestions(reply_html(r, 200), &r->c.text, &v);
}
