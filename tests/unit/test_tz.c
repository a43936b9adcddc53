/* Time zones, compared with what Python's zoneinfo says (tz_expect.txt), and with broken files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/tz.h"
#include "base/tz_parse.h"

static struct tz_wall wall(const char *text)
{
	struct tz_wall w = { 0 };
	if (!tz_wall_parse(str_from(text), &w))
		fail_msg("%s is no wall time", text);
	return w;
}

static const struct tz *zone(const char *id)
{
	const struct tz *z = tz_get(str_from(id));
	if (!z)
		fail_msg("no zone %s", id);
	return z;
}

static const char *const kinds[] = { "once", "skipped", "doubled" };

static void check_wall(const struct tz *z, const char *text, const char *kind, int64_t first, int64_t second)
{
	struct tz_wall w = wall(text);
	for (int fold = 0; fold < 2; fold++) {
		enum tz_kind got_kind;
		int64_t want = fold ? second : first, got = tz_to_instant(z, &w, fold, &got_kind);
		if (got != want || strcmp(kinds[got_kind], kind) != 0)
			fail_msg("%s %s fold %d: %lld %s instead of %lld %s", tz_id(z).p, text, fold, (long long)got,
				kinds[got_kind], (long long)want, kind);
	}
	if (strcmp(kind, "skipped") == 0)
		return;
	/* And back. */
	struct tz_wall again = tz_to_wall(z, second);
	assert_memory_equal(&again, &w, sizeof w);
}

static void test_agrees_with_zoneinfo(void **state)
{
	(void)state;
	FILE *f = fopen("tests/unit/tz_expect.txt", "r");
	assert_non_null(f);
	const struct tz *z = NULL;
	char line[128], name[64], kind[16];
	long long first, second;
	int offset, checks = 0;
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "zone %63s", name) == 1) {
			z = zone(name);
		} else if (sscanf(line, "at %lld %d", &first, &offset) == 2) {
			if (tz_offset(z, first) != offset)
				fail_msg("%s at %lld: %d instead of %d", tz_id(z).p, first, tz_offset(z, first), offset);
			checks++;
		} else if (sscanf(line, "wall %63s %15s %lld %lld", name, kind, &first, &second) == 4) {
			check_wall(z, name, kind, first, second);
			checks++;
		} else {
			assert_int_equal(line[0], '#');
		}
	}
	fclose(f);
	assert_true(checks > 2000);
}

static void test_offsets_of_every_zone_are_sane_far_away(void **state)
{
	(void)state;
	size_t n;
	const struct str *all = tz_all(&n);
	static const int64_t instants[] = { INT64_MIN, -5000000000, -1, 0, 4102444800, 7258118399, 100000000000,
		INT64_MAX };
	for (size_t i = 0; i < n; i++) {
		const struct tz *z = tz_get(all[i]);
		if (!z)
			fail_msg("%s is offered but cannot be read", all[i].p);
		for (size_t k = 0; k < sizeof instants / sizeof *instants; k++) {
			int offset = tz_offset(z, instants[k]);
			assert_in_range(offset + 26 * 3600, 0, 52 * 3600);
			struct tz_wall w = tz_to_wall(z, instants[k]);
			assert_in_range(w.month, 1, 12);
		}
	}
}

static void test_names_that_are_no_zones(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"Europe/Nowhere",
		"../zoneinfo/Europe/Berlin",
		"Europe/../Europe/Berlin",
		"/usr/share/zoneinfo/Europe/Berlin",
		"Europe",
		"Europe/",
		"Europe//Berlin",
		"Europe/Berlin ",
		"Europe\\Berlin",
		"tzdata.zi",
		"zone1970.tab",
		"leapseconds",
		"localtime",
		"posixrules",
		"posix/Europe/Berlin",
		"right/Europe/Berlin",
		"Europe/Berl\xc3\xadn",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (tz_get(str_from(bad[i])))
			fail_msg("%s is a zone?", bad[i]);
	assert_null(tz_get(STR_NULL));
	assert_null(tz_get(STR("Europe/Berlin\0")));
}

static void test_a_zone_is_loaded_once(void **state)
{
	(void)state;
	assert_ptr_equal(zone("Europe/Berlin"), zone("Europe/Berlin"));
	assert_ptr_not_equal(zone("Europe/Berlin"), zone("Europe/Paris"));
	assert_string_equal(tz_id(zone("Europe/Berlin")).p, "Europe/Berlin");
}

static void test_city(void **state)
{
	ARENA_SCOPED a = arena_new();
	(void)state;
	assert_string_equal(tz_city(a, zone("Europe/Berlin")).p, "Berlin");
	assert_string_equal(tz_city(a, zone("America/New_York")).p, "New York");
	assert_string_equal(tz_city(a, zone("America/Argentina/Buenos_Aires")).p, "Buenos Aires");
	assert_string_equal(tz_city(a, zone("UTC")).p, "UTC");
}

static bool offered(const char *id)
{
	size_t n;
	const struct str *all = tz_all(&n);
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i], str_from(id)))
			return true;
	return false;
}

static void test_all_zones_are_cities_in_order(void **state)
{
	(void)state;
	size_t n;
	const struct str *all = tz_all(&n);
	assert_true(n > 300);
	for (size_t i = 1; i < n; i++)
		assert_true(str_cmp(all[i - 1], all[i]) < 0);
	assert_true(offered("Europe/Berlin") && offered("Asia/Kolkata") && offered("UTC"));
	assert_false(offered("Asia/Calcutta") || offered("US/Eastern") || offered("Etc/GMT+5") || offered("CET"));
}

/* ---- the yearly rule */

static int64_t noon(int year, int month, int day)
{
	return tz_days(year, month, day) * 86400 + 43200;
}

static void assert_rule(struct tz_rule r, int month, int week, int weekday, int second)
{
	assert_int_equal(r.month, month);
	assert_int_equal(r.week, week);
	assert_int_equal(r.weekday, weekday);
	assert_int_equal(r.second, second);
}

static void test_yearly_rule(void **state)
{
	(void)state;
	struct tz_yearly y;
	assert_true(tz_yearly(zone("Europe/Berlin"), noon(2027, 6, 1), &y));
	assert_true(y.has_dst);
	assert_int_equal(y.std_offset, 3600);
	assert_int_equal(y.dst_offset, 7200);
	assert_true(str_eq(y.std_name, STR("CET")) && str_eq(y.dst_name, STR("CEST")));
	assert_rule(y.to_dst, 3, 5, 6, 7200);
	assert_rule(y.to_std, 10, 5, 6, 10800);

	/* The south: the year begins in summer. */
	assert_true(tz_yearly(zone("Australia/Sydney"), noon(2045, 1, 1), &y));
	assert_int_equal(y.dst_offset, 11 * 3600);
	assert_rule(y.to_dst, 10, 1, 6, 7200);
	assert_rule(y.to_std, 4, 1, 6, 10800);

	assert_true(tz_yearly(zone("Australia/Lord_Howe"), noon(2030, 1, 1), &y));
	assert_int_equal(y.dst_offset - y.std_offset, 1800);
}

static void test_yearly_rule_without_daylight_saving(void **state)
{
	(void)state;
	struct tz_yearly y;
	assert_true(tz_yearly(zone("Asia/Kolkata"), noon(2027, 6, 1), &y));
	assert_false(y.has_dst);
	assert_int_equal(y.std_offset, 19800);
	assert_true(str_eq(y.std_name, STR("IST")));
	assert_true(tz_yearly(zone("America/Sao_Paulo"), noon(2027, 6, 1), &y));
	assert_true(str_eq(y.std_name, STR("-03")));
	assert_true(tz_yearly(zone("UTC"), noon(2027, 6, 1), &y));
}

static void test_no_yearly_rule(void **state)
{
	(void)state;
	struct tz_yearly y;
	/* Winter time is the exception there. */
	assert_false(tz_yearly(zone("Europe/Dublin"), noon(2027, 6, 1), &y));
	/* Ramadan. */
	assert_false(tz_yearly(zone("Africa/Casablanca"), noon(2024, 3, 1), &y));
	/* The law changed in 2007; a year later nobody notices any more. */
	assert_false(tz_yearly(zone("America/New_York"), noon(2006, 9, 1), &y));
	assert_true(tz_yearly(zone("America/New_York"), noon(2008, 9, 1), &y));
	/* Brazil's last daylight saving ended in February 2019. */
	assert_false(tz_yearly(zone("America/Sao_Paulo"), noon(2019, 12, 1), &y));
	assert_true(tz_yearly(zone("America/Sao_Paulo"), noon(2020, 6, 1), &y));
	/* "The Friday before the last Sunday" is no weekday of the month. */
	assert_false(tz_yearly(zone("Asia/Jerusalem"), noon(2027, 6, 1), &y));
}

/* When a rule of the year 2027 strikes, computed here from what a calendar program would be told. */
static int64_t strikes(struct tz_rule r, int offset_before)
{
	int64_t first = tz_days(2027, r.month, 1), next = tz_days(2027 + r.month / 12, r.month % 12 + 1, 1);
	int64_t day = first;
	for (int found = 0; day < next; day++) {
		bool is_weekday = (day + 3) % 7 == r.weekday;
		found += is_weekday;
		if (is_weekday && (r.week == 5 ? day + 7 >= next : found == r.week))
			break;
	}
	return day * 86400 + r.second - offset_before;
}

static void test_yearly_rules_say_what_the_zones_do(void **state)
{
	(void)state;
	size_t n, with_dst = 0, without = 0;
	const struct str *all = tz_all(&n);
	for (size_t i = 0; i < n; i++) {
		const struct tz *z = tz_get(all[i]);
		struct tz_yearly y;
		if (!tz_yearly(z, noon(2027, 6, 1), &y))
			continue;
		int64_t to_dst = y.has_dst ? strikes(y.to_dst, y.std_offset) : INT64_MAX;
		int64_t to_std = y.has_dst ? strikes(y.to_std, y.dst_offset) : INT64_MAX;
		bool south = to_std < to_dst;
		for (int64_t at = noon(2027, 1, 2); at < noon(2027, 12, 30); at += 3600) {
			bool dst = y.has_dst && (south ? at < to_std || at >= to_dst : at >= to_dst && at < to_std);
			if (tz_offset(z, at) != (dst ? y.dst_offset : y.std_offset))
				fail_msg("%s has another offset at %lld", all[i].p, (long long)at);
		}
		with_dst += y.has_dst;
		without += !y.has_dst;
	}
	assert_true(with_dst > 80 && without > 200);
}

/* ---- footers */

/* A zone that is nothing but its footer. */
static struct tz footer_zone(struct arena *a, const char *text)
{
	struct tz z = { 0 };
	if (!tz_parse_footer(a, str_from(text), &z.footer) || !z.footer.present)
		fail_msg("%s is no footer", text);
	return z;
}

static void test_footer_forms(void **state)
{
	ARENA_SCOPED a = arena_new();
	(void)state;
	struct tz z = footer_zone(a, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
	assert_int_equal(z.footer.std_offset, -7200);
	assert_int_equal(z.footer.dst_offset, -3600);
	assert_int_equal(z.footer.to_dst.second, -3600);
	assert_true(str_eq(z.footer.std_name, STR("-02")));
	z = footer_zone(a, "ABC-5:30:15");
	assert_int_equal(z.footer.std_offset, 5 * 3600 + 30 * 60 + 15);
	assert_false(z.footer.has_dst);
	z = footer_zone(a, "IST-2IDT,M3.4.4/26,M10.5.0");
	assert_int_equal(z.footer.to_dst.second, 26 * 3600);

	static const char *const bad[] = {
		"A",
		"AB1",
		"CET",
		"CET-1CEST",
		"CET-1CEST,M3.5.0",
		"CET-1CEST,M3.5.0,M13.5.0",
		"CET-1CEST,M3.5.0,M10.6.0",
		"CET-1CEST,M3.5.0,M10.5.7",
		"CET-1CEST,M3.5.0/168,M10.5.0",
		"CET-1CEST,J0,J5",
		"CET-1CEST,J366,J5",
		"CET-1CEST,366,5",
		"CET-25",
		"CET-1:60",
		"<CET-1",
		"CET-1,M3.5.0,M10.5.0",
		"CET-1CEST,M3.5.0,M10.5.0x",
		"CET-1CEST,M3.5.0,M10.5.0,",
		"<+1>1",
		"CET-1 ",
		"CET-99999999999",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (tz_parse_footer(a, str_from(bad[i]), &z.footer))
			fail_msg("%s is a footer?", bad[i]);
}

static void test_footer_days(void **state)
{
	ARENA_SCOPED a = arena_new();
	(void)state;
	/* J60 is 1 March in every year, 59 (from zero) is 29 February in a leap year. */
	struct tz z = footer_zone(a, "AAA0BBB,J60/0,J300/0");
	assert_int_equal(tz_offset(&z, tz_days(2028, 3, 1) * 86400 - 1), 0);
	assert_int_equal(tz_offset(&z, tz_days(2028, 3, 1) * 86400), 3600);
	assert_int_equal(tz_offset(&z, tz_days(2027, 3, 1) * 86400), 3600);
	z = footer_zone(a, "AAA0BBB,59/0,300/0");
	assert_int_equal(tz_offset(&z, tz_days(2028, 2, 29) * 86400 - 1), 0);
	assert_int_equal(tz_offset(&z, tz_days(2028, 2, 29) * 86400), 3600);
	assert_int_equal(tz_offset(&z, tz_days(2027, 3, 1) * 86400), 3600);

	/* Daylight saving all year (RFC 9636, 3.3.2). */
	z = footer_zone(a, "EST5EDT,0/0,J365/25");
	for (int day = -3; day < 400; day++)
		for (int hour = 0; hour < 24; hour++)
			assert_int_equal(tz_offset(&z, (tz_days(2027, 1, 1) + day) * 86400 + hour * 3600), -4 * 3600);

	/* A change on the last day of the year, a week late, belongs to January. */
	z = footer_zone(a, "AAA0BBB,M6.1.0,J365/167");
	assert_int_equal(tz_offset(&z, noon(2028, 1, 3)), 3600);
	assert_int_equal(tz_offset(&z, noon(2028, 1, 9)), 0);
}

static void test_wide_gaps_and_overlaps(void **state)
{
	ARENA_SCOPED a = arena_new();
	(void)state;
	/* A whole day that nobody had (Samoa, 30 December 2011), and one had twice (Kwajalein the other way round). */
	const struct tz *z = zone("Pacific/Apia");
	struct tz_wall w = wall("2011-12-30T12:00");
	enum tz_kind kind;
	int64_t at = tz_to_instant(z, &w, 0, &kind);
	assert_int_equal(kind, TZ_SKIPPED);
	assert_int_equal(at, noon(2011, 12, 30) + 10 * 3600);

	struct tz two = footer_zone(a, "AAA-12BBB12,J100/0,J200/0");
	w = wall("2027-04-09T12:00");
	at = tz_to_instant(&two, &w, 0, &kind);
	assert_int_equal(kind, TZ_DOUBLED);
	assert_int_equal(tz_to_instant(&two, &w, 1, NULL) - at, 24 * 3600);
}

/* ---- files */

static void put_u32(char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(v >> (24 - 8 * i));
}

/* A file with one transition at 1000000000, from +1 h to +2 h, and the footer "AAA-2\n". */
static size_t small_file(char out[256])
{
	char *p = out;
	for (int block = 0; block < 2; block++) {
		memset(p, 0, 44);
		snprintf(p, 44, "TZif2");
		put_u32(p + 32, 1);
		put_u32(p + 36, 2);
		put_u32(p + 40, 4);
		p += 44;
		if (block)
			put_u32(p, 0), p += 4;
		put_u32(p, 1000000000), p += 4;
		*p++ = 1;
		memset(p, 0, 12);
		put_u32(p, 3600);
		put_u32(p + 6, 7200);
		p += 12;
		memcpy(p, "AAA", 4), p += 4;
	}
	memcpy(p, "\nAAA-2\n", 7);
	return (size_t)(p + 7 - out);
}

static void test_small_file(void **state)
{
	ARENA_SCOPED a = arena_new();
	(void)state;
	char file[256];
	size_t n = small_file(file);
	struct tz z;
	assert_true(tz_parse(a, (struct str){ file, n }, &z));
	assert_int_equal(tz_offset(&z, 999999999), 3600);
	assert_int_equal(tz_offset(&z, 1000000000), 7200);
}

static void test_truncated_files_are_refused(void **state)
{
	ARENA_SCOPED a = arena_new();
	(void)state;
	char file[256];
	size_t n = small_file(file);
	struct tz z;
	for (size_t i = 0; i < n; i++) {
		/* Exactly as much memory as there are bytes, for the sanitizer to see a step too far. */
		char *copy = malloc(i ? i : 1);
		memcpy(copy, file, i);
		if (tz_parse(a, (struct str){ copy, i }, &z))
			fail_msg("accepted with %zu of %zu bytes", i, n);
		free(copy);
	}
}

static void assert_refused(size_t at, uint32_t value)
{
	ARENA_SCOPED a = arena_new();
	char file[256];
	size_t n = small_file(file);
	struct tz z;
	put_u32(file + at, value);
	if (tz_parse(a, (struct str){ file, n }, &z))
		fail_msg("accepted with %u at %zu", value, at);
}

static void test_hostile_files_are_refused(void **state)
{
	(void)state;
	enum { FIRST = 44, SECOND = FIRST + 4 + 1 + 12 + 4, DATA = SECOND + 44 };
	for (size_t count = 20; count < 44; count += 4) {
		assert_refused(count, 0xffffffff);
		assert_refused(SECOND + count, 0xffffffff);
	}
	assert_refused(0, 0);
	assert_refused(4, 0);                 /* version 1 has no second block */
	assert_refused(SECOND + 36, 0);       /* no types */
	assert_refused(DATA + 8, 0x02000000); /* a type that is not there */
	assert_refused(DATA + 9, 27 * 3600);  /* offset out of range */
	assert_refused(DATA + 9, 0x80000000);
	assert_refused(DATA + 13, 0x02000000); /* neither standard nor daylight saving time */
}

/* ---- text */

static void test_days(void **state)
{
	(void)state;
	assert_int_equal(tz_days(1970, 1, 1), 0);
	assert_int_equal(tz_days(2000, 3, 1), 11017);
	assert_int_equal(tz_days(1969, 12, 31), -1);
	assert_int_equal(tz_days(0, 3, 1), -719468);
	int64_t days = tz_days(1599, 12, 30);
	for (int year = 1600; year < 2402; year++) {
		for (int month = 1; month <= 12; month++) {
			int64_t first = tz_days(year, month, 1);
			assert_true(first > days);
			days = first;
		}
	}
	for (days = -800000; days < 800000; days += 13) {
		int y, m, d;
		tz_from_days(days, &y, &m, &d);
		assert_int_equal(tz_days(y, m, d), days);
	}
	int y, m, d;
	tz_from_days(INT64_MAX, &y, &m, &d);
	tz_from_days(INT64_MIN, &y, &m, &d);
}

static void test_wall_text(void **state)
{
	ARENA_SCOPED a = arena_new();
	(void)state;
	struct tz_wall w = wall("2027-03-28T02:05");
	assert_int_equal(w.weekday, 6);
	assert_int_equal(w.minute, 5);
	assert_string_equal(tz_wall_format(a, &w).p, "2027-03-28T02:05");
	static const char *const bad[] = {
		"",
		"2027-03-28",
		"2027-03-28T",
		"2027-03-28T2:05",
		"2027-03-28 02:05",
		"2027-03-28T02:05:00",
		"2027-03-28T02:05Z",
		"2027-02-29T02:05",
		"2027-13-01T02:05",
		"2027-00-01T02:05",
		"2027-01-00T02:05",
		"2027-01-01T24:00",
		"2027-01-01T23:60",
		"1969-12-31T23:59",
		"2201-01-01T00:00",
		"-027-01-01T00:00",
		"+2027-01-01T00:0",
		" 027-01-01T00:00",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (tz_wall_parse(str_from(bad[i]), &w))
			fail_msg("%s is a wall time?", bad[i]);
}

static int64_t instant(const char *text)
{
	int64_t at;
	if (!tz_rfc3339_parse(str_from(text), &at))
		fail_msg("%s is no instant", text);
	return at;
}

static void test_rfc3339(void **state)
{
	ARENA_SCOPED a = arena_new();
	(void)state;
	assert_int_equal(instant("1970-01-01T00:00:00Z"), 0);
	assert_int_equal(instant("2027-03-28T02:30:00+01:00"), 1806197400);
	assert_int_equal(instant("2027-03-27t21:30:00.999-04:00"), 1806197400);
	assert_int_equal(instant("1969-12-31 23:59:59.5z"), -1);
	assert_int_equal(instant("2016-12-31T23:59:60Z"), instant("2017-01-01T00:00:00Z"));
	assert_string_equal(tz_rfc3339(a, 1806197400).p, "2027-03-28T01:30:00Z");
	assert_string_equal(tz_rfc3339(a, -1).p, "1969-12-31T23:59:59Z");
	assert_string_equal(tz_rfc3339(a, INT64_MAX).p, "9999-12-31T23:59:59Z");
	assert_string_equal(tz_rfc3339(a, INT64_MIN).p, "0000-01-01T00:00:00Z");
	static const char *const bad[] = {
		"",
		"2027-03-28",
		"2027-03-28T02:30:00",
		"2027-03-28T02:30Z",
		"2027-03-28T02:30:00.Z",
		"2027-03-28T02:30:00+1:00",
		"2027-03-28T02:30:00+0100",
		"2027-03-28T02:30:00+24:00",
		"2027-03-28T02:30:61Z",
		"2027-02-29T00:00:00Z",
		"2027-03-28T24:00:00Z",
		"2027-03-28T02:30:00Z ",
		"2027-03-28T02:30:00ZZ",
		"2027-3-28T02:30:00Z",
	};
	int64_t at;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (tz_rfc3339_parse(str_from(bad[i]), &at))
			fail_msg("%s is an instant?", bad[i]);
}

int main(void)
{
	tz_init(NULL);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_zoneinfo),
		cmocka_unit_test(test_offsets_of_every_zone_are_sane_far_away),
		cmocka_unit_test(test_names_that_are_no_zones),
		cmocka_unit_test(test_a_zone_is_loaded_once),
		cmocka_unit_test(test_city),
		cmocka_unit_test(test_all_zones_are_cities_in_order),
		cmocka_unit_test(test_yearly_rule),
		cmocka_unit_test(test_yearly_rule_without_daylight_saving),
		cmocka_unit_test(test_no_yearly_rule),
		cmocka_unit_test(test_yearly_rules_say_what_the_zones_do),
		cmocka_unit_test(test_footer_forms),
		cmocka_unit_test(test_footer_days),
		cmocka_unit_test(test_wide_gaps_and_overlaps),
		cmocka_unit_test(test_small_file),
		cmocka_unit_test(test_truncated_files_are_refused),
		cmocka_unit_test(test_hostile_files_are_refused),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_wall_text),
		cmocka_unit_test(test_rfc3339),
	};
	return cmocka_run_group_tests_name("tz", tests, NULL, NULL);
}
