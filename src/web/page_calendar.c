/* The calendar: a month as a table, or as a list of days. Entries stand on the day that their place has, as invitations
 * say it. */
#include "base/date.h"
#include "base/tz.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/schedule.h"
#include "model/when.h"
#include "web/view_calendar.h"
#include "web/web.h"

enum { DAY = 86400, SHOWN_A_DAY = 4 };

/* What the address asks for. */
struct asked {
	int year, month;
	int64_t day; /* days since 1970 of one day to list, or -1 */
	bool agenda, all, may_all;
	int64_t today; /* in the reader's zone */
};

static int64_t local_day(struct str zone, int64_t at)
{
	const struct tz *z = tz_get(zone);
	struct tz_wall w = tz_to_wall(z ? z : tz_get(STR("UTC")), at);
	return tz_days(w.year, w.month, w.day);
}

static struct asked read_asked(struct req *r)
{
	struct asked q = { .day = -1,
		.today = local_day(r->c.actor->time_zone, r->c.now),
		.may_all = actor_can(r->c.actor, PERM_TRAININGS_VIEW) };
	struct date today = date_from_days(q.today), day;
	q.year = today.year;
	q.month = today.month;
	date_parse_month(req_query(r, "month"), &q.year, &q.month);
	q.agenda = str_eq(req_query(r, "view"), STR("agenda"));
	if (q.agenda && date_parse(req_query(r, "day"), &day)) {
		q.day = date_days(day);
		q.year = day.year;
		q.month = day.month;
	}
	q.all = q.may_all && !str_eq(req_query(r, "show"), STR("mine"));
	return q;
}

/* An address with the same filter; day -1: the whole month. */
static struct str url_of(struct req *r, const struct asked *q, bool agenda, bool all, int year, int month, int64_t day)
{
	struct buf b = buf_new(r->c.arena);
	buf_fmt(&b, "/calendar?view=%s&month=%04d-%02d", agenda ? "agenda" : "month", year, month);
	if (day >= 0) {
		struct date d = date_from_days(day);
		buf_fmt(&b, "&day=%04d-%02d-%02d", d.year, d.month, d.day);
	}
	if (q->may_all)
		buf_fmt(&b, "&show=%s", all ? "all" : "mine");
	return buf_str(&b);
}

static struct str month_url(struct req *r, const struct asked *q, int offset)
{
	struct date d = date_add_months((struct date){ q->year, q->month, 1 }, offset);
	return url_of(r, q, q->agenda, q->all, d.year, d.month, -1);
}

/* ---- entries */
static struct str state_of(struct req *r, const struct schedule_entry *e)
{
	const struct text *t = &r->c.text;
	if (e->cancelled)
		return t_calendar_cancelled(t);
	if (!e->enrollment)
		return STR("");
	if (str_eq(e->status, STR("waiting")))
		return t_calendar_waiting(t);
	if (str_eq(e->answer, STR("declined")))
		return t_calendar_declined(t);
	return str_eq(e->answer, STR("none")) ? t_calendar_unanswered(t) : STR("");
}

static struct calendar_entry entry_of(struct req *r, const struct schedule_entry *e, struct str date_zone)
{
	const struct text *t = &r->c.text;
	struct when_parts p = when_parts(t, e->start_at, e->end_at, e->time_zone, date_zone, r->c.now);
	struct calendar_entry v = {
		.start = when_time(t, e->start_at, e->time_zone),
		.time = p.times,
		.zone = p.zone,
		.your_time = p.yours,
		.title = e->title,
		.session = e->session_title,
		.state = state_of(r, e),
		.place = e->location.n || !e->url.n ? e->location : t_session_online(t),
		.href = e->enrollment ? str_fmt(r->c.arena, "/me/trainings#e%lld", (long long)e->enrollment)
							  : str_fmt(r->c.arena, "/sessions/%lld", (long long)e->session),
	};
	bool off = e->cancelled || str_eq(e->answer, STR("declined"));
	if (off)
		v.kind = STR("off");
	else if (e->enrollment && (str_eq(e->status, STR("waiting")) || !str_eq(e->answer, STR("accepted"))))
		v.kind = STR("maybe");
	if (!e->enrollment && e->capacity.has)
		v.seats = str_fmt(r->c.arena, "%lld/%lld", (long long)e->seats_taken, (long long)e->capacity.v);
	if (v.state.n)
		v.badge = (struct badge){ off ? STR("bad") : STR("warn"), v.state };
	if (e->days > 1)
		v.session = t_calendar_day_of(t, e->session_title, e->position, e->days);
	return v;
}

/* Entries of each day of [first, first + n), in order. */
struct bucket {
	const struct schedule_entry **items;
	size_t n, cap;
};

static struct bucket *by_day(struct req *r, const struct schedule *list, int64_t first, int64_t n)
{
	struct bucket *days = ARENA_ARRAY(r->c.arena, struct bucket, (size_t)n);
	for (size_t i = 0; i < list->n; i++) {
		int64_t day = local_day(list->items[i].time_zone, list->items[i].start_at) - first;
		if (day >= 0 && day < n)
			*VEC_PUSH(r->c.arena, days[day].items, days[day].n, days[day].cap) = &list->items[i];
	}
	return days;
}

static void load(struct req *r, const struct asked *q, int64_t first, int64_t n, struct schedule *out)
{
	/* Places are up to 14 hours from UTC. */
	int64_t from = (first - 1) * DAY, to = (first + n + 1) * DAY;
	if (q->all)
		schedule_everything(&r->c, from, to, out);
	else
		schedule_mine(&r->c, from, to, out);
}

static struct calendar_day day_of(
	struct req *r, const struct asked *q, int64_t day, const struct bucket *b, size_t shown)
{
	const struct text *t = &r->c.text;
	struct date d = date_from_days(day);
	int64_t at = day * DAY;
	struct when_tile tile = when_tile(t, at, STR("UTC"));
	struct calendar_day v = {
		.iso = tile.iso,
		.number = tile.day,
		.label = when_date(t, at, STR("UTC"), r->c.now),
		.today = day == q->today,
		.kind = day == q->today   ? STR("today")
			: d.month == q->month ? STR("")
								  : STR("other"),
		.tile = { tile.iso, tile.month, tile.day, tile.weekday },
	};
	v.entries = ARENA_ARRAY(r->c.arena, struct calendar_entry, b->n);
	for (size_t i = 0; i < b->n && i < shown; i++)
		v.entries[v.entries_n++] = entry_of(r, b->items[i], r->c.actor->time_zone);
	if (b->n > shown) {
		v.more = t_calendar_more(t, (int64_t)(b->n - shown));
		v.more_href = url_of(r, q, true, q->all, d.year, d.month, day);
	}
	return v;
}

/* ---- the two views */
static bool fill_month(struct req *r, const struct asked *q, struct calendar_view *v)
{
	int weeks;
	struct schedule list;
	int64_t first = date_grid(q->year, q->month, &weeks);
	load(r, q, first, weeks * 7, &list);
	struct bucket *days = by_day(r, &list, first, weeks * 7);
	v->weekdays = ARENA_ARRAY(r->c.arena, struct calendar_link, 7);
	for (int i = 0; i < 7; i++)
		v->weekdays[v->weekdays_n++].label = when_weekday_long(&r->c.text, i);
	v->weeks = ARENA_ARRAY(r->c.arena, struct calendar_week, (size_t)weeks);
	for (int w = 0; w < weeks; w++) {
		struct calendar_week *week = &v->weeks[v->weeks_n++];
		week->days = ARENA_ARRAY(r->c.arena, struct calendar_day, 7);
		for (int i = 0; i < 7; i++)
			week->days[week->days_n++] = day_of(r, q, first + w * 7 + i, &days[w * 7 + i], SHOWN_A_DAY);
	}
	return list.cut;
}

static bool fill_agenda(struct req *r, const struct asked *q, struct calendar_view *v)
{
	struct schedule list;
	int64_t first = q->day >= 0 ? q->day : tz_days(q->year, q->month, 1);
	int64_t n = q->day >= 0 ? 1 : date_month_days(q->year, q->month);
	load(r, q, first, n, &list);
	struct bucket *days = by_day(r, &list, first, n);
	v->days = ARENA_ARRAY(r->c.arena, struct calendar_day, (size_t)n);
	for (int64_t i = 0; i < n; i++)
		if (days[i].n)
			v->days[v->days_n++] = day_of(r, q, first + i, &days[i], SIZE_MAX);
	return list.cut;
}

static void fill_links(struct req *r, const struct asked *q, struct calendar_view *v)
{
	const struct text *t = &r->c.text;
	struct date today = date_from_days(q->today);
	v->previous = month_url(r, q, -1);
	v->next = month_url(r, q, 1);
	v->today = url_of(r, q, q->agenda, q->all, today.year, today.month, -1);
	v->views[v->views_n++] = (struct calendar_link){ t_calendar_view_month(t),
		url_of(r, q, false, q->all, q->year, q->month, -1), !q->agenda };
	v->views[v->views_n++] = (struct calendar_link){ t_calendar_view_agenda(t),
		url_of(r, q, true, q->all, q->year, q->month, -1), q->agenda };
	if (!q->may_all)
		return;
	v->shows[v->shows_n++] = (struct calendar_link){ t_calendar_show_all(t),
		url_of(r, q, q->agenda, true, q->year, q->month, q->day), q->all };
	v->shows[v->shows_n++] = (struct calendar_link){ t_calendar_show_mine(t),
		url_of(r, q, q->agenda, false, q->year, q->month, q->day), !q->all };
}

void page_calendar(struct req *r)
{
	const struct text *t = &r->c.text;
	struct calendar_view v = { 0 };
	struct asked q = read_asked(r);
	v.heading = q.day >= 0 ? when_date_long(t, q.day * DAY, STR("UTC")) : when_month(t, q.year, q.month);
	fill_links(r, &q, &v);
	bool cut = q.agenda ? fill_agenda(r, &q, &v) : fill_month(r, &q, &v);
	if (cut)
		v.cut = t_calendar_cut(t, SCHEDULE_MAX);
	if (q.agenda && !v.days_n)
		v.empty = (struct empty_view){ .title = t_calendar_empty_title(t, v.heading),
			.words = q.all ? t_calendar_empty_all(t) : t_calendar_empty_mine(t) };
	page_begin(r, &v.page, t_calendar_title(t, v.heading), NAV_CALENDAR);
	if (q.agenda)
		tpl_calendar_agenda(reply_html(r, 200), t, &v);
	else
		tpl_calendar_month(reply_html(r, 200), t, &v);
}
