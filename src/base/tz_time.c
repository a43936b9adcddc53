/* Inside one zone: instants to wall time and back, and the yearly rule. */
#include "base/tz.h"
#include "base/date.h"
#include "base/tz_parse.h"

enum { DAY = 86400, YEAR = 366 * DAY, OFFSET_LIMIT = 26 * 3600 };
/* Years 1 to 9999: what the texts can say. Instants outside are moved to the nearest end, so nothing overflows. */
#define INSTANT_MIN INT64_C(-62135596800)
#define INSTANT_MAX INT64_C(253402300799)

static int64_t clamp(int64_t at)
{
	return at < INSTANT_MIN ? INSTANT_MIN : at > INSTANT_MAX ? INSTANT_MAX : at;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int year_of(int64_t at)
{
	int year, month, day;
	tz_from_days(floor_div(at, DAY), &year, &month, &day);
	return year;
}

/* ---- the footer's rule */

static int64_t day_of_change(const struct tz_change *c, int year)
{
	int64_t first = tz_days(year, 1, 1);
	if (c->form == TZ_DAY_ZERO)
		return first + c->day;
	if (c->form == TZ_DAY_JULIAN)
		return first + c->day - 1 + (date_is_leap(year) && c->day >= 60);
	first = tz_days(year, c->month, 1);
	int monday_based = (c->weekday + 6) % 7;
	int64_t day = first + (monday_based - date_weekday(first) + 7) % 7 + (c->week - 1) * 7;
	return day < first + date_month_days(year, c->month) ? day : day - 7;
}

static int64_t instant_of_change(const struct tz_change *c, int year, int offset_before)
{
	return day_of_change(c, year) * DAY + c->second - offset_before;
}

/* The changes of one year: [0] to daylight saving, [1] back. */
static void changes_of_year(const struct tz_footer *f, int year, int64_t at[2])
{
	at[0] = instant_of_change(&f->to_dst, year, f->std_offset);
	at[1] = instant_of_change(&f->to_std, year, f->dst_offset);
}

/* A change's time may lie a week outside its year, so the neighbors are asked too. */
static int footer_offset(const struct tz_footer *f, int64_t at)
{
	if (!f->has_dst)
		return f->std_offset;
	int64_t latest = INT64_MIN;
	bool dst = false;
	int year = year_of(at);
	for (int y = year - 2; y <= year + 1; y++) {
		int64_t change[2];
		changes_of_year(f, y, change);
		/* Daylight saving all year is written as an end at the very start of the next: the start wins. */
		if (change[1] <= at && change[1] > latest) {
			latest = change[1];
			dst = false;
		}
		if (change[0] <= at && change[0] >= latest) {
			latest = change[0];
			dst = true;
		}
	}
	return dst ? f->dst_offset : f->std_offset;
}

static bool footer_next(const struct tz_footer *f, int64_t after, int64_t *at)
{
	if (!f->has_dst)
		return false;
	int64_t next = INT64_MAX;
	int year = year_of(after);
	for (int y = year - 1; y <= year + 2; y++) {
		int64_t change[2];
		changes_of_year(f, y, change);
		for (int i = 0; i < 2; i++)
			if (change[i] > after && change[i] < next)
				next = change[i];
	}
	*at = next;
	return true;
}

/* ---- table and footer together */

/* How many transitions are at or before `at`. */
static size_t passed(const struct tz *z, int64_t at)
{
	size_t low = 0, high = z->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (z->at[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int tz_offset(const struct tz *z, int64_t at)
{
	at = clamp(at);
	size_t i = passed(z, at);
	if (i == z->n && z->footer.present)
		return footer_offset(&z->footer, at);
	return i ? z->offset[i - 1] : z->first_offset;
}

/* The next instant at which the offset may change; false when it never will. */
static bool next_change(const struct tz *z, int64_t after, int64_t *at)
{
	size_t i = passed(z, after);
	if (i == z->n)
		return footer_next(&z->footer, after, at);
	*at = z->at[i];
	return true;
}

struct tz_wall tz_to_wall(const struct tz *z, int64_t at)
{
	int64_t local = clamp(at) + tz_offset(z, at);
	int64_t days = floor_div(local, DAY);
	int second = (int)(local - days * DAY);
	struct tz_wall w = {
		.hour = second / 3600,
		.minute = second / 60 % 60,
		.second = second % 60,
		.weekday = date_weekday(days),
	};
	tz_from_days(days, &w.year, &w.month, &w.day);
	return w;
}

int64_t tz_to_instant(const struct tz *z, const struct tz_wall *w, int fold, enum tz_kind *kind)
{
	int64_t second_of_day = (int64_t)w->hour * 3600 + (int64_t)w->minute * 60 + w->second;
	int64_t local = clamp(tz_days(w->year, w->month, w->day) * DAY + second_of_day);
	/* Offsets divide the time around into stretches. In each the wall time names one instant, which counts when it
	 * lies in that stretch. Between a stretch that it is too late for and one that it is too early for is a gap. */
	int64_t found[2] = { 0 }, in_gap = local, start = INT64_MIN, end = local - OFFSET_LIMIT;
	int n = 0, offset = tz_offset(z, end);
	do {
		bool more = next_change(z, end, &end);
		if (!more)
			end = INT64_MAX;
		int64_t at = local - offset;
		if (at >= start && at < end && n < 2)
			found[n++] = at;
		if (!more)
			break;
		int next_offset = tz_offset(z, end);
		if (at >= end && local - next_offset < end)
			in_gap = at;
		start = end;
		offset = next_offset;
	} while (start <= local + OFFSET_LIMIT);

	if (kind)
		*kind = n == 0 ? TZ_SKIPPED : n == 1 ? TZ_ONCE : TZ_DOUBLED;
	if (n == 0)
		return in_gap;
	return n == 2 && fold ? found[1] : found[0];
}

/* ---- the yearly rule */

/* Whether a calendar can say it as "the second Sunday of March at 2:00". Times outside the day would name another day.
 */
static bool is_plain(const struct tz_change *c)
{
	return c->form == TZ_DAY_MONTH && c->second >= 0 && c->second < DAY;
}

static struct tz_rule plain_rule(const struct tz_change *c)
{
	return (struct tz_rule){ .month = c->month, .week = c->week, .weekday = (c->weekday + 6) % 7, .second = c->second };
}

static bool agrees_at(const struct tz *z, int64_t at)
{
	return footer_offset(&z->footer, at) == tz_offset(z, at) &&
		footer_offset(&z->footer, at - 1) == tz_offset(z, at - 1);
}

/* Whether the footer's rule already (still) holds from `from` to `to`. Both sides are steps, so looking at each step
 * of either is enough. */
static bool footer_holds(const struct tz *z, int64_t from, int64_t to)
{
	for (int64_t at = from; at <= to;) {
		if (!agrees_at(z, at))
			return false;
		int64_t next = to + 1, step;
		if (next_change(z, at, &step) && step < next)
			next = step;
		if (footer_next(&z->footer, at, &step) && step < next)
			next = step;
		at = next;
	}
	return true;
}

bool tz_yearly(const struct tz *z, int64_t at, struct tz_yearly *out)
{
	const struct tz_footer *f = &z->footer;
	at = clamp(at);
	if (!f->present || !footer_holds(z, at - YEAR, at + YEAR))
		return false;
	if (f->has_dst && (!is_plain(&f->to_dst) || !is_plain(&f->to_std) || f->dst_offset <= f->std_offset))
		return false;
	*out = (struct tz_yearly){ .has_dst = f->has_dst, .std_offset = f->std_offset, .std_name = f->std_name };
	if (f->has_dst) {
		out->dst_offset = f->dst_offset;
		out->dst_name = f->dst_name;
		out->to_dst = plain_rule(&f->to_dst);
		out->to_std = plain_rule(&f->to_std);
	}
	return true;
}
