#include "model/when.h"
#include "base/tz.h"
#include "gen/text.h"

typedef struct str word_fn(const struct text *t);

static word_fn *const months[12] = {
	t_month_1,
	t_month_2,
	t_month_3,
	t_month_4,
	t_month_5,
	t_month_6,
	t_month_7,
	t_month_8,
	t_month_9,
	t_month_10,
	t_month_11,
	t_month_12,
};
static word_fn *const months_short[12] = {
	t_month_short_1,
	t_month_short_2,
	t_month_short_3,
	t_month_short_4,
	t_month_short_5,
	t_month_short_6,
	t_month_short_7,
	t_month_short_8,
	t_month_short_9,
	t_month_short_10,
	t_month_short_11,
	t_month_short_12,
};
static word_fn *const weekdays[7] = {
	t_weekday_1,
	t_weekday_2,
	t_weekday_3,
	t_weekday_4,
	t_weekday_5,
	t_weekday_6,
	t_weekday_7,
};
static word_fn *const weekdays_short[7] = {
	t_weekday_short_1,
	t_weekday_short_2,
	t_weekday_short_3,
	t_weekday_short_4,
	t_weekday_short_5,
	t_weekday_short_6,
	t_weekday_short_7,
};

static const struct tz *zone_of(struct str id)
{
	const struct tz *z = tz_get(id);
	return z ? z : tz_get(STR("UTC"));
}

static struct str number(const struct text *t, int n)
{
	return str_num(t->arena, "", n);
}

/* By hand, not by printf: a list has two of these in each row. */
static char *put_digits(char *p, int value, int n)
{
	for (int i = n; i-- > 0; value /= 10)
		p[i] = (char)('0' + value % 10);
	return p + n;
}

static char *put_date(char *p, const struct tz_wall *w)
{
	p = put_digits(p, w->year, 4);
	*p++ = '-';
	p = put_digits(p, w->month, 2);
	*p++ = '-';
	return put_digits(p, w->day, 2);
}

static char *put_time(char *p, int hour, int minute)
{
	p = put_digits(p, hour, 2);
	*p++ = ':';
	return put_digits(p, minute, 2);
}

static struct str clock_words(const struct text *t, const struct tz_wall *w)
{
	char *begin = arena_alloc(t->arena, sizeof "09:00", 1);
	return (struct str){ begin, (size_t)(put_time(begin, w->hour, w->minute) - begin) };
}

static bool same_date(const struct tz_wall *a, const struct tz_wall *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day;
}

static struct str date_words(const struct text *t, const struct tz_wall *w, const struct tz *zone, int64_t now)
{
	struct str weekday = weekdays_short[w->weekday](t), month = months_short[w->month - 1](t);
	if (now != WHEN_YEAR && tz_to_wall(zone, now).year == w->year)
		return t_when_date(t, weekday, number(t, w->day), month);
	return t_when_date_year(t, weekday, number(t, w->day), month, number(t, w->year));
}

static struct str times_words(const struct text *t, const struct tz_wall *from, const struct tz_wall *to)
{
	if (same_date(from, to))
		return t_when_times(t, clock_words(t, from), clock_words(t, to));
	return t_when_times_other_day(t, clock_words(t, from), clock_words(t, to), weekdays_short[to->weekday](t));
}

/* First-strong isolates cannot help here: digits and dashes have no direction of their own. */
static struct str isolated(const struct text *t, struct str range)
{
	if (!text_locale_is_rtl(t->locale))
		return range;
	return str_fmt(t->arena, "\u2066" STR_FMT "\u2069", STR_ARG(range));
}

static struct str your_words(
	const struct text *t, int64_t start_at, int64_t end_at, struct str zone, struct str reader_zone)
{
	const struct tz *there = zone_of(zone), *here = zone_of(reader_zone);
	if (str_is_empty(reader_zone) ||
		(tz_offset(there, start_at) == tz_offset(here, start_at) &&
			tz_offset(there, end_at) == tz_offset(here, end_at)))
		return STR("");
	struct tz_wall from = tz_to_wall(here, start_at), to = tz_to_wall(here, end_at),
				   theirs = tz_to_wall(there, start_at);
	struct str times = times_words(t, &from, &to);
	if (same_date(&from, &theirs))
		return times;
	/* The year is that of the date beside it, or the one next to it. */
	return t_when_date_times(t, date_words(t, &from, here, start_at), times);
}

static struct str zone_words(const struct text *t, const struct tz *zone)
{
	struct str city = tz_city(t->arena, zone);
	return str_eq(city, STR("UTC")) ? city : t_when_zone(t, city);
}

struct str when_zone(const struct text *t, struct str zone)
{
	return zone_words(t, zone_of(zone));
}

struct str when_day_range(const struct text *t, int64_t start_at, int64_t end_at, struct str zone, int64_t now)
{
	const struct tz *z = zone_of(zone);
	struct tz_wall from = tz_to_wall(z, start_at), to = tz_to_wall(z, end_at);
	return t_when_day_range(t, date_words(t, &from, z, now), isolated(t, times_words(t, &from, &to)), zone_words(t, z));
}

struct str when_session(
	const struct text *t, int64_t starts_at, int64_t ends_at, int64_t days, struct str zone, int64_t now)
{
	if (days <= 1)
		return when_day_range(t, starts_at, ends_at, zone, now);
	const struct tz *z = zone_of(zone);
	struct tz_wall from = tz_to_wall(z, starts_at), to = tz_to_wall(z, ends_at);
	return t_when_several(
		t, date_words(t, &from, z, now), date_words(t, &to, z, now), days, clock_words(t, &from), zone_words(t, z));
}

struct str when_your_time(
	const struct text *t, int64_t start_at, int64_t end_at, struct str zone, struct str reader_zone)
{
	struct str yours = your_words(t, start_at, end_at, zone, reader_zone);
	return str_is_empty(yours) ? yours : t_when_your_time(t, isolated(t, yours));
}

struct str when_instant(const struct text *t, int64_t at, struct str zone, int64_t now)
{
	const struct tz *z = zone_of(zone);
	struct tz_wall w = tz_to_wall(z, at);
	return t_when_day_range(t, date_words(t, &w, z, now), clock_words(t, &w), zone_words(t, z));
}

struct str when_date(const struct text *t, int64_t at, struct str zone, int64_t now)
{
	const struct tz *z = zone_of(zone);
	struct tz_wall w = tz_to_wall(z, at);
	return date_words(t, &w, z, now);
}

struct str when_date_long(const struct text *t, int64_t at, struct str zone)
{
	struct tz_wall w = tz_to_wall(zone_of(zone), at);
	return t_when_date_year(t, weekdays[w.weekday](t), number(t, w.day), months[w.month - 1](t), number(t, w.year));
}

struct str when_time(const struct text *t, int64_t at, struct str zone)
{
	struct tz_wall w = tz_to_wall(zone_of(zone), at);
	return clock_words(t, &w);
}

struct str when_duration(const struct text *t, int64_t seconds)
{
	int64_t minutes = (seconds + 30) / 60;
	if (minutes < 60)
		return t_when_minutes(t, minutes);
	return minutes % 60 ? t_when_hours_minutes(t, minutes / 60, minutes % 60) : t_when_hours(t, minutes / 60);
}

struct str when_duration_days(const struct text *t, int64_t days, int64_t seconds)
{
	struct str sum = when_duration(t, seconds);
	return days > 1 ? t_when_days_total(t, days, sum) : sum;
}

struct str when_month(const struct text *t, int year, int month)
{
	return t_when_month_year(t, months[month - 1](t), number(t, year));
}

struct str when_weekday(const struct text *t, int weekday)
{
	return weekdays_short[weekday](t);
}

struct str when_weekday_long(const struct text *t, int weekday)
{
	return weekdays[weekday](t);
}

struct when_parts when_parts(
	const struct text *t, int64_t start_at, int64_t end_at, struct str zone, struct str reader_zone, int64_t now)
{
	const struct tz *z = zone_of(zone);
	struct tz_wall from = tz_to_wall(z, start_at), to = tz_to_wall(z, end_at);
	return (struct when_parts){
		.date = date_words(t, &from, z, now),
		.times = times_words(t, &from, &to),
		.zone = zone_words(t, z),
		.yours = your_words(t, start_at, end_at, zone, reader_zone),
		.iso_start = when_iso(t, start_at, zone),
		.iso_end = when_iso(t, end_at, zone),
	};
}

struct when_tile when_tile(const struct text *t, int64_t at, struct str zone)
{
	struct tz_wall w = tz_to_wall(zone_of(zone), at);
	return (struct when_tile){
		.iso = when_iso_date(t, at, zone),
		.month = months_short[w.month - 1](t),
		.day = number(t, w.day),
		.weekday = weekdays_short[w.weekday](t),
	};
}

struct str when_iso(const struct text *t, int64_t at, struct str zone)
{
	const struct tz *z = zone_of(zone);
	struct tz_wall w = tz_to_wall(z, at);
	int offset = tz_offset(z, at) / 60, size = offset < 0 ? -offset : offset;
	char *begin = arena_alloc(t->arena, sizeof "2030-01-31T09:00+01:00", 1), *p = put_date(begin, &w);
	*p++ = 'T';
	p = put_time(p, w.hour, w.minute);
	*p++ = offset < 0 ? '-' : '+';
	p = put_time(p, size / 60, size % 60);
	return (struct str){ begin, (size_t)(p - begin) };
}

struct str when_iso_date(const struct text *t, int64_t at, struct str zone)
{
	struct tz_wall w = tz_to_wall(zone_of(zone), at);
	char *begin = arena_alloc(t->arena, sizeof "2030-01-31", 1);
	return (struct str){ begin, (size_t)(put_date(begin, &w) - begin) };
}

struct str when_iso_time(const struct text *t, int64_t at, struct str zone)
{
	return when_time(t, at, zone);
}
