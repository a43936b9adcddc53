/* The outbox: messages to users in scope, what became of them, and trying a failed one again. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/outbox.h"
#include "model/when.h"
#include "web/app.h"
#include "web/export_reply.h"
#include "web/list.h"
#include "web/outbox_badge.h"
#include "web/reply.h"
#include "web/view_portal.h"

static const char *const kept[] = { "state" };

struct badge outbox_state_badge(const struct text *t, struct str state)
{
	struct str kind = str_eq(state, STR("sent")) ? STR("ok")
		: str_eq(state, STR("failed"))           ? STR("bad")
		: str_eq(state, STR("dropped"))          ? STR("")
												 : STR("acc");
	return (struct badge){ kind, outbox_state_words(t, state) };
}

static struct outbox_row row_of(struct req *r, const struct outbox_item *o)
{
	const struct text *t = &r->c.text;
	struct str zone = r->c.actor->time_zone;
	struct outbox_row v = {
		.id = o->id,
		.address = str_is_null(o->address) ? STR("") : o->address,
		.name = o->user_name,
		.kind = outbox_kind_words(t, o),
		.training = str_is_null(o->title) ? STR("") : o->title,
		.due = when_instant(t, o->due_at, zone, r->c.now),
		.due_iso = when_iso(t, o->due_at, zone),
		.error = str_is_null(o->last_error) ? STR("") : o->last_error,
		.attempts = o->attempts,
		.state = outbox_state_badge(t, o->state),
	};
	if (o->user)
		v.href = str_fmt(r->c.arena, "/users/%lld/learning", (long long)o->user);
	if (o->training.has)
		v.training_href = str_num(r->c.arena, "/trainings/", o->training.v);
	if (str_eq(o->state, STR("failed")))
		v.retry = t_outbox_retry_for(t, o->user_name);
	return v;
}

static struct str count_words(const struct text *t, int64_t n)
{
	return n > OUTBOX_COUNT_BOUND ? t_outbox_count_many(t, OUTBOX_COUNT_BOUND) : t_outbox_count(t, n);
}

/* Answers how many there are in the chosen state. */
static int64_t fill_states(struct req *r, struct str chosen, struct outbox_view *v)
{
	int64_t found = 0;
	const struct text *t = &r->c.text;
	struct outbox_sums s;
	outbox_sums(&r->c, &s);
	const struct {
		struct str state, label;
		int64_t n;
	} all[] = {
		{ STR(""), t_outbox_all(t), s.waiting + s.sent + s.failed + s.dropped },
		{ STR("waiting"), t_outbox_waiting(t), s.waiting },
		{ STR("sent"), t_outbox_sent(t), s.sent },
		{ STR("failed"), t_outbox_failed(t), s.failed },
		{ STR("dropped"), t_outbox_dropped(t), s.dropped },
	};
	size_t n = sizeof all / sizeof *all;
	v->states = (struct tabs_view){ .label = t_outbox_state(t), .items = ARENA_ARRAY(r->c.arena, struct tab, n) };
	for (size_t i = 0; i < n; i++) {
		v->states.items[v->states.items_n++] = (struct tab){ .label = all[i].label,
			.current = str_eq(chosen, all[i].state),
			.href = i ? str_fmt(r->c.arena, "/outbox?state=" STR_FMT, STR_ARG(all[i].state)) : STR("/outbox") };
		if (all[i].n <= OUTBOX_COUNT_BOUND)
			v->states.items[i].count = text_i64(t, all[i].n);
		if (!v->states.items[i].current)
			continue;
		found = all[i].n;
		v->count = count_words(t, found);
	}
	return found;
}

void page_outbox(struct req *r)
{
	const struct text *t = &r->c.text;
	struct db_page page;
	struct outbox_items list;
	struct outbox_view v = { 0 };
	struct str state = req_query(r, "state");
	if (!req_page(r, outbox_list_sorts, OUTBOX_LIST_SORT_COUNT, "-id", &page))
		return;
	int64_t count = fill_states(r, state, &v);
	if (count <= OUTBOX_COUNT_BOUND)
		db_page_fit(&page, count);
	if (!outbox_page(&r->c, state, &page, &list)) {
		reply_error(r);
		return;
	}
	struct list l = { r, STR("/outbox"), kept, 1, &page, outbox_list_sorts, OUTBOX_LIST_SORT_COUNT };
	v.by_to = list_header(&l, OUTBOX_LIST_SORT_TO, t_outbox_to(t));
	v.by_kind = list_header(&l, OUTBOX_LIST_SORT_KIND, t_outbox_kind(t));
	v.by_training = list_header(&l, OUTBOX_LIST_SORT_TRAINING, t_outbox_training(t));
	v.by_due = list_header(&l, OUTBOX_LIST_SORT_DUE, t_outbox_due(t));
	v.by_state = list_header(&l, OUTBOX_LIST_SORT_STATE, t_outbox_state(t));
	v.by_attempts = list_header(&l, OUTBOX_LIST_SORT_ATTEMPTS, t_outbox_attempts(t));
	v.by_attempts.numeric = true;
	v.rows = ARENA_ARRAY(r->c.arena, struct outbox_row, list.n ? list.n : 1);
	for (size_t i = 0; i < list.n; i++)
		v.rows[v.rows_n++] = row_of(r, &list.items[i]);
	if (list.n) {
		const struct outbox_item *first = &list.items[0], *last = &list.items[list.n - 1];
		v.pager = list_pager(&l, v.count, list.n, (struct list_end){ first->sort_key, first->sort_int, first->id },
			(struct list_end){ last->sort_key, last->sort_int, last->id }, list.has_before, list.more);
		v.export = list_exports(&l);
	} else {
		v.empty = (struct empty_view){ .title = t_outbox_none(t), .words = t_outbox_none_words(t) };
	}
	v.note = r->app->has_smtp ? STR("") : t_outbox_no_smtp(t);
	page_begin(r, &v.page, t_outbox_title(t), NAV_OUTBOX);
	tpl_outbox(reply_html(r, 200), t, &v);
}

void page_outbox_retry(struct req *r)
{
	if (outbox_retry(&r->c, r->id))
		reply_redirect_flash(r, t_outbox_retried(&r->c.text), "/outbox");
	else
		reply_error(r);
}

void page_outbox_export(struct req *r)
{
	struct db_page page;
	if (!req_page(r, outbox_list_sorts, OUTBOX_LIST_SORT_COUNT, "-id", &page))
		return;
	struct table *t = export_table(r);
	if (!t)
		return;
	export_outbox(&r->c, req_query(r, "state"), &page, t);
	export_reply(r, t, "outbox");
}
