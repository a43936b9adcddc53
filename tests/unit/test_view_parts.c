/* The picture of seats: every seat is drawn once, in order, inside its box, and what is over capacity shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "web/view_parts.h"

enum { BOX = 960 };

static int64_t count_kind(const struct seat_strip *strip, const char *kind)
{
	int64_t n = 0;
	for (size_t i = 0; i < strip->rects_n; i++)
		n += str_eq(strip->rects[i].kind, str_from(kind));
	return n;
}

static void assert_in_box(const struct seat_strip *strip)
{
	int64_t end = 0;
	for (size_t i = 0; i < strip->rects_n; i++) {
		assert_true(strip->rects[i].width > 0);
		assert_true(strip->rects[i].x >= end);
		end = strip->rects[i].x + strip->rects[i].width;
	}
	assert_true(end <= BOX);
}

static void test_one_rectangle_a_seat(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	const struct seats seats = { .taken = 9, .held = 2, .added = 8, .capacity = 20 };
	struct seat_strip strip = seat_strip_make(a, &seats, STR("words"));
	assert_true(str_eq(strip.words, STR("words")));
	assert_int_equal(strip.rects_n, 20);
	assert_false(strip.ticks);
	assert_int_equal(count_kind(&strip, "t"), 9);
	assert_int_equal(count_kind(&strip, "h"), 2);
	assert_int_equal(count_kind(&strip, "n"), 8);
	assert_int_equal(count_kind(&strip, "f"), 1);
	assert_true(str_eq(strip.rects[19].kind, STR("f")));
	assert_in_box(&strip);
}

static void test_over_capacity_is_cut_from_those_added(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct seat_strip strip = seat_strip_make(a, &(struct seats){ .taken = 4, .added = 9, .capacity = 12 }, STR(""));
	assert_int_equal(strip.rects_n, 13);
	assert_int_equal(count_kind(&strip, "t"), 4);
	assert_int_equal(count_kind(&strip, "n"), 8);
	assert_int_equal(count_kind(&strip, "x"), 1);
	assert_int_equal(count_kind(&strip, "f"), 0);
	assert_in_box(&strip);
}

static void test_over_capacity_from_before(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	const struct seats seats = { .taken = 7, .held = 1, .added = 1, .capacity = 5 };
	struct seat_strip strip = seat_strip_make(a, &seats, STR(""));
	assert_int_equal(count_kind(&strip, "t"), 5);
	assert_int_equal(count_kind(&strip, "h"), 0);
	assert_int_equal(count_kind(&strip, "n"), 0);
	assert_int_equal(count_kind(&strip, "x"), 4);
	assert_in_box(&strip);
}

static void test_many_seats_are_a_bar(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct seat_strip strip =
		seat_strip_make(a, &(struct seats){ .taken = 200, .added = 100, .capacity = 400 }, STR(""));
	assert_true(strip.ticks);
	assert_int_equal(strip.rects_n, 3);
	assert_int_equal(strip.rects[0].width, 2 * strip.rects[1].width);
	assert_in_box(&strip);
}

static void test_every_size_fits(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	for (int64_t capacity = 1; capacity <= 130; capacity++) {
		for (int64_t added = 0; added <= capacity + 3; added++) {
			struct seat_strip strip =
				seat_strip_make(a, &(struct seats){ .added = added, .capacity = capacity }, STR(""));
			assert_in_box(&strip);
			if (capacity + 3 <= 60)
				assert_int_equal(strip.rects_n, added > capacity ? added : capacity);
		}
	}
}

static void test_no_limit_draws_nothing(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct seat_strip strip = seat_strip_make(a, &(struct seats){ .taken = 3 }, STR("3 taken"));
	assert_int_equal(strip.rects_n, 0);
}

static void test_field_errors_takes_the_first_of_its_own(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct errs errs = { 0 };
	err_add(&errs, a, ERR_INVALID, STR("login"), CODE_required, STR("Enter a login"));
	err_add(&errs, a, ERR_INVALID, STR("title"), CODE_required, STR("Enter a title"));
	err_add(&errs, a, ERR_INVALID, STR("title"), CODE_too_long, STR("Shorten the title"));
	struct field title = { .name = STR("title") }, other = { .name = STR("other") };
	field_errors(&title, &errs);
	field_errors(&other, &errs);
	assert_true(str_eq(title.error, STR("Enter a title")));
	assert_true(str_is_empty(other.error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_rectangle_a_seat),
		cmocka_unit_test(test_over_capacity_is_cut_from_those_added),
		cmocka_unit_test(test_over_capacity_from_before),
		cmocka_unit_test(test_many_seats_are_a_bar),
		cmocka_unit_test(test_every_size_fits),
		cmocka_unit_test(test_no_limit_draws_nothing),
		cmocka_unit_test(test_field_errors_takes_the_first_of_its_own),
	};
	return cmocka_run_group_tests_name("view_parts", tests, NULL, NULL);
}
