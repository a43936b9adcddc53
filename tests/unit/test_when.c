/* Times in words: place, year, the reader's own time, days that cross midnight. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/tz.h"
#include "model/when.h"

#define BERLIN   STR("Europe/Berlin")
#define NEW_YORK STR("America/New_York")

static struct text text;

static int set_up(void **state)
{
	(void)state;
	tz_init(NULL);
	text = (struct text){ .arena = arena_new(), .locale = LOCALE_EN };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(text.arena);
	return 0;
}

static int64_t at(const char *rfc3339)
{
	int64_t instant;
	assert_true(tz_rfc3339_parse(str_from(rfc3339), &instant));
	return instant;
}

static void says(struct str got, const char *want)
{
	assert_string_equal(str_c(text.arena, got), want);
}

static void test_day_range(void **state)
{
	(void)state;
	int64_t from = at("2026-12-03T08:00:00Z"), to = at("2026-12-03T11:00:00Z");
	says(when_day_range(&text, from, to, BERLIN, WHEN_YEAR), "Thu 3 Dec 2026, 09:00–12:00 Berlin time");
	says(when_day_range(&text, from, to, BERLIN, at("2026-01-05T00:00:00Z")), "Thu 3 Dec, 09:00–12:00 Berlin time");
	says(
		when_day_range(&text, from, to, BERLIN, at("2025-06-05T00:00:00Z")), "Thu 3 Dec 2026, 09:00–12:00 Berlin time");
	says(when_day_range(&text, from, to, NEW_YORK, from), "Thu 3 Dec, 03:00–06:00 New York time");
	says(when_day_range(&text, from, to, STR("UTC"), from), "Thu 3 Dec, 08:00–11:00 UTC");
}

static void test_the_year_is_that_of_the_place(void **state)
{
	(void)state;
	/* Still 2026 in New York, already 2027 in Berlin. */
	int64_t now = at("2027-01-01T01:00:00Z"), then = at("2027-01-04T12:00:00Z");
	says(when_date(&text, then, BERLIN, now), "Mon 4 Jan");
	says(when_date(&text, then, NEW_YORK, now), "Mon 4 Jan 2027");
}

static void test_crosses_midnight(void **state)
{
	(void)state;
	int64_t from = at("2026-12-03T21:00:00Z");
	says(when_day_range(&text, from, from + 8 * 3600, BERLIN, from), "Thu 3 Dec, 22:00–06:00 (Fri) Berlin time");
}

static void test_your_time(void **state)
{
	(void)state;
	int64_t from = at("2026-12-03T08:00:00Z"), to = from + 3 * 3600;
	says(when_your_time(&text, from, to, BERLIN, NEW_YORK), "(03:00–06:00 your time)");
	says(when_your_time(&text, from, to, BERLIN, STR("Europe/Paris")), "");
	says(when_your_time(&text, from, to, BERLIN, STR_NULL), "");
	says(when_your_time(&text, from, to, BERLIN, STR("Pacific/Auckland")), "(21:00–00:00 (Fri) your time)");
	int64_t evening = at("2026-12-03T20:00:00Z");
	says(when_your_time(&text, evening, evening + 3600, BERLIN, STR("Pacific/Auckland")),
		"(Fri 4 Dec, 09:00–10:00 your time)");
	/* The clocks of the two places change on different days: in between they differ by one hour less. */
	int64_t march = at("2026-03-16T08:00:00Z");
	says(when_your_time(&text, march, march + 3600, BERLIN, NEW_YORK), "(04:00–05:00 your time)");
}

static void test_summer_time(void **state)
{
	(void)state;
	/* The clocks go back at 03:00: the second half past two comes an hour after the first. */
	int64_t first = at("2026-10-25T00:30:00Z"), second = at("2026-10-25T01:30:00Z");
	says(when_time(&text, first, BERLIN), "02:30");
	says(when_time(&text, second, BERLIN), "02:30");
	says(when_iso(&text, first, BERLIN), "2026-10-25T02:30+02:00");
	says(when_iso(&text, second, BERLIN), "2026-10-25T02:30+01:00");
	says(when_iso(&text, first, STR("America/St_Johns")), "2026-10-24T22:00-02:30");
}

static void test_instant_and_dates(void **state)
{
	(void)state;
	int64_t then = at("2026-11-30T08:00:00Z");
	says(when_instant(&text, then, BERLIN, then), "Mon 30 Nov, 09:00 Berlin time");
	says(when_date_long(&text, then, BERLIN), "Monday 30 November 2026");
	says(when_month(&text, 2026, 12), "December 2026");
	says(when_iso_date(&text, then, BERLIN), "2026-11-30");
}

static void test_several_days(void **state)
{
	(void)state;
	int64_t from = at("2026-12-03T08:00:00Z"), to = at("2026-12-04T15:00:00Z");
	says(when_session(&text, from, to, 2, BERLIN, from), "Thu 3 Dec – Fri 4 Dec, 2 days from 09:00 Berlin time");
	says(when_session(&text, from, from + 3600, 1, BERLIN, from), "Thu 3 Dec, 09:00–10:00 Berlin time");
}

static void test_durations(void **state)
{
	(void)state;
	says(when_duration(&text, 3 * 3600), "3 h");
	says(when_duration(&text, 90 * 60), "1 h 30 min");
	says(when_duration(&text, 45 * 60), "45 min");
	says(when_duration_days(&text, 2, 6 * 3600), "2 days, 6 h in total");
	says(when_duration_days(&text, 1, 6 * 3600), "6 h");
}

static void test_parts_and_tile(void **state)
{
	(void)state;
	int64_t from = at("2026-12-03T08:00:00Z");
	struct when_parts p = when_parts(&text, from, from + 3 * 3600, BERLIN, NEW_YORK, from);
	says(p.date, "Thu 3 Dec");
	says(p.times, "09:00–12:00");
	says(p.zone, "Berlin time");
	says(p.yours, "03:00–06:00");
	says(p.iso_start, "2026-12-03T09:00+01:00");
	struct when_tile tile = when_tile(&text, from, BERLIN);
	says(tile.iso, "2026-12-03");
	says(tile.month, "Dec");
	says(tile.day, "3");
	says(tile.weekday, "Thu");
}

static void test_unknown_zone_is_utc(void **state)
{
	(void)state;
	int64_t from = at("2026-12-03T08:00:00Z");
	says(when_instant(&text, from, STR("Nowhere/At_All"), from), "Thu 3 Dec, 08:00 UTC");
}

static void test_right_to_left_isolates_ranges(void **state)
{
	(void)state;
	struct text rtl = { .arena = text.arena, .locale = LOCALE_AR_XB };
	int64_t from = at("2026-12-03T08:00:00Z");
	struct str words = when_day_range(&rtl, from, from + 3600, BERLIN, from);
	assert_true(str_find(words, STR("\u2066"), NULL));
	assert_true(str_find(words, STR("\u2069"), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_day_range, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_year_is_that_of_the_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_crosses_midnight, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_your_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_summer_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_instant_and_dates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_several_days, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_durations, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_parts_and_tile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_zone_is_utc, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_right_to_left_isolates_ranges, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
