/* Days, wall times and instants as numbers and as text. No zone is needed here. */
#include "base/tz.h"
#include "base/date.h"

enum { DAY = 86400 };

/* Day and month counts that start in March put the leap day at the end of the year. An era is 400 years. */
enum { ERA_DAYS = 146097, EPOCH_FROM_MARCH_0 = 719468 };

int64_t tz_days(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * ERA_DAYS + day_of_era - EPOCH_FROM_MARCH_0;
}

void tz_from_days(int64_t days, int *year, int *month, int *day)
{
	/* Some millions of years either way are enough, and fit an int. */
	const int64_t limit = INT64_C(1000000000);
	days = days < -limit ? -limit : days > limit ? limit : days;
	days += EPOCH_FROM_MARCH_0;
	int64_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
	int64_t day_of_era = days - era * ERA_DAYS;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (ERA_DAYS - 1)) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t march_month = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * march_month + 2) / 5) + 1;
	*month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

/* ---- reading: one piece after the other off the front */

static bool take_char(struct str *s, char c)
{
	if (!s->n || s->p[0] != c)
		return false;
	*s = str_sub(*s, 1, s->n);
	return true;
}

static bool take_digits(struct str *s, size_t n, int *out)
{
	int v = 0;
	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = str_sub(*s, n, s->n);
	*out = v;
	return true;
}

static bool take_day(struct str *s, struct tz_wall *w)
{
	return take_digits(s, 4, &w->year) && take_char(s, '-') && take_digits(s, 2, &w->month) && take_char(s, '-') &&
		take_digits(s, 2, &w->day);
}

static bool take_minute(struct str *s, int *hour, int *minute)
{
	return take_digits(s, 2, hour) && take_char(s, ':') && take_digits(s, 2, minute) && *hour <= 23 && *minute <= 59;
}

bool tz_wall_valid(const struct tz_wall *w)
{
	return date_valid((struct date){ w->year, w->month, w->day }) && w->hour >= 0 && w->hour <= 23 && w->minute >= 0 &&
		w->minute <= 59 && w->second >= 0 && w->second <= 59;
}

bool tz_wall_parse(struct str s, struct tz_wall *out)
{
	struct tz_wall w = { 0 };
	if (!take_day(&s, &w) || !take_char(&s, 'T') || !take_minute(&s, &w.hour, &w.minute) || s.n || !tz_wall_valid(&w))
		return false;
	w.weekday = date_weekday(tz_days(w.year, w.month, w.day));
	*out = w;
	return true;
}

struct str tz_wall_format(struct arena *a, const struct tz_wall *w)
{
	return str_fmt(a, "%04d-%02d-%02dT%02d:%02d", w->year, w->month, w->day, w->hour, w->minute);
}

/* "Z" or "+02:00" */
static bool take_offset(struct str *s, int *seconds)
{
	*seconds = 0;
	if (take_char(s, 'Z') || take_char(s, 'z'))
		return true;
	int sign = take_char(s, '-') ? -1 : 1, hours, minutes;
	if ((sign > 0 && !take_char(s, '+')) || !take_minute(s, &hours, &minutes))
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool tz_rfc3339_parse(struct str s, int64_t *out)
{
	struct tz_wall w = { 0 };
	int offset, digit;
	if (!take_day(&s, &w) || w.day < 1 || w.day > date_month_days(w.year, w.month))
		return false;
	if (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' '))
		return false;
	/* Second 60 is a leap second: the next minute begins. */
	if (!take_minute(&s, &w.hour, &w.minute) || !take_char(&s, ':') || !take_digits(&s, 2, &w.second) || w.second > 60)
		return false;
	if (take_char(&s, '.')) {
		if (!take_digits(&s, 1, &digit))
			return false;
		while (take_digits(&s, 1, &digit))
			;
	}
	if (!take_offset(&s, &offset) || s.n)
		return false;
	*out = tz_days(w.year, w.month, w.day) * DAY + w.hour * 3600 + w.minute * 60 + w.second - offset;
	return true;
}

struct str tz_rfc3339(struct arena *a, int64_t at)
{
	/* Four digits are all a year has here. */
	const int64_t first = tz_days(0, 1, 1) * DAY, last = tz_days(10000, 1, 1) * DAY - 1;
	at = at < first ? first : at > last ? last : at;
	int64_t days = at / DAY - (at % DAY < 0);
	int second = (int)(at - days * DAY), year, month, day;
	tz_from_days(days, &year, &month, &day);
	return str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, second / 3600, second / 60 % 60, second % 60);
}
