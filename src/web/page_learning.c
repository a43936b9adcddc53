/* The tab Enrolled Learning of a user. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/enrollment_list.h"
#include "model/when.h"
#include "web/enrollment_pages.h"
#include "web/enrollment_rows.h"
#include "web/export_reply.h"
#include "web/list.h"
#include "web/user_pages.h"

static const char *const kept[] = { "status" };

static struct str source_words(struct req *r, const struct enrollment_item *i)
{
	const struct text *t = &r->c.text;
	if (!str_is_empty(i->enrolled_by))
		return i->enrolled_by;
	if (str_eq(i->e.source, STR("rule")))
		return t_source_rule(t);
	if (str_eq(i->e.source, STR("signup")))
		return t_source_signup(t);
	return str_eq(i->e.source, STR("door")) ? t_source_door(t) : t_source_admin(t);
}

/* Times and place of the session: of one day as it is, of several from the first to the last. */
static void fill_session(struct req *r, const struct enrollment *e, struct enrollment_row_view *v)
{
	const struct text *t = &r->c.text;
	if (!e->session.has) {
		v->session = t_participants_chooses(t);
		return;
	}
	v->session = e->session_title;
	if (!e->days_n)
		return;
	const struct enrollment_day *first = &e->days[0];
	v->when = e->days_n > 1
		? when_session(t, e->starts_at.v, e->ends_at.v, (int64_t)e->days_n, first->time_zone, r->c.now)
		: when_day_range(t, first->start_at, first->end_at, first->time_zone, r->c.now);
	v->place = str_is_empty(first->location) ? first->url : first->location;
}

static struct enrollment_row_view row_of(struct req *r, const struct enrollment_item *i, struct str back)
{
	const struct text *t = &r->c.text;
	const struct enrollment *e = &i->e;
	struct enrollment_row_view v = { 0 };
	enrollment_row_fill(r, i, back, &v);
	v.title = e->training_title;
	if (actor_can(r->c.actor, PERM_TRAININGS_VIEW))
		v.title_href = str_num(r->c.arena, "/trainings/", e->training);
	fill_session(r, e, &v);
	v.by = source_words(r, i);
	v.select = t_part_select(t, e->training_title);
	v.menu = t_part_more_for(t, e->training_title);
	v.has_menu = v.can_edit || v.can_result;
	return v;
}

static struct empty_view nothing(struct req *r, bool filtered)
{
	const struct text *t = &r->c.text;
	if (filtered)
		return (struct empty_view){ t_learning_none_title(t), t_learning_none_words(t), r->http->path,
			t_learning_none_action(t) };
	return (struct empty_view){ .title = t_learning_empty_title(t), .words = t_learning_empty_words(t) };
}

static void fill_heads(const struct list *l, const struct text *t, struct learning_view *v)
{
	v->by_training = list_header(l, USER_ENROLLMENT_LIST_SORT_TRAINING, t_participants_training(t));
	v->by_session = list_header(l, USER_ENROLLMENT_LIST_SORT_SESSION, t_participants_session(t));
	v->by_status = list_header(l, USER_ENROLLMENT_LIST_SORT_STATUS, t_participants_status(t));
	v->by_answer = list_header(l, USER_ENROLLMENT_LIST_SORT_ANSWER, t_participants_answer(t));
	v->by_access = list_header(l, USER_ENROLLMENT_LIST_SORT_ACCESS, t_participants_access(t));
	v->by_result = list_header(l, USER_ENROLLMENT_LIST_SORT_RESULT, t_participants_result(t));
	v->by_result.numeric = true;
}

static void fill_rows(struct req *r, const struct enrollment_items *list, struct learning_view *v)
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

static struct enrollment_query query_of(struct req *r)
{
	struct str status = req_query(r, "status");
	return (struct enrollment_query){
		.status = str_is_null(status) ? STR("") : status, .answer = STR(""), .result = STR(""), .q = STR("")
	};
}

static bool asked(struct req *r, const struct enrollment_query *q, struct db_page *page)
{
	return enrollment_list_asked(r, q, user_enrollment_list_sorts, USER_ENROLLMENT_LIST_SORT_COUNT, "-session", page);
}

void page_learning(struct req *r)
{
	const struct text *t = &r->c.text;
	struct db_page page;
	struct enrollment_items list;
	struct learning_view v = { 0 };
	struct enrollment_query q = query_of(r);
	if (!asked(r, &q, &page))
		return;
	int64_t total = learning_total(&r->c, r->id, &q);
	db_page_fit(&page, total);
	learning_page(&r->c, r->id, &q, &page, &list);
	struct list l = { r, r->http->path, kept, 1, &page, user_enrollment_list_sorts, USER_ENROLLMENT_LIST_SORT_COUNT };
	v.found = t_learning_found(t, total);
	v.sort = req_query(r, "sort");
	v.status = enrollment_status_filter(r, q.status);
	fill_heads(&l, t, &v);
	fill_rows(r, &list, &v);
	if (list.n) {
		const struct enrollment_item *first = &list.items[0], *last = &list.items[list.n - 1];
		v.pager = list_pager(&l, enrollment_range(r, list.n, total, list.has_before, list.more), list.n,
			(struct list_end){ first->sort_key, first->sort_int, first->e.id },
			(struct list_end){ last->sort_key, last->sort_int, last->e.id }, list.has_before, list.more);
		v.export = list_exports(&l);
	} else {
		v.empty = nothing(r, q.status.n > 0);
	}
	user_head_fill(r, r->id, &v.head);
	page_begin(r, &v.page, v.head.title, NAV_USERS);
	user_head_crumbs(r, &v.head, &v.page);
	tpl_learning(reply_html(r, 200), t, &v);
}

void page_learning_bulk(struct req *r)
{
	struct str *ids;
	size_t n = req_form_all(r, "id", &ids);
	enrollment_bulk(r, url_here(r), ids, n);
}

void page_learning_export(struct req *r)
{
	struct db_page page;
	struct enrollment_query q = query_of(r);
	if (!asked(r, &q, &page))
		return;
	struct table *t = export_table(r);
	if (!t)
		return;
	export_learning(&r->c, r->id, &q, &page, t);
	export_reply(r, t, "learning");
}
