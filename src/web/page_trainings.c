/* The list of trainings, and a new one. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/training.h"
#include "model/when.h"
#include "web/list.h"
#include "web/training_form.h"
#include "web/view_trainings.h"

static const char *const kept[] = { "q" };

static struct training_row_view row_of(struct req *r, const struct training_item *i)
{
	const struct text *t = &r->c.text;
	struct training_row_view v = { .id = i->id, .title = i->title, .organizer = i->organizer, .sessions = i->sessions };
	v.next = i->next.has ? when_session(t, i->starts_at.v, i->ends_at.v, i->days, i->time_zone, r->c.now)
						 : t_trainings_no_next(t);
	if (i->capacity.has) {
		struct seats seats = { .taken = i->seats_taken, .capacity = i->capacity.v };
		v.seats = str_cat(r->c.arena, str_num(r->c.arena, "", i->seats_taken), str_num(r->c.arena, "/", i->capacity.v));
		v.strip = seat_strip_make(r->c.arena, &seats, t_session_seats(t, i->seats_taken, i->capacity.v));
	} else if (i->next.has) {
		v.seats_words = t_session_seats_unlimited(t, i->seats_taken);
	}
	if (i->waiting)
		v.waiting = (struct badge){ STR("warn"), t_session_waiting(t, i->waiting) };
	return v;
}

static struct empty_view nothing(struct req *r, bool filtered, bool can_add)
{
	const struct text *t = &r->c.text;
	if (filtered)
		return (struct empty_view){ t_trainings_none_title(t), t_trainings_none_words(t), STR("/trainings"),
			t_trainings_none_action(t) };
	struct empty_view e = { .title = t_trainings_empty_title(t),
		.words = can_add ? t_trainings_empty_words(t) : t_trainings_empty_own(t) };
	if (can_add) {
		e.href = STR("/trainings/new");
		e.action = t_training_new(t);
	}
	return e;
}

static int64_t count_trainings(struct req *r)
{
	struct str q = req_query(r, "q");
	return training_count(&r->c, str_is_null(q) ? STR("") : q);
}

void page_trainings(struct req *r)
{
	const struct text *t = &r->c.text;
	struct db_page page;
	struct training_items list;
	struct trainings_view v = { 0 };
	if (!req_page(r, training_list_sorts, TRAINING_LIST_SORT_COUNT, "next", &page))
		return;
	v.q = str_is_null(req_query(r, "q")) ? STR("") : req_query(r, "q");
	v.sort = req_query(r, "sort");
	v.can_add = actor_can(r->c.actor, PERM_TRAININGS_CREATE);
	struct list l = { r, STR("/trainings"), kept, sizeof kept / sizeof kept[0], &page, training_list_sorts,
		TRAINING_LIST_SORT_COUNT };
	int64_t count = list_count(&l, count_trainings);
	db_page_fit(&page, count);
	training_page(&r->c, v.q, &page, &list);
	v.found = t_trainings_found(t, count);
	v.by_title = list_header(&l, TRAINING_LIST_SORT_TITLE, t_trainings_title_column(t));
	v.by_next = list_header(&l, TRAINING_LIST_SORT_NEXT, t_trainings_next(t));
	v.rows = ARENA_ARRAY(r->c.arena, struct training_row_view, list.n);
	for (size_t i = 0; i < list.n; i++)
		v.rows[v.rows_n++] = row_of(r, &list.items[i]);
	if (list.n) {
		const struct training_item *first = &list.items[0], *last = &list.items[list.n - 1];
		v.pager = list_pager(&l, v.found, list.n, (struct list_end){ first->sort_key, first->sort_int, first->id },
			(struct list_end){ last->sort_key, last->sort_int, last->id }, list.has_before, list.more);
	} else {
		v.empty = nothing(r, v.q.n > 0, v.can_add);
	}
	page_begin(r, &v.page, t_trainings_title(t), NAV_TRAININGS);
	tpl_trainings(reply_html(r, 200), t, &v);
}

/* ---- a new one */
static void show_new(struct req *r, unsigned status, const struct training_typed *typed)
{
	const struct text *t = &r->c.text;
	struct training_form_view v = { .heading = t_training_new(t),
		.action = STR("/trainings"),
		.cancel = STR("/trainings"),
		.save = t_training_create_button(t) };
	page_begin(r, &v.page, v.heading, NAV_TRAININGS);
	training_form_fill(r, typed, &v);
	tpl_training_form(reply_html(r, status), t, &v);
}

void page_training_new(struct req *r)
{
	struct training_typed typed = { .organizer = r->c.actor->login };
	show_new(r, 200, &typed);
}

void page_training_create(struct req *r)
{
	struct training_typed typed;
	struct training_form form;
	int64_t id;
	training_form_read(r, &typed, &form);
	if (training_create(&r->c, &form, &id))
		reply_redirect_flash(r, t_training_created(&r->c.text), "/trainings/%lld/sessions", (long long)id);
	else if (r->c.errs.kind == ERR_INVALID)
		show_new(r, 422, &typed);
	else
		reply_error(r);
}
