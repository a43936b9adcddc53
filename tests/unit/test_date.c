/* Days, months, weeks, and the clock that tests can move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/clock.h"
#include "base/date.h"

static int64_t days(int year, int month, int day)
{
	return date_days((struct date){ year, month, day });
}

static void test_months(void **state)
{
	(void)state;
	assert_true(date_is_leap(2000) && date_is_leap(2028) && !date_is_leap(1900) && !date_is_leap(2027));
	assert_int_equal(date_month_days(2027, 2), 28);
	assert_int_equal(date_month_days(2028, 2), 29);
	assert_int_equal(date_month_days(2028, 12), 31);
	assert_int_equal(date_month_days(2028, 0), 0);
	assert_int_equal(date_month_days(2028, 13), 0);
	assert_true(date_valid((struct date){ 2028, 2, 29 }));
	assert_false(date_valid((struct date){ 2027, 2, 29 }));
	assert_false(date_valid((struct date){ 1969, 12, 31 }));
	assert_false(date_valid((struct date){ 2201, 1, 1 }));
}

static void test_weekday(void **state)
{
	(void)state;
	assert_int_equal(date_weekday(0), 3);
	assert_int_equal(date_weekday(-1), 2);
	assert_int_equal(date_weekday(-4), 6);
	assert_int_equal(date_weekday(days(2026, 11, 23)), 0);
	assert_int_equal(date_weekday(days(1900, 1, 1)), 0);
}

static void assert_week(int year, int month, int day, int week_year, int week)
{
	struct date_week w = date_iso_week(days(year, month, day));
	if (w.year != week_year || w.week != week)
		fail_msg("%d-%d-%d is in %d-W%d?", year, month, day, w.year, w.week);
}

static void test_iso_week(void **state)
{
	(void)state;
	assert_week(2005, 1, 1, 2004, 53);
	assert_week(2005, 1, 2, 2004, 53);
	assert_week(2005, 12, 31, 2005, 52);
	assert_week(2007, 1, 1, 2007, 1);
	assert_week(2008, 12, 28, 2008, 52);
	assert_week(2008, 12, 29, 2009, 1);
	assert_week(2010, 1, 3, 2009, 53);
	assert_week(2026, 12, 31, 2026, 53);
	assert_week(2027, 1, 3, 2026, 53);
	assert_week(2027, 1, 4, 2027, 1);
}

static void assert_later(struct date from, int months, int year, int month, int day)
{
	struct date d = date_add_months(from, months);
	if (d.year != year || d.month != month || d.day != day)
		fail_msg("%+d months is %d-%d-%d?", months, d.year, d.month, d.day);
}

static void test_add_months(void **state)
{
	(void)state;
	assert_later((struct date){ 2027, 1, 31 }, 1, 2027, 2, 28);
	assert_later((struct date){ 2028, 1, 31 }, 1, 2028, 2, 29);
	assert_later((struct date){ 2027, 12, 15 }, 1, 2028, 1, 15);
	assert_later((struct date){ 2027, 1, 15 }, -1, 2026, 12, 15);
	assert_later((struct date){ 2027, 3, 31 }, -13, 2026, 2, 28);
	assert_later((struct date){ 2027, 3, 31 }, 0, 2027, 3, 31);
	assert_later((struct date){ 2027, 3, 31 }, 1200, 2127, 3, 31);
}

static void test_grid(void **state)
{
	(void)state;
	int weeks;
	/* February 2027 is exactly four weeks. */
	assert_int_equal(date_grid(2027, 2, &weeks), days(2027, 2, 1));
	assert_int_equal(weeks, 4);
	assert_int_equal(date_grid(2026, 11, &weeks), days(2026, 10, 26));
	assert_int_equal(weeks, 6);
	for (int month = 1; month <= 12; month++) {
		int64_t first = date_grid(2028, month, &weeks), last = first + weeks * 7 - 1;
		assert_int_equal(date_weekday(first), 0);
		assert_true(first <= days(2028, month, 1) && first > days(2028, month, 1) - 7);
		int64_t end = days(2028, month, date_month_days(2028, month));
		assert_true(last >= end && last < end + 7);
	}
}

static void test_text(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct date d;
	int year, month;
	assert_true(date_parse(STR("2028-02-29"), &d));
	assert_string_equal(date_format(a, d).p, "2028-02-29");
	assert_true(date_parse_month(STR("2028-12"), &year, &month));
	assert_int_equal(year * 100 + month, 202812);
	static const char *const bad[] = {
		"",
		"2028-2-29",
		"2027-02-29",
		"2028-13-01",
		"2028-00-01",
		"2028-01-00",
		"2028/01/01",
		"2028-01-01 ",
		"+028-01-01",
		"1969-12-31",
		"2201-01-01",
		"2028-12",
		"2028-13",
		"2028-00",
		"0000-01",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (date_parse(str_from(bad[i]), &d))
			fail_msg("%s is a day?", bad[i]);
		if (date_parse_month(str_from(bad[i]), &year, &month) && i != 11)
			fail_msg("%s is a month?", bad[i]);
	}
}

static void test_every_day_has_its_week(void **state)
{
	(void)state;
	struct date_week before = date_iso_week(days(1999, 12, 31));
	for (int64_t day = days(2000, 1, 1); day < days(2101, 1, 1); day++) {
		struct date_week w = date_iso_week(day);
		bool monday = date_weekday(day) == 0;
		assert_int_equal(w.year != before.year || w.week != before.week, monday);
		assert_in_range(w.week, 1, 53);
		struct date d = date_from_days(day);
		assert_int_equal(date_days(d), day);
		before = w;
	}
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void assert_clock_moved(int64_t by)
{
	/* Ten seconds of patience for a slow machine. */
	int64_t here = (int64_t)time(NULL), there = clock_now();
	assert_true(there - here >= by && there - here <= by + 10);
}

static void test_clock_moves_with_its_file(void **state)
{
	(void)state;
	char path[] = "/tmp/muster-clock-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unsetenv("MUSTER_CLOCK_FILE");
	clock_init();
	assert_clock_moved(0);
	setenv("MUSTER_CLOCK_FILE", path, 1);
	clock_init();
	assert_clock_moved(0);
	write_text(path, "86400\n");
	assert_clock_moved(86400);
	write_text(path, "+3600");
	assert_clock_moved(3600);
	write_text(path, "-31536000");
	assert_clock_moved(-31536000);
	/* What says nothing, or cannot be read, moves nothing. */
	write_text(path, "tomorrow");
	assert_clock_moved(-31536000);
	write_text(path, "");
	assert_clock_moved(-31536000);
	unlink(path);
	assert_clock_moved(-31536000);
	unsetenv("MUSTER_CLOCK_FILE");
	clock_init();
	int64_t mono = clock_mono_ms();
	assert_true(clock_mono_ms() >= mono);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_months),
		cmocka_unit_test(test_weekday),
		cmocka_unit_test(test_iso_week),
		cmocka_unit_test(test_add_months),
		cmocka_unit_test(test_grid),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_every_day_has_its_week),
		cmocka_unit_test(test_clock_moves_with_its_file),
	};
	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
