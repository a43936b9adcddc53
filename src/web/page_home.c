/* Home: what waits for the reader, as a participant and as a manager. */
#include "base/tz.h"
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/draft.h"
#include "model/enroll.h"
#include "model/when.h"
#include "web/portal_cards.h"

enum { NEEDS_MAX = 12, RECENT_MAX = 5, DRAFTS_SHOWN = 3, COMING_SHOWN = 10, DONE_SHOWN = 5, DECLINED_DAYS = 7 };

static struct str greeting(struct req *r, struct str name)
{
	const struct text *t = &r->c.text;
	const struct tz *z = tz_get(r->c.actor->time_zone);
	int hour = tz_to_wall(z ? z : tz_get(STR("UTC")), r->c.now).hour;
	if (hour >= 4 && hour < 12)
		return t_home_morning(t, name);
	return hour >= 12 && hour < 18 ? t_home_afternoon(t, name) : t_home_evening(t, name);
}

/* ---- for managers */
static void need(struct home_view *v, struct str kind, struct str words, struct str label, struct str href)
{
	v->needs[v->needs_n++] = (struct home_need){ .kind = kind, .words = words, .link = { label, href } };
}

static void fill_needs(struct req *r, struct home_view *v)
{
	const struct text *t = &r->c.text;
	int64_t me = r->c.actor->id;
	struct outbox_failed_count_row failed = { 0 };
	struct portal_declined_rows declined;
	struct draft_of_owner_rows drafts = { 0 };
	v->needs = ARENA_ARRAY(r->c.arena, struct home_need, NEEDS_MAX);
	if (actor_can(r->c.actor, PERM_OUTBOX))
		outbox_failed_count(r->c.db, r->c.arena, me, &failed);
	if (failed.n)
		need(v, STR("bad"), t_home_failed(t, failed.n), t_home_failed_action(t), STR("/outbox?state=failed"));
	portal_declined(r->c.db, r->c.arena, me, r->c.now - DECLINED_DAYS * 86400, r->c.now, &declined);
	for (size_t i = 0; i < declined.n; i++)
		need(v, STR("warn"), t_home_declined(t, declined.items[i].n, declined.items[i].title),
			t_home_declined_action(t),
			str_fmt(r->c.arena, "/trainings/%lld/participants?answer=declined", (long long)declined.items[i].id));
	if (actor_can(r->c.actor, PERM_ENROLL))
		draft_of_owner(r->c.db, r->c.arena, me, DRAFTS_SHOWN, &drafts);
	for (size_t i = 0; i < drafts.n; i++)
		need(v, STR(""), t_home_draft(t, when_instant(t, drafts.items[i].updated_at, r->c.actor->time_zone, r->c.now)),
			t_home_draft_action(t), str_fmt(r->c.arena, "/enroll/%lld", (long long)drafts.items[i].id));
}

static struct home_need recent_of(struct req *r, const struct batch_of_actor_row *row)
{
	const struct text *t = &r->c.text;
	struct batch b = { 0 };
	struct str when = when_instant(t, row->created_at, r->c.actor->time_zone, r->c.now);
	struct home_need n = { .words = t_home_batch(t, row->enrolled + row->waitlisted + row->moved, when) };
	if (str_eq(row->status, STR("undone")))
		n.words = t_home_batch_undone(t, when);
	else if (!str_eq(row->status, STR("done")))
		n.words = t_home_batch_running(t, when);
	n.link.href = str_fmt(r->c.arena, "/batches/%lld", (long long)row->id);
	if (batch_get(&r->c, row->id, &b) && b.undo_open) {
		n.undo = str_fmt(r->c.arena, "/batches/%lld/undo", (long long)row->id);
		n.undo_label = t_home_undo_until(t, when_instant(t, b.access_at, r->c.actor->time_zone, r->c.now));
	}
	return n;
}

static void fill_recent(struct req *r, struct home_view *v)
{
	struct batch_of_actor_rows rows;
	if (!actor_can(r->c.actor, PERM_ENROLL))
		return;
	batch_of_actor(r->c.db, r->c.arena, r->c.actor->id, RECENT_MAX, &rows);
	v->recent = ARENA_ARRAY(r->c.arena, struct home_need, rows.n ? rows.n : 1);
	for (size_t i = 0; i < rows.n; i++)
		v->recent[v->recent_n++] = recent_of(r, &rows.items[i]);
}

/* ---- for everybody */
static void fill_groups(struct req *r, const struct portal_items *mine, struct home_view *v)
{
	const struct text *t = &r->c.text;
	const struct portal_link calendar = { t_home_calendar(t), STR("/calendar") },
							 all = { t_home_all(t), STR("/me/trainings") }, no_link = { STR(""), STR("") };
	const struct {
		enum portal_state state;
		const char *key;
		struct str title;
		struct portal_link more;
		size_t limit;
	} groups[] = {
		{ PORTAL_ASKS, "asks", t_home_asks(t), no_link, COMING_SHOWN },
		{ PORTAL_CHOOSE, "choose", t_home_choose(t), no_link, COMING_SHOWN },
		{ PORTAL_COMING, "coming", t_home_coming(t), calendar, COMING_SHOWN },
		{ PORTAL_WAITING, "waiting", t_home_waiting(t), no_link, COMING_SHOWN },
		{ PORTAL_CANCELLED, "cancelled", t_home_cancelled(t), no_link, COMING_SHOWN },
		{ PORTAL_DONE, "done", t_home_done(t), all, DONE_SHOWN },
	};
	size_t n = sizeof groups / sizeof *groups;
	v->groups = ARENA_ARRAY(r->c.arena, struct portal_group, n);
	for (size_t g = 0; g < n; g++) {
		struct portal_group *out = &v->groups[v->groups_n];
		*out =
			(struct portal_group){ .key = str_from(groups[g].key), .title = groups[g].title, .more = groups[g].more };
		out->items = ARENA_ARRAY(r->c.arena, struct portal_card, mine->n ? mine->n : 1);
		/* What is done: the latest first. */
		for (size_t i = 0; i < mine->n && out->items_n < groups[g].limit; i++) {
			const struct portal_item *p = &mine->items[groups[g].state == PORTAL_DONE ? mine->n - 1 - i : i];
			if (p->state == groups[g].state)
				out->items[out->items_n++] = portal_card_of(r, p, "home", false);
		}
		v->groups_n += out->items_n > 0;
	}
}

static int64_t count(const struct portal_items *mine, enum portal_state state)
{
	int64_t n = 0;
	for (size_t i = 0; i < mine->n; i++)
		n += mine->items[i].state == state;
	return n;
}

void page_home(struct req *r)
{
	const struct text *t = &r->c.text;
	struct home_view v = { .manager = r->c.actor->manager };
	struct portal_items mine;
	struct portal_person me;
	if (!portal_person_get(&r->c, r->c.actor->id, r->account, &me)) {
		reply_error(r);
		return;
	}
	portal_mine(&r->c, &mine);
	v.greeting = greeting(r, me.first_name);
	v.summary = t_home_summary(t, count(&mine, PORTAL_ASKS), count(&mine, PORTAL_COMING));
	fill_groups(r, &mine, &v);
	if (v.manager) {
		fill_needs(r, &v);
		fill_recent(r, &v);
	}
	if (!v.groups_n && !v.needs_n && !v.recent_n)
		v.empty = (struct empty_view){ .title = t_home_none(t), .words = t_home_none_words(t) };
	page_begin(r, &v.page, t_home_title(t), NAV_HOME);
	tpl_home(reply_html(r, 200), t, &v);
}
