#include "base/date.h"
#include "base/tz.h"

enum { YEAR_MIN = 1970, YEAR_MAX = 2200, EPOCH_WEEKDAY = 3 }; /* 1970-01-01 was a Thursday */

bool date_is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (month < 1 || month > 12)
		return 0;
	return month == 2 && date_is_leap(year) ? 29 : days[month - 1];
}

bool date_valid(struct date d)
{
	return d.year >= YEAR_MIN && d.year <= YEAR_MAX && d.day >= 1 && d.day <= date_month_days(d.year, d.month);
}

int64_t date_days(struct date d)
{
	return tz_days(d.year, d.month, d.day);
}

struct date date_from_days(int64_t days)
{
	struct date d;
	tz_from_days(days, &d.year, &d.month, &d.day);
	return d;
}

int date_weekday(int64_t days)
{
	int r = (int)(days % 7) + EPOCH_WEEKDAY;
	return (r + 7) % 7;
}

struct date_week date_iso_week(int64_t days)
{
	/* A week belongs to the year of its Thursday. */
	int64_t thursday = days - date_weekday(days) + 3;
	int year = date_from_days(thursday).year;
	return (struct date_week){ year, (int)((thursday - tz_days(year, 1, 1)) / 7) + 1 };
}

struct date date_add_months(struct date d, int months)
{
	int64_t month = (int64_t)d.year * 12 + d.month - 1 + months;
	int64_t year = month / 12 - (month % 12 < 0);
	d.year = (int)year;
	d.month = (int)(month - year * 12) + 1;
	int last = date_month_days(d.year, d.month);
	if (d.day > last)
		d.day = last;
	return d;
}

int64_t date_grid(int year, int month, int *weeks)
{
	int64_t first = tz_days(year, month, 1);
	int before = date_weekday(first);
	if (weeks)
		*weeks = (before + date_month_days(year, month) + 6) / 7;
	return first - before;
}

/* `n` digits at s.p[at]; -1 when something else stands there. */
static int number_at(struct str s, size_t at, size_t n)
{
	int v = 0;
	for (size_t i = at; i < at + n; i++) {
		if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

bool date_parse(struct str s, struct date *out)
{
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	struct date d = { number_at(s, 0, 4), number_at(s, 5, 2), number_at(s, 8, 2) };
	if (!date_valid(d))
		return false;
	*out = d;
	return true;
}

bool date_parse_month(struct str s, int *year, int *month)
{
	if (s.n != 7 || s.p[4] != '-')
		return false;
	struct date d = { number_at(s, 0, 4), number_at(s, 5, 2), 1 };
	if (!date_valid(d))
		return false;
	*year = d.year;
	*month = d.month;
	return true;
}

struct str date_format(struct arena *a, struct date d)
{
	return str_fmt(a, "%04d-%02d-%02d", d.year, d.month, d.day);
}
