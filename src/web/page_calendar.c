/* The calendar: a month as a table, a week as a grid of hours, or a list of days. Entries stand on the day that their
 * place has, as invitations say it. */
#include "base/date.h"
#include "base/tz.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/training.h"
#include "model/when.h"
#include "web/calendar_pages.h"
#include "web/reply.h"
#include "web/way_back.h"

enum { SHOWN_A_DAY = 4, TRAININGS_MAX = 50 };

/* ---- entries */
static struct badge state_of(struct req *r, const struct schedule_entry *e)
{
	const struct text *t = &r->c.text;
	if (e->cancelled)
		return (struct badge){ STR("bad"), t_calendar_cancelled(t) };
	if (!e->enrollment)
		return (struct badge){ 0 };
	if (str_eq(e->status, STR("waiting")))
		return (struct badge){ STR("warn"), t_calendar_waiting(t) };
	if (str_eq(e->answer, STR("accepted")))
		return (struct badge){ STR("ok"), t_portal_accepted(t) };
	if (str_eq(e->answer, STR("tentative")))
		return (struct badge){ STR("warn"), t_portal_tentative(t) };
	if (str_eq(e->answer, STR("declined")))
		return (struct badge){ STR(""), t_calendar_declined(t) };
	return (struct badge){ STR("acc"), t_calendar_unanswered(t) };
}

static const char *const kind_names[] = { "month", "week", "agenda" };

struct calendar_entry calendar_entry_of(struct req *r, const struct schedule_entry *e, enum calendar_kind kind)
{
	const struct text *t = &r->c.text;
	struct when_parts p = when_parts(t, e->start_at, e->end_at, e->time_zone, r->c.actor->time_zone, r->c.now);
	struct calendar_entry v = {
		.start = when_time(t, e->start_at, e->time_zone),
		.time = p.times,
		.zone = p.zone,
		.your_time = p.yours,
		.title = e->title,
		.session = e->session_title,
		.badge = state_of(r, e),
		.place = e->location.n || !e->url.n ? e->location : t_session_online(t),
		.href = e->enrollment ? str_num(r->c.arena, "/me/trainings#e", e->enrollment)
							  : str_num(r->c.arena, "/sessions/", e->session),
	};
	if (!e->enrollment)
		v.href = way_with_back(r->c.arena, v.href, url_here(r));
	v.state = v.badge.words;
	if (e->cancelled || str_eq(e->answer, STR("declined")))
		v.kind = STR("off");
	else if (e->enrollment && (str_eq(e->status, STR("waiting")) || !str_eq(e->answer, STR("accepted"))))
		v.kind = STR("maybe");
	if (!e->enrollment && e->capacity.has) {
		v.seats = str_fmt(r->c.arena, "%lld/%lld", (long long)e->seats_taken, (long long)e->capacity.v);
		v.seats_words = t_session_seats(t, e->seats_taken, e->capacity.v);
	} else if (!e->enrollment) {
		v.seats_words = t_session_seats_unlimited(t, e->seats_taken);
	}
	if (e->days > 1)
		v.session = t_calendar_day_of(t, e->session_title, e->position, e->days);
	/* What is over is not moved. */
	if (e->may_edit && !e->cancelled && e->end_at > r->c.now) {
		v.move = str_fmt(r->c.arena, "/sessions/%lld/move?day=%lld&back=%s", (long long)e->session, (long long)e->day,
			kind_names[kind]);
		v.move_label = t_calendar_move_label(t, e->title, e->session_title);
	}
	return v;
}

struct calendar_bucket *calendar_by_day(struct req *r, const struct schedule *list, int64_t first, int64_t n)
{
	struct calendar_bucket *days = ARENA_ARRAY(r->c.arena, struct calendar_bucket, (size_t)n);
	for (size_t i = 0; i < list->n; i++) {
		int64_t day = calendar_local_day(list->items[i].time_zone, list->items[i].start_at) - first;
		if (day >= 0 && day < n)
			*VEC_PUSH(r->c.arena, days[day].items, days[day].n, days[day].cap) = &list->items[i];
	}
	return days;
}

/* Whether something shown is on another day where the reader is. */
static bool is_elsewhere(struct req *r, const struct calendar_bucket *days, int64_t first, int64_t n)
{
	for (int64_t d = 0; d < n; d++)
		for (size_t i = 0; i < days[d].n; i++)
			if (calendar_local_day(r->c.actor->time_zone, days[d].items[i]->start_at) != first + d)
				return true;
	return false;
}

static struct calendar_day day_of(
	struct req *r, const struct calendar_asked *q, int64_t day, const struct calendar_bucket *b, size_t shown)
{
	const struct text *t = &r->c.text;
	struct date d = date_from_days(day);
	int64_t at = day * CALENDAR_DAY;
	struct when_tile tile = when_tile(t, at, STR("UTC"));
	struct calendar_day v = {
		.iso = tile.iso,
		.number = tile.day,
		.label = when_date(t, at, STR("UTC"), at), /* the heading says the year */
		.today = day == q->today,
		.kind = day == q->today                       ? STR("today")
			: d.month == date_from_days(q->day).month ? STR("")
													  : STR("other"),
		.tile = { tile.iso, tile.month, tile.day, tile.weekday },
	};
	v.count = (int64_t)b->n;
	if (b->n)
		v.count_words = t_calendar_count(t, v.label, v.count);
	v.entries = ARENA_ARRAY(r->c.arena, struct calendar_entry, b->n);
	for (size_t i = 0; i < b->n && i < shown; i++)
		v.entries[v.entries_n++] = calendar_entry_of(r, b->items[i], q->kind);
	if (b->n > shown) {
		struct calendar_asked list = calendar_at(q, CALENDAR_AGENDA, day);
		list.day = day;
		list.one_day = true;
		v.more = t_calendar_more(t, (int64_t)(b->n - shown));
		v.more_href = calendar_url(r, &list);
	}
	return v;
}

/* ---- the views */
static void fill_month(struct req *r, const struct calendar_asked *q, const struct calendar_bucket *days, int64_t first,
	int64_t n, struct calendar_view *v)
{
	v->weekdays = ARENA_ARRAY(r->c.arena, struct calendar_weekday, 7);
	for (int i = 0; i < 7; i++)
		v->weekdays[v->weekdays_n++] =
			(struct calendar_weekday){ when_weekday_long(&r->c.text, i), when_weekday(&r->c.text, i) };
	v->weeks = ARENA_ARRAY(r->c.arena, struct calendar_week, (size_t)n / 7);
	for (int64_t w = 0; w < n / 7; w++) {
		struct calendar_week *week = &v->weeks[v->weeks_n++];
		week->days = ARENA_ARRAY(r->c.arena, struct calendar_day, 7);
		for (int64_t i = 0; i < 7; i++)
			week->days[week->days_n++] = day_of(r, q, first + w * 7 + i, &days[w * 7 + i], SHOWN_A_DAY);
	}
}

static void fill_agenda(struct req *r, const struct calendar_asked *q, const struct calendar_bucket *days,
	int64_t first, int64_t n, struct calendar_view *v)
{
	v->days = ARENA_ARRAY(r->c.arena, struct calendar_day, (size_t)n);
	for (int64_t i = 0; i < n; i++)
		if (days[i].n)
			v->days[v->days_n++] = day_of(r, q, first + i, &days[i], SIZE_MAX);
}

static struct str heading_of(struct req *r, const struct calendar_asked *q, int64_t first)
{
	const struct text *t = &r->c.text;
	struct date d = date_from_days(q->day);
	if (q->one_day)
		return when_date_long(t, q->day * CALENDAR_DAY, STR("UTC"));
	if (q->kind != CALENDAR_WEEK)
		return when_month(t, d.year, d.month);
	/* The year once, unless the week has two. */
	int64_t start = first * CALENDAR_DAY, end = start + 6 * CALENDAR_DAY;
	return t_calendar_week(t, when_date(t, start, STR("UTC"), end), when_date(t, end, STR("UTC"), WHEN_YEAR));
}

/* The same view, so many periods later. */
static struct str step(struct req *r, const struct calendar_asked *q, int by)
{
	struct calendar_asked at = *q;
	if (q->kind == CALENDAR_WEEK)
		at.day += by * 7;
	else if (q->one_day)
		at.day += by;
	else
		at.day = date_days(date_add_months(date_from_days(q->day), by));
	return calendar_url(r, &at);
}

/* The day that another view of the same period shows. A week keeps the day by which it was asked for: it may lie in two
 * months, and the way back leads to the one that the reader came from. A month has today, if it is today's. */
static int64_t day_in(const struct calendar_asked *q)
{
	struct date day = date_from_days(q->day), today = date_from_days(q->today);
	bool whole_month = q->kind != CALENDAR_WEEK && !q->one_day;
	return whole_month && day.year == today.year && day.month == today.month ? q->today : q->day;
}

static void fill_links(struct req *r, const struct calendar_asked *q, struct calendar_view *v)
{
	const struct text *t = &r->c.text;
	const struct str labels[][2] = { { t_calendar_previous(t), t_calendar_next(t) },
		{ t_calendar_previous_week(t), t_calendar_next_week(t) },
		{ t_calendar_previous_day(t), t_calendar_next_day(t) } };
	const struct str *l = labels[q->kind == CALENDAR_WEEK ? 1 : q->one_day ? 2 : 0];
	struct calendar_asked today = calendar_at(q, q->kind, q->today);
	if (q->one_day) {
		today.day = q->today;
		today.one_day = true;
	}
	v->previous = (struct calendar_link){ l[0], step(r, q, -1), false };
	v->next = (struct calendar_link){ l[1], step(r, q, 1), false };
	v->today = (struct calendar_link){ t_calendar_today(t), calendar_url(r, &today), false };
	const struct str names[] = { t_calendar_view_month(t), t_calendar_view_week(t), t_calendar_view_agenda(t) };
	for (int k = CALENDAR_MONTH; k <= CALENDAR_AGENDA; k++) {
		struct calendar_asked other = calendar_at(q, (enum calendar_kind)k, day_in(q));
		v->views[v->views_n++] = (struct calendar_link){ names[k], calendar_url(r, &other), (int)q->kind == k };
	}
	if (!q->may_all)
		return;
	struct calendar_asked every = *q, mine = *q;
	every.all = true;
	mine.all = false;
	v->shows[v->shows_n++] = (struct calendar_link){ t_calendar_show_all(t), calendar_url(r, &every), q->all };
	v->shows[v->shows_n++] = (struct calendar_link){ t_calendar_show_mine(t), calendar_url(r, &mine), !q->all };
}

static bool may_add(const struct req *r)
{
	return actor_can(r->c.actor, PERM_TRAININGS_EDIT) || actor_can(r->c.actor, PERM_TRAININGS_CREATE);
}

/* Where a session is added: in the training that is filtered by, else the reader chooses one first. */
static struct str add_url(struct req *r, const struct calendar_asked *q)
{
	if (!may_add(r))
		return STR("");
	struct str date = date_format(r->c.arena, date_from_days(day_in(q)));
	if (q->filter.training && training_may_edit(&r->c, q->filter.training))
		return str_fmt(
			r->c.arena, "/trainings/%lld/sessions/new?date=" STR_FMT, (long long)q->filter.training, STR_ARG(date));
	return str_fmt(r->c.arena, "/calendar/new?date=" STR_FMT, STR_ARG(date));
}

void page_calendar(struct req *r)
{
	const struct text *t = &r->c.text;
	struct calendar_view v = { 0 };
	struct calendar_asked q;
	struct schedule list;
	struct schedule_choices choices;
	int64_t first, n;
	calendar_read(r, &q);
	calendar_period(&q, &first, &n);
	calendar_load(r, &q, &list, &choices);
	struct calendar_bucket *days = calendar_by_day(r, &list, first, n);
	v.heading = heading_of(r, &q, first);
	fill_links(r, &q, &v);
	calendar_fill_filters(r, &q, &choices, &v);
	v.add = add_url(r, &q);
	if (q.kind == CALENDAR_MONTH)
		fill_month(r, &q, days, first, n, &v);
	else if (q.kind == CALENDAR_WEEK)
		calendar_fill_week(r, &q, days, first, &v);
	else
		fill_agenda(r, &q, days, first, n, &v);
	if (list.cut)
		v.cut = t_calendar_cut(t, SCHEDULE_MAX);
	if (q.kind == CALENDAR_WEEK)
		v.note = calendar_week_note(r, days);
	else if (is_elsewhere(r, days, first, n))
		v.note = t_calendar_elsewhere(t, when_zone(t, r->c.actor->time_zone));
	if (q.kind == CALENDAR_AGENDA && !v.days_n)
		v.empty = (struct empty_view){ .title = t_calendar_empty_title(t, v.heading),
			.words = v.chips_n ? t_calendar_empty_filtered(t)
				: q.all        ? t_calendar_empty_all(t)
							   : t_calendar_empty_mine(t),
			.href = v.clear,
			.action = v.chips_n ? t_calendar_filter_clear(t) : STR("") };
	page_begin(r, &v.page, t_calendar_title(t, v.heading), NAV_CALENDAR);
	struct buf *out = reply_html(r, 200);
	if (q.kind == CALENDAR_MONTH)
		tpl_calendar_month(out, t, &v);
	else if (q.kind == CALENDAR_WEEK)
		tpl_calendar_week(out, t, &v);
	else
		tpl_calendar_agenda(out, t, &v);
}

/* ---- a new session: first its training */
void page_calendar_add(struct req *r)
{
	const struct text *t = &r->c.text;
	struct calendar_add_view v = { .q = req_query(r, "q") };
	struct schedule_trainings list;
	struct date date;
	if (!may_add(r)) {
		reply_status(r, 403);
		return;
	}
	if (!date_parse(req_query(r, "date"), &date))
		date = date_from_days(calendar_local_day(r->c.actor->time_zone, r->c.now));
	if (str_is_null(v.q))
		v.q = STR("");
	v.date = date_format(r->c.arena, date);
	v.heading = t_calendar_add_title(t, when_date(t, date_days(date) * CALENDAR_DAY, STR("UTC"), r->c.now));
	schedule_trainings(&r->c, v.q, TRAININGS_MAX, &list);
	v.trainings = ARENA_ARRAY(r->c.arena, struct calendar_training, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		const struct schedule_editable_item *k = &list.items[i];
		struct calendar_training *out = &v.trainings[v.trainings_n++];
		out->title = k->title;
		out->href =
			str_fmt(r->c.arena, "/trainings/%lld/sessions/new?date=" STR_FMT, (long long)k->id, STR_ARG(v.date));
		if (k->starts_at.has)
			out->next =
				t_calendar_add_next(t, when_session(t, k->starts_at.v, k->ends_at.v, k->days, k->time_zone, r->c.now));
	}
	if (!list.n)
		v.empty = (struct empty_view){ .title = t_calendar_add_none_title(t),
			.words = t_calendar_add_none_words(t),
			.href = STR("/trainings/new"),
			.action = t_training_new(t) };
	page_begin(r, &v.page, v.heading, NAV_CALENDAR);
	tpl_calendar_add(reply_html(r, 200), t, &v);
}
