/* The week as a grid of hours: each entry at its quarter of an hour, beside those that overlap it. The places on the
 * grid are classes (tools/assets.mjs makes their rules), since the policy of pages has no room for styles in elements.
 */
#include <stdlib.h>
#include "base/buf.h"
#include "base/date.h"
#include "base/tz.h"
#include "gen/text.h"
#include "model/when.h"
#include "web/calendar_pages.h"

enum { ZONES_SHOWN = 4 };
enum { FIRST_HOUR = 6, LAST_HOUR = 22, QUARTER = 15, DAY_MINUTES = 1440, LANES_MAX = 3, SHORTEST = 2 };

/* An entry on the clock of its place. */
struct placed {
	const struct schedule_entry *entry;
	int start, end; /* minutes of its day; what goes on after midnight ends there */
	int row, last, lane, lanes;
	bool hidden;
};

static struct placed place(const struct schedule_entry *e)
{
	const struct tz *z = tz_get(e->time_zone);
	if (!z)
		z = tz_get(STR("UTC"));
	struct tz_wall from = tz_to_wall(z, e->start_at), to = tz_to_wall(z, e->end_at);
	struct placed p = { .entry = e, .start = from.hour * 60 + from.minute, .end = to.hour * 60 + to.minute };
	bool same = tz_days(from.year, from.month, from.day) == tz_days(to.year, to.month, to.day);
	if (!same)
		p.end = DAY_MINUTES;
	/* When clocks go back, an entry may end on the clock before it starts. */
	else if (p.end <= p.start)
		p.end = p.start + (int)((e->end_at - e->start_at) / 60);
	if (p.end > DAY_MINUTES)
		p.end = DAY_MINUTES;
	return p;
}

static int by_clock(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->last != y->last)
		return x->last > y->last ? -1 : 1;
	return x->entry->day < y->entry->day ? -1 : x->entry->day > y->entry->day;
}

/* Rows from `first_hour` on; nothing is drawn so short that it could not be read or hit. */
static void set_rows(struct placed *p, int first_hour, int rows)
{
	p->row = (p->start - first_hour * 60) / QUARTER + 1;
	p->last = (p->end - first_hour * 60 + QUARTER - 1) / QUARTER + 1;
	if (p->last < p->row + SHORTEST)
		p->last = p->row + SHORTEST;
	if (p->last > rows + 1) {
		p->last = rows + 1;
		if (p->row > p->last - SHORTEST)
			p->row = p->last - SHORTEST;
	}
}

/* Those that overlap, directly or through others, share the width: each in the first lane that is free. What finds none
 * is left to the list of that day. `all` is sorted. Answers how many are hidden. */
static size_t set_lanes(struct placed *all, size_t n)
{
	int free_at[LANES_MAX], used = 0, until = 0;
	size_t first = 0, hidden = 0;
	for (size_t i = 0; i <= n; i++) {
		if (i == n || all[i].row >= until) {
			for (size_t k = first; k < i; k++)
				all[k].lanes = used;
			first = i;
			used = 0;
		}
		if (i == n)
			break;
		int lane = 0;
		while (lane < used && free_at[lane] > all[i].row)
			lane++;
		if (lane == LANES_MAX) {
			all[i].hidden = true;
			hidden++;
			continue;
		}
		used = lane == used ? used + 1 : used;
		free_at[lane] = all[i].last;
		all[i].lane = lane + 1;
		until = all[i].last > until || first == i ? all[i].last : until;
	}
	return hidden;
}

static void fill_column(struct req *r, const struct calendar_asked *q, int64_t day, struct placed *all, size_t n,
	struct calendar_column *out)
{
	const struct text *t = &r->c.text;
	int64_t at = day * CALENDAR_DAY;
	*out = (struct calendar_column){ .iso = when_iso_date(t, at, STR("UTC")),
		.label = when_date(t, at, STR("UTC"), at), /* the heading says the year */
		.kind = day == q->today ? STR("today") : STR(""),
		.today = day == q->today,
		.slots = ARENA_ARRAY(r->c.arena, struct calendar_slot, n + 1) };
	if (n)
		qsort(all, n, sizeof *all, by_clock);
	size_t hidden = set_lanes(all, n);
	for (size_t i = 0; i < n; i++)
		if (!all[i].hidden)
			out->slots[out->slots_n++] = (struct calendar_slot){ calendar_entry_of(r, all[i].entry, CALENDAR_WEEK),
				all[i].row, all[i].last, all[i].lane, all[i].lanes };
	for (size_t i = 0; i < n; i++)
		out->lanes = all[i].lanes > out->lanes ? all[i].lanes : out->lanes;
	if (hidden) {
		struct calendar_asked list = calendar_at(q, CALENDAR_AGENDA, day);
		list.day = day;
		list.one_day = true;
		out->more = t_calendar_more(t, (int64_t)hidden);
		out->more_href = calendar_url(r, &list);
	}
}

void calendar_fill_week(
	struct req *r, const struct calendar_asked *q, struct calendar_bucket *days, int64_t first, struct calendar_view *v)
{
	struct placed *all[7];
	int first_hour = FIRST_HOUR, last_hour = LAST_HOUR;
	for (int d = 0; d < 7; d++) {
		all[d] = ARENA_ARRAY(r->c.arena, struct placed, days[d].n + 1);
		for (size_t i = 0; i < days[d].n; i++) {
			all[d][i] = place(days[d].items[i]);
			first_hour = all[d][i].start / 60 < first_hour ? all[d][i].start / 60 : first_hour;
			last_hour = (all[d][i].end + 59) / 60 > last_hour ? (all[d][i].end + 59) / 60 : last_hour;
		}
	}
	int hours = last_hour - first_hour;
	v->first_hour = first_hour;
	v->hours = ARENA_ARRAY(r->c.arena, struct calendar_link, (size_t)hours);
	for (int h = first_hour; h < last_hour; h++)
		v->hours[v->hours_n++].label = when_time(&r->c.text, h * 3600, STR("UTC"));
	v->columns = ARENA_ARRAY(r->c.arena, struct calendar_column, 7);
	for (int d = 0; d < 7; d++) {
		for (size_t i = 0; i < days[d].n; i++)
			set_rows(&all[d][i], first_hour, hours * 60 / QUARTER);
		fill_column(r, q, first + d, all[d], days[d].n, &v->columns[v->columns_n++]);
	}
}

static bool is_listed(const struct str *list, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], s))
			return true;
	return false;
}

/* The first few of the clocks in a week, in words: "Berlin time", "Tokyo time". */
static size_t zones_of(struct req *r, const struct calendar_bucket *days, struct str *names)
{
	size_t n = 0;
	for (int d = 0; d < 7; d++)
		for (size_t i = 0; i < days[d].n && n < ZONES_SHOWN; i++) {
			struct str name = when_zone(&r->c.text, days[d].items[i]->time_zone);
			if (!is_listed(names, n, name))
				names[n++] = name;
		}
	return n;
}

struct str calendar_week_note(struct req *r, const struct calendar_bucket *days)
{
	const struct text *t = &r->c.text;
	struct str names[ZONES_SHOWN], own = when_zone(t, r->c.actor->time_zone);
	size_t n = zones_of(r, days, names);
	if (n == 0)
		return t_calendar_week_zone(t, own);
	if (n == 1)
		return str_eq(names[0], own) ? t_calendar_week_zone(t, own) : t_calendar_week_zone_away(t, names[0], own);
	struct buf b = buf_new(r->c.arena);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(names[i]));
	if (n == ZONES_SHOWN)
		BUF_LIT(&b, ", …");
	return t_calendar_week_zones(t, buf_str(&b), own);
}
