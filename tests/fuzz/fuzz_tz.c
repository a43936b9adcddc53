/* Zone files and footers of any bytes: refused, or a zone that keeps its promises. Also the texts of times. */
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/log.h"
#include "base/tz.h"
#include "base/tz_parse.h"

enum { OFFSET_LIMIT = 26 * 3600 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_instant(const struct tz *z, int64_t at)
{
	int offset = tz_offset(z, at);
	must(offset > -OFFSET_LIMIT && offset < OFFSET_LIMIT);
	struct tz_wall w = tz_to_wall(z, at);
	must(w.month >= 1 && w.month <= 12 && w.day >= 1 && w.day <= date_month_days(w.year, w.month));
	must(w.hour < 24 && w.minute < 60 && w.second < 60 && w.weekday == date_weekday(tz_days(w.year, w.month, w.day)));

	/* A wall time that was read off a clock exists; what it is read back to shows the same. */
	enum tz_kind kind;
	int64_t first = tz_to_instant(z, &w, 0, &kind), second = tz_to_instant(z, &w, 1, NULL);
	must(kind != TZ_SKIPPED && first <= at && first <= second && (kind == TZ_DOUBLED) == (first != second));
	must(first + tz_offset(z, first) == at + offset && second + tz_offset(z, second) == at + offset);
	must(kind != TZ_ONCE || first == at);
}

static void check_zone(const struct tz *z)
{
	static const int64_t instants[] = { -3000000000, -1, 0, 951782400, 1806195599, 1806197400, 1824942600, 4102444799,
		7258118399 };
	struct tz_yearly yearly;
	for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
		check_instant(z, instants[i]);
		if (tz_yearly(z, instants[i], &yearly))
			must(!yearly.has_dst || (yearly.dst_offset > yearly.std_offset && yearly.to_dst.second < 86400));
	}
	for (size_t i = 0; i < z->n && i < 20; i++)
		if (z->at[i] > -60000000000 && z->at[i] < 250000000000)
			for (int64_t d = -1; d <= 1; d++)
				check_instant(z, z->at[i] + d);
	tz_offset(z, INT64_MIN);
	tz_to_wall(z, INT64_MAX);
	struct tz_wall far = {
		.year = INT32_MAX, .month = INT32_MIN, .day = INT32_MAX, .hour = INT32_MIN, .second = INT32_MAX
	};
	tz_to_instant(z, &far, 0, NULL);
}

static void check_texts(struct arena *a, struct str s)
{
	int64_t at, again;
	struct tz_wall w;
	struct date d;
	if (tz_rfc3339_parse(s, &at)) {
		struct str text = tz_rfc3339(a, at);
		must(text.n == 20 && tz_rfc3339_parse(text, &again));
	}
	if (tz_wall_parse(s, &w))
		must(tz_wall_valid(&w) && str_eq(tz_wall_format(a, &w), s));
	if (date_parse(s, &d))
		must(date_valid(d) && str_eq(date_format(a, d), s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct str s = { (const char *)data, size };
	struct tz z;
	if (tz_parse(a, s, &z))
		check_zone(&z);
	z = (struct tz){ 0 };
	if (tz_parse_footer(a, s, &z.footer))
		check_zone(&z);
	check_texts(a, s);
	return 0;
}
