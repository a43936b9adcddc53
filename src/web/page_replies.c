/* What calendars answered by mail, and what became of it. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/mailbox.h"
#include "model/policy.h"
#include "model/reply.h"
#include "model/when.h"
#include "web/app.h"
#include "web/list.h"
#include "web/replies_words.h"
#include "web/reply.h"
#include "web/view_replies.h"

struct str replies_words(struct req *r)
{
	const struct text *t = &r->c.text;
	int64_t last = r->app->reads_replies ? reply_last_at(&r->c) : 0;
	if (!r->app->reads_replies)
		return t_replies_off(t);
	return last ? t_replies_last(t, when_instant(t, last, r->c.actor->time_zone, r->c.now)) : t_replies_none_yet(t);
}

static struct str said_words(const struct text *t, const struct reply_item *o)
{
	if (str_eq(o->method, STR("COUNTER")))
		return t_replies_said_counter(t);
	if (!str_eq(o->method, STR("REPLY")))
		return str_is_empty(o->method) ? STR("") : t_replies_said_other(t, o->method);
	if (str_eq(o->partstat, STR("ACCEPTED")))
		return t_replies_said_accepted(t);
	if (str_eq(o->partstat, STR("TENTATIVE")))
		return t_replies_said_tentative(t);
	if (str_eq(o->partstat, STR("DECLINED")))
		return t_replies_said_declined(t);
	return str_eq(o->partstat, STR("DELEGATED")) ? t_replies_said_delegated(t) : t_replies_said_other(t, o->partstat);
}

/* What somebody may want to look after stands out. */
static struct badge outcome_badge(const struct text *t, struct str outcome)
{
	static const enum reply_outcome open[] = { REPLY_ASKED, REPLY_FORWARDED, REPLY_DELEGATED, REPLY_COUNTER,
		REPLY_UNREADABLE };
	struct str kind = str_eq(outcome, str_from(reply_outcome_name(REPLY_APPLIED))) ? STR("ok") : STR("");
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		if (str_eq(outcome, str_from(reply_outcome_name(open[i]))))
			kind = STR("acc");
	return (struct badge){ kind, text_lookup(t, str_fmt(t->arena, "replies_outcome_%s", str_c(t->arena, outcome))) };
}

static struct reply_row row_of(struct req *r, const struct reply_item *o)
{
	const struct text *t = &r->c.text;
	struct str zone = r->c.actor->time_zone;
	struct reply_row v = {
		.at = when_instant(t, o->at, zone, r->c.now),
		.at_iso = when_iso(t, o->at, zone),
		.name = o->user.has ? o->user_name : t_replies_nobody(t),
		.sender = o->sender,
		.proven = o->proven ? t_replies_proven(t) : STR(""),
		.said = said_words(t, o),
		.comment = o->comment,
		.outcome = outcome_badge(t, o->outcome),
	};
	if (o->user.has)
		v.href = str_fmt(r->c.arena, "/users/%lld/learning", (long long)o->user.v);
	if (o->training.has) {
		v.training = o->day ? t_replies_day(t, o->title, o->day) : o->title;
		v.training_href = str_num(r->c.arena, "/trainings/", o->training.v);
	}
	return v;
}

/* It concerns who can do something about it. */
static void fill_mailbox(struct req *r, struct replies_view *v)
{
	const struct text *t = &r->c.text;
	struct mailbox box = { .last_error = STR_NULL };
	if (str_is_empty(r->app->mailbox) || !actor_can(r->c.actor, PERM_SETTINGS))
		return;
	bool looked = mailbox_get(&r->c, r->app->mailbox, &box) && box.looked_at.has;
	v->mailbox = r->app->mailbox;
	v->looked = looked ? t_replies_looked(t, when_instant(t, box.looked_at.v, r->c.actor->time_zone, r->c.now))
					   : t_replies_not_looked(t);
	v->trouble = str_is_null(box.last_error) ? STR("") : box.last_error;
}

void page_replies(struct req *r)
{
	const struct text *t = &r->c.text;
	struct db_page page;
	struct reply_items list;
	struct replies_view v = { 0 };
	if (!req_page(r, reply_list_sorts, REPLY_LIST_SORT_COUNT, "-id", &page))
		return;
	int64_t count = reply_count_all(&r->c);
	if (count <= REPLY_COUNT_BOUND)
		db_page_fit(&page, count);
	if (!reply_page(&r->c, &page, &list)) {
		reply_error(r);
		return;
	}
	struct list l = { r, STR("/outbox/replies"), NULL, 0, &page, reply_list_sorts, REPLY_LIST_SORT_COUNT };
	v.count = count > REPLY_COUNT_BOUND ? t_replies_count_many(t, REPLY_COUNT_BOUND) : t_replies_count(t, count);
	v.rows = ARENA_ARRAY(r->c.arena, struct reply_row, list.n ? list.n : 1);
	for (size_t i = 0; i < list.n; i++)
		v.rows[v.rows_n++] = row_of(r, &list.items[i]);
	if (list.n)
		v.pager = list_pager(&l, v.count, list.n, (struct list_end){ STR_NULL, list.items[0].id, list.items[0].id },
			(struct list_end){ STR_NULL, list.items[list.n - 1].id, list.items[list.n - 1].id }, list.has_before,
			list.more);
	else
		v.empty = (struct empty_view){ .title = t_replies_none(t), .words = t_replies_none_words(t) };
	fill_mailbox(r, &v);
	v.note = r->app->reads_replies ? STR("") : t_replies_off(t);
	page_begin(r, &v.page, t_replies_title(t), NAV_OUTBOX);
	v.page.crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 2);
	v.page.crumbs[v.page.crumbs_n++] = (struct crumb){ t_outbox_title(t), STR("/outbox") };
	v.page.crumbs[v.page.crumbs_n++] = (struct crumb){ t_replies_title(t), STR_NULL };
	tpl_replies(reply_html(r, 200), t, &v);
}
