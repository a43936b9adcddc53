/* The Participants tab of a training. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/enrollment_list.h"
#include "model/session.h"
#include "model/when.h"
#include "web/enrollment_pages.h"
#include "web/enrollment_rows.h"
#include "web/export_reply.h"
#include "web/list.h"
#include "web/training_pages.h"

static const char *const kept[] = { "q", "session", "status", "answer", "result" };
enum { KEPT_N = sizeof kept / sizeof kept[0], SHORT_CHARS = 24 };

static struct str or_empty(struct str s)
{
	return str_is_null(s) ? STR("") : s;
}

static struct enrollment_query query_of(struct req *r)
{
	return (struct enrollment_query){ .session = req_query_id(r, "session"),
		.status = or_empty(req_query(r, "status")),
		.answer = or_empty(req_query(r, "answer")),
		.result = or_empty(req_query(r, "result")),
		.q = or_empty(req_query(r, "q")) };
}

/* ---- filters */
static struct str session_label(struct req *r, const struct session *s)
{
	struct str zone = s->days_n ? s->days[0].time_zone : r->c.actor->time_zone;
	return t_participants_session_on(&r->c.text, s->title, when_date(&r->c.text, s->starts_at, zone, r->c.now));
}

static struct field session_filter(struct req *r, const struct sessions *all, int64_t chosen)
{
	struct field f = { .name = STR("session"),
		.label = t_participants_session(&r->c.text),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, all->n + 1) };
	f.options[f.options_n++] =
		(struct field_option){ .value = STR(""), .label = t_participants_any_session(&r->c.text) };
	for (size_t i = 0; i < all->n; i++)
		f.options[f.options_n++] = (struct field_option){ .value = str_num(r->c.arena, "", all->items[i].id),
			.label = session_label(r, &all->items[i]),
			.chosen = all->items[i].id == chosen };
	return f;
}

static struct field answer_filter(struct req *r, struct str chosen)
{
	static const char *const words[] = { "none", "accepted", "tentative", "declined" };
	struct field f = { .name = STR("answer"),
		.label = t_participants_answer(&r->c.text),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 5) };
	f.options[f.options_n++] =
		(struct field_option){ .value = STR(""), .label = t_participants_any_answer(&r->c.text) };
	for (size_t i = 0; i < 4; i++) {
		struct str value = str_from(words[i]);
		f.options[f.options_n++] = (struct field_option){
			.value = value, .label = enrollment_answer_badge(r, value).words, .chosen = str_eq(value, chosen)
		};
	}
	return f;
}

static struct field result_filter(struct req *r, struct str chosen)
{
	const struct text *t = &r->c.text;
	const struct field_option options[] = { { .value = STR(""), .label = t_participants_any_result(t) },
		{ .value = STR("none"), .label = t_result_none(t) },
		{ .value = STR("attended"), .label = t_result_attended(t) },
		{ .value = STR("absent"), .label = t_result_absent(t) } };
	struct field f = { .name = STR("result"),
		.label = t_participants_result(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 4) };
	for (; f.options_n < 4; f.options_n++) {
		f.options[f.options_n] = options[f.options_n];
		f.options[f.options_n].chosen = str_eq(options[f.options_n].value, chosen);
	}
	return f;
}

/* A chip says what a select is set to, and takes it away. */
static void chip_add(struct req *r, const struct list *l, const struct field *f, struct participants_view *v)
{
	const char *others[KEPT_N];
	struct list without = *l;
	without.keep = others;
	without.keep_n = 0;
	for (size_t i = 0; i < KEPT_N; i++)
		if (!str_eq(str_from(kept[i]), f->name))
			others[without.keep_n++] = kept[i];
	for (size_t i = 1; i < f->options_n; i++) {
		if (!f->options[i].chosen)
			continue;
		struct str label = f->options[i].label;
		v->chips[v->chips_n++] = (struct filter_chip){ .what = f->label,
			.value = label,
			.href = list_url(&without, STR_NULL, STR_NULL),
			.remove = t_participants_chip_remove(&r->c.text, f->label, label) };
	}
}

static void fill_filters(struct req *r, const struct list *l, const struct enrollment_query *q,
	const struct sessions *sessions, struct participants_view *v)
{
	v->q = q->q;
	v->sort = req_query(r, "sort");
	v->session = session_filter(r, sessions, q->session);
	v->status = enrollment_status_filter(r, q->status);
	v->answer = answer_filter(r, q->answer);
	v->result = result_filter(r, q->result);
	v->chips = ARENA_ARRAY(r->c.arena, struct filter_chip, 4);
	chip_add(r, l, &v->session, v);
	chip_add(r, l, &v->status, v);
	chip_add(r, l, &v->answer, v);
	chip_add(r, l, &v->result, v);
}

/* ---- rows */
static struct enrollment_row_view row_of(struct req *r, const struct enrollment_item *i, struct str back)
{
	const struct text *t = &r->c.text;
	const struct enrollment *e = &i->e;
	struct enrollment_row_view v = { 0 };
	struct str user = str_num(r->c.arena, "/users/", e->user);
	enrollment_row_fill(r, i, back, &v);
	v.person = (struct person_view){ .initials = text_initials(r->c.arena, e->user_name),
		.name = e->user_name,
		.login = e->login,
		.href = i->may_see_user ? user : STR("") };
	v.department = e->department;
	v.session_short = str_count_chars(e->session_title) <= SHORT_CHARS;
	v.session = e->session.has ? e->session_title : t_participants_chooses(t);
	if (e->session.has)
		v.when = when_date(t, e->starts_at.v, e->days_n ? e->days[0].time_zone : r->c.actor->time_zone, r->c.now);
	v.select = t_part_select(t, e->user_name);
	v.menu = t_part_more_for(t, e->user_name);
	v.can_user = i->may_edit_user;
	v.user_href = user;
	v.has_menu = v.can_edit || v.can_result || v.can_user;
	return v;
}

static struct empty_view nobody(struct req *r, bool filtered)
{
	const struct text *t = &r->c.text;
	struct str base = str_num(r->c.arena, "/trainings/", r->id);
	if (filtered)
		return (struct empty_view){ t_participants_none_title(t), t_participants_none_words(t),
			str_cat(r->c.arena, base, STR("/participants")), t_participants_none_action(t) };
	return (struct empty_view){ t_participants_empty_title(t), t_participants_empty_words(t),
		str_cat(r->c.arena, base, STR("/sessions")), t_participants_empty_action(t) };
}

static void fill_heads(const struct list *l, const struct text *t, struct participants_view *v)
{
	v->by_name = list_header(l, PARTICIPANT_LIST_SORT_NAME, t_participants_name(t));
	v->by_department = list_header(l, PARTICIPANT_LIST_SORT_DEPARTMENT, t_participants_department(t));
	v->by_session = list_header(l, PARTICIPANT_LIST_SORT_SESSION, t_participants_session(t));
	v->by_status = list_header(l, PARTICIPANT_LIST_SORT_STATUS, t_participants_status(t));
	v->by_answer = list_header(l, PARTICIPANT_LIST_SORT_ANSWER, t_participants_answer(t));
	v->by_access = list_header(l, PARTICIPANT_LIST_SORT_ACCESS, t_participants_access(t));
	v->by_result = list_header(l, PARTICIPANT_LIST_SORT_RESULT, t_participants_result(t));
	v->by_result.numeric = true;
}

static void fill_rows(struct req *r, const struct enrollment_items *list, struct participants_view *v)
{
	struct str back = url_here(r);
	v->rows = ARENA_ARRAY(r->c.arena, struct enrollment_row_view, list->n + 1);
	for (size_t i = 0; i < list->n; i++) {
		v->rows[v->rows_n++] = row_of(r, &list->items[i], back);
		v->can_edit |= v->rows[i].can_edit;
		v->can_result |= v->rows[i].can_result;
	}
	v->can_tick = v->can_edit || v->can_result;
	v->action = back;
}

static struct str range_words(struct req *r, const struct enrollment_items *list, struct participants_total total)
{
	if (total.more)
		return t_participants_part_more(&r->c.text, (int64_t)list->n, total.n);
	return enrollment_range(r, list->n, total.n, list->has_before, list->more);
}

static bool is_filtered(const struct enrollment_query *q)
{
	return q->q.n || q->session || q->status.n || q->answer.n || q->result.n;
}

/* Of the session that is chosen, or of the only one. */
static struct str sheet_href(struct req *r, const struct sessions *all, int64_t chosen)
{
	const struct session *found = NULL;
	for (size_t i = 0; i < all->n; i++) {
		const struct session *s = &all->items[i];
		if (s->cancelled_at.has || (chosen && s->id != chosen))
			continue;
		if (found)
			return STR("");
		found = s;
	}
	return found ? str_fmt(r->c.arena, "/sessions/%lld/sheet", (long long)found->id) : STR("");
}

static bool asked(struct req *r, const struct enrollment_query *q, struct db_page *page)
{
	return enrollment_list_asked(r, q, participant_list_sorts, PARTICIPANT_LIST_SORTS, "name", page);
}

void page_participants(struct req *r)
{
	const struct text *t = &r->c.text;
	struct db_page page;
	struct enrollment_items list;
	struct sessions sessions;
	struct participants_total total;
	struct participants_view v = { 0 };
	struct enrollment_query q = query_of(r);
	if (!asked(r, &q, &page))
		return;
	participants_page(&r->c, r->id, &q, &page, &list, &total);
	if (!training_head_fill(r, r->id, TRAINING_PARTICIPANTS, is_filtered(&q) ? NULL : &total, &v.head)) {
		reply_error(r);
		return;
	}
	session_list_all(&r->c, r->id, &sessions);
	struct str path = str_fmt(r->c.arena, "/trainings/%lld/participants", (long long)r->id);
	struct list l = { r, path, kept, KEPT_N, &page, participant_list_sorts, PARTICIPANT_LIST_SORTS };
	v.found = total.more ? t_participants_found_more(t, total.n) : t_participants_found(t, total.n);
	if ((list.more || list.has_before) && !total.more && total.n <= ENROLLMENTS_MAX)
		v.all_matching = t_participants_all_matching(t, total.n);
	fill_filters(r, &l, &q, &sessions, &v);
	fill_heads(&l, t, &v);
	fill_rows(r, &list, &v);
	if (list.n) {
		const struct enrollment_item *first = &list.items[0], *last = &list.items[list.n - 1];
		v.pager = list_pager(&l, range_words(r, &list, total), list.n,
			(struct list_end){ first->sort_key, first->sort_int, first->e.id },
			(struct list_end){ last->sort_key, last->sort_int, last->e.id }, list.has_before, list.more);
		v.export = list_exports(&l);
		v.sheet_href = sheet_href(r, &sessions, q.session);
	} else {
		v.empty = nobody(r, is_filtered(&q));
	}
	page_begin(r, &v.page, v.head.title, NAV_TRAININGS);
	training_crumbs(r, &v.page, &v.head, STR_NULL);
	tpl_participants(reply_html(r, 200), t, &v);
}

static bool is_among(struct str *texts, size_t n, struct str text)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(texts[i], text))
			return true;
	return false;
}

/* All that match the filter of the address, also on other pages, but for those that were unticked then. */
static size_t all_matching(struct req *r, struct str **out)
{
	struct enrollment_query q = query_of(r);
	struct db_page page = { .sort = PARTICIPANT_LIST_SORT_NAME, .limit = ENROLLMENTS_MAX + 1 };
	struct enrollment_items list;
	struct str *except;
	size_t except_n = req_form_all(r, "except", &except), n = 0;
	participants_page(&r->c, r->id, &q, &page, &list, NULL);
	*out = ARENA_ARRAY(r->c.arena, struct str, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		struct str id = str_num(r->c.arena, "", list.items[i].e.id);
		if (!is_among(except, except_n, id))
			(*out)[n++] = id;
	}
	return n;
}

void page_participants_bulk(struct req *r)
{
	struct str *ids;
	size_t n = req_form_has(r, "all") ? all_matching(r, &ids) : req_form_all(r, "id", &ids);
	enrollment_bulk(r, url_here(r), ids, n);
}

void page_participants_export(struct req *r)
{
	struct db_page page;
	struct enrollment_query q = query_of(r);
	if (!asked(r, &q, &page))
		return;
	struct table *t = export_table(r);
	if (!t)
		return;
	export_participants(&r->c, r->id, &q, &page, t);
	export_reply(r, t, "participants");
}
