#include "calendar/vtimezone.h"

enum { DAY = 86400, YEAR_1971 = 365 * DAY };

/* The day of the month on which a rule changes the clock. */
static int rule_day(const struct tz_rule *r, int year)
{
	int64_t first = tz_days(year, r->month, 1);
	/* Day 0 of the epoch was a Thursday: weekday 3. */
	int first_weekday = (int)((first + 3) % 7);
	int day = 1 + (r->weekday - first_weekday + 7) % 7 + 7 * (r->week - 1);
	int64_t next_month = r->month == 12 ? tz_days(year + 1, 1, 1) : tz_days(year, r->month + 1, 1);
	return first + day - 1 < next_month ? day : day - 7;
}

/* The same as seconds of wall time since 1970. */
static int64_t rule_wall(const struct tz_rule *r, int year)
{
	return tz_days(year, r->month, rule_day(r, year)) * DAY + r->second;
}

/* Times of day outside the day ("24:00", "-1:00") cannot be said as one BYDAY of one month. */
static bool rule_is_plain(const struct tz_rule *r)
{
	return r->month >= 1 && r->month <= 12 && r->week >= 1 && r->week <= 5 && r->weekday >= 0 && r->weekday <= 6 &&
		r->second >= 0 && r->second < DAY;
}

/* What a reader of our VTIMEZONE takes for the offset. */
static int said_offset(const struct tz_yearly *y, int64_t at)
{
	int year, month, day;
	if (!y->has_dst)
		return y->std_offset;
	tz_from_days((at + y->std_offset) / DAY, &year, &month, &day);
	int64_t to_dst = rule_wall(&y->to_dst, year) - y->std_offset, to_std = rule_wall(&y->to_std, year) - y->dst_offset;
	bool dst = to_dst < to_std ? at >= to_dst && at < to_std : at >= to_dst || at < to_std;
	return dst ? y->dst_offset : y->std_offset;
}

static bool happens_once(const struct tz *z, int64_t at)
{
	struct tz_wall w = tz_to_wall(z, at);
	enum tz_kind kind;
	return tz_to_instant(z, &w, 0, &kind) == at && kind == TZ_ONCE;
}

static bool same_rule(const struct tz_rule *a, const struct tz_rule *b)
{
	return a->month == b->month && a->week == b->week && a->weekday == b->weekday && a->second == b->second;
}

bool vtimezone_same_rules(const struct tz_yearly *a, const struct tz_yearly *b)
{
	if (a->has_dst != b->has_dst || a->std_offset != b->std_offset || !str_eq(a->std_name, b->std_name))
		return false;
	return !a->has_dst ||
		(a->dst_offset == b->dst_offset && str_eq(a->dst_name, b->dst_name) && same_rule(&a->to_dst, &b->to_dst) &&
			same_rule(&a->to_std, &b->to_std));
}

static bool can_say(const struct tz *z, int64_t start_at, int64_t end_at, struct tz_yearly *rules)
{
	struct tz_yearly at_end;
	/* UTC itself has a shorter form, and the rules below start in 1970. */
	if (str_eq(tz_id(z), STR("UTC")) || str_starts(tz_id(z), STR("Etc/")) || start_at < YEAR_1971 || end_at < YEAR_1971)
		return false;
	if (!happens_once(z, start_at) || !happens_once(z, end_at))
		return false;
	if (!tz_yearly(z, start_at, rules) || !tz_yearly(z, end_at, &at_end) || !vtimezone_same_rules(rules, &at_end))
		return false;
	if (rules->std_offset % 60 != 0 || (rules->has_dst && rules->dst_offset % 60 != 0))
		return false;
	if (rules->has_dst && (!rule_is_plain(&rules->to_dst) || !rule_is_plain(&rules->to_std)))
		return false;
	return said_offset(rules, start_at) == tz_offset(z, start_at) && said_offset(rules, end_at) == tz_offset(z, end_at);
}

/* Invitations to one session follow one another, so the last answer is often the next. */
bool vtimezone_can_say(const struct tz *z, int64_t start_at, int64_t end_at, struct tz_yearly *rules)
{
	static _Thread_local struct {
		const struct tz *z;
		int64_t start_at, end_at;
		bool can;
		struct tz_yearly rules;
	} last;
	if (last.z != z || last.start_at != start_at || last.end_at != end_at) {
		last.can = can_say(z, start_at, end_at, &last.rules);
		last.z = z;
		last.start_at = start_at;
		last.end_at = end_at;
	}
	*rules = last.rules;
	return last.can;
}

static void put_offset(struct buf *out, const char *name, int offset)
{
	int minutes = (offset < 0 ? -offset : offset) / 60;
	buf_fmt(out, "%s:%c%02d%02d\r\n", name, offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static void put_observance(
	struct buf *out, const char *kind, int from, int to, struct str name, const struct tz_rule *rule)
{
	static const char weekdays[][3] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };
	buf_fmt(out, "BEGIN:%s\r\n", kind);
	if (rule)
		buf_fmt(out, "DTSTART:1970%02d%02dT%02d%02d%02d\r\nRRULE:FREQ=YEARLY;BYDAY=%d%s;BYMONTH=%d\r\n", rule->month,
			rule_day(rule, 1970), rule->second / 3600, rule->second / 60 % 60, rule->second % 60,
			rule->week == 5 ? -1 : rule->week, weekdays[rule->weekday], rule->month);
	else
		BUF_LIT(out, "DTSTART:19700101T000000\r\n");
	put_offset(out, "TZOFFSETFROM", from);
	put_offset(out, "TZOFFSETTO", to);
	/* Zones without a word for their time are named by the offset ("-03"), which says nothing new. */
	if (name.n > 0 && name.p[0] != '+' && name.p[0] != '-')
		buf_fmt(out, "TZNAME:" STR_FMT "\r\n", STR_ARG(name));
	buf_fmt(out, "END:%s\r\n", kind);
}

void vtimezone_put(struct buf *out, struct str id, const struct tz_yearly *y)
{
	int from = y->has_dst ? y->dst_offset : y->std_offset;
	buf_fmt(out, "BEGIN:VTIMEZONE\r\nTZID:" STR_FMT "\r\nX-LIC-LOCATION:" STR_FMT "\r\n", STR_ARG(id), STR_ARG(id));
	put_observance(out, "STANDARD", from, y->std_offset, y->std_name, y->has_dst ? &y->to_std : NULL);
	if (y->has_dst)
		put_observance(out, "DAYLIGHT", y->std_offset, y->dst_offset, y->dst_name, &y->to_dst);
	BUF_LIT(out, "END:VTIMEZONE\r\n");
}
