/* Home: what waits for the reader, as a participant and as a manager. */
#include "base/tz.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/home.h"
#include "web/home_manage.h"
#include "web/portal_cards.h"

enum { COMING_SHOWN = 10, DONE_SHOWN = 5 };

static struct str greeting(struct req *r, struct str name)
{
	const struct text *t = &r->c.text;
	const struct tz *z = tz_get(r->c.actor->time_zone);
	int hour = tz_to_wall(z ? z : tz_get(STR("UTC")), r->c.now).hour;
	if (hour >= 4 && hour < 12)
		return t_home_morning(t, name);
	return hour >= 12 && hour < 18 ? t_home_afternoon(t, name) : t_home_evening(t, name);
}

/* ---- own trainings */
/* Among what needs a manager, only what the own trainings ask. */
static void fill_groups(struct req *r, const struct portal_items *mine, bool asking_only, struct home_view *v)
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
	size_t n = asking_only ? 2 : sizeof groups / sizeof *groups;
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

static void fill_tabs(struct req *r, const struct portal_items *mine, bool learning, struct home_view *v)
{
	const struct text *t = &r->c.text;
	int64_t asks = count(mine, PORTAL_ASKS) + count(mine, PORTAL_CHOOSE);
	v->tabs =
		(struct tabs_view){ .label = t_home_views(t), .items = ARENA_ARRAY(r->c.arena, struct tab, 2), .items_n = 2 };
	v->tabs.items[0] = (struct tab){ .label = t_home_manage(t), .href = STR("/"), .current = !learning };
	v->tabs.items[1] = (struct tab){ .label = t_home_learning(t),
		.href = STR("/?view=learning"),
		.count = asks ? text_i64(t, asks) : STR(""),
		.current = learning };
}

static void fill_year(struct req *r, struct home_view *v)
{
	struct home_year year;
	home_year_get(&r->c, &year);
	if (!year.held)
		return;
	v->year_attended = t_home_year_sessions(&r->c.text, year.attended, year.held);
	int64_t tenths = year.seconds / 360;
	v->year_hours = tenths % 10 ? str_fmt(r->c.arena, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10))
								: text_i64(&r->c.text, tenths / 10);
}

/* Somebody without any role may still organize or teach. */
static bool has_duties(const struct home_view *v)
{
	return v->needs_n || v->soon_n || v->recent_n;
}

void page_home(struct req *r)
{
	const struct text *t = &r->c.text;
	struct home_view v = { 0 };
	struct portal_items mine;
	struct portal_person me;
	if (!portal_person_get(&r->c, r->c.actor->id, r->account, &me)) {
		reply_error(r);
		return;
	}
	portal_mine(&r->c, &mine);
	home_manage_fill(r, &v);
	bool both = mine.n && (r->c.actor->manager || has_duties(&v));
	bool learning = both && str_eq(req_query(r, "view"), STR("learning"));
	v.manages = !learning && (r->c.actor->manager || has_duties(&v));
	v.learns = !v.manages || both;
	v.greeting = greeting(r, me.first_name);
	v.summary = v.manages ? t_home_summary_manage(t, (int64_t)v.needs_n, (int64_t)v.soon_n)
						  : t_home_summary(t, count(&mine, PORTAL_ASKS), count(&mine, PORTAL_COMING));
	if (both)
		fill_tabs(r, &mine, learning, &v);
	fill_groups(r, &mine, v.manages, &v);
	if (!v.manages) {
		fill_year(r, &v);
		v.recent_n = 0;
		if (!v.groups_n)
			v.empty = (struct empty_view){ .title = t_home_none(t), .words = t_home_none_words(t) };
	}
	page_begin(r, &v.page, t_home_title(t), NAV_HOME);
	tpl_home(reply_html(r, 200), t, &v);
}
