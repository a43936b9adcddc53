/* The picture of seats: every seat is drawn once, in order, inside its box, and what is over capacity shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "web/view_parts.h"

/* The rectangles of one kind (null: of all), which are in order, apart and inside the box: how many, and how wide the
 * last one is. */
static int64_t seats_of(const struct seat_strip *strip, const char *kind, int *width)
{
	ARENA_SCOPED a = arena_new();
	int64_t n = 0;
	int end = 0;
	for (size_t i = 0; i < strip->runs_n; i++) {
		int x = 0;
		for (const char *rest = str_dup(a, strip->runs[i].outline).p; *rest;) {
			int by, w, back, read = 0;
			if (*rest == 'M')
				assert_int_equal(sscanf(rest, "M%d 4h%dv48h-%dz%n", &x, &w, &back, &read), 3);
			else
				assert_int_equal(sscanf(rest, "m%d 0h%dv48h-%dz%n", &by, &w, &back, &read), 3);
			x += *rest == 'M' ? 0 : by;
			assert_true(x >= end && w > 0 && w == back);
			end = x + w;
			rest += read;
			if (!kind || str_eq(strip->runs[i].kind, str_from(kind))) {
				n++;
				*width = w;
			}
		}
	}
	assert_true(end <= strip->width);
	return n;
}

static int64_t count_kind(const struct seat_strip *strip, const char *kind)
{
	int width;
	return seats_of(strip, kind, &width);
}

static void test_one_rectangle_a_seat(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	const struct seats seats = { .taken = 9, .held = 2, .added = 8, .capacity = 20 };
	struct seat_strip strip = seat_strip_make(a, &seats, STR("words"));
	assert_true(str_eq(strip.words, STR("words")));
	assert_int_equal(count_kind(&strip, NULL), 20);
	assert_false(strip.ticks);
	assert_int_equal(count_kind(&strip, "t"), 9);
	assert_int_equal(count_kind(&strip, "h"), 2);
	assert_int_equal(count_kind(&strip, "n"), 8);
	assert_int_equal(count_kind(&strip, "f"), 1);
	assert_true(str_eq(strip.runs[strip.runs_n - 1].kind, STR("f")));
}

static void test_over_capacity_is_cut_from_those_added(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct seat_strip strip = seat_strip_make(a, &(struct seats){ .taken = 4, .added = 9, .capacity = 12 }, STR(""));
	assert_int_equal(count_kind(&strip, NULL), 13);
	assert_int_equal(count_kind(&strip, "t"), 4);
	assert_int_equal(count_kind(&strip, "n"), 8);
	assert_int_equal(count_kind(&strip, "x"), 1);
	assert_int_equal(count_kind(&strip, "f"), 0);
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
}

static void test_many_seats_are_a_bar(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct seat_strip strip =
		seat_strip_make(a, &(struct seats){ .taken = 200, .added = 100, .capacity = 400 }, STR(""));
	assert_true(strip.ticks);
	int taken, added;
	assert_int_equal(seats_of(&strip, "t", &taken) + seats_of(&strip, "n", &added), 2);
	assert_int_equal(count_kind(&strip, NULL), 3);
	assert_int_equal(taken, 2 * added);
}

static void test_every_size_fits(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	for (int64_t capacity = 1; capacity <= 130; capacity++) {
		for (int64_t added = 0; added <= capacity + 3; added++) {
			struct seat_strip strip =
				seat_strip_make(a, &(struct seats){ .added = added, .capacity = capacity }, STR(""));
			int64_t n = count_kind(&strip, NULL);
			if (capacity + 3 <= 60)
				assert_int_equal(n, added > capacity ? added : capacity);
		}
	}
}

static void test_no_limit_draws_nothing(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct seat_strip strip = seat_strip_make(a, &(struct seats){ .taken = 3 }, STR("3 taken"));
	assert_int_equal(strip.runs_n, 0);
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
