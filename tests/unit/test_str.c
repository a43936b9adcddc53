/* Strings that carry their length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/str.h"

static void assert_str(struct str got, const char *want)
{
	if (!str_eq(got, str_from(want)))
		fail_msg("'" STR_FMT "' instead of '%s'", STR_ARG(got), want);
}

static void test_equality(void **state)
{
	(void)state;
	assert_true(str_eq(STR("abc"), str_from("abc")));
	assert_false(str_eq(STR("abc"), STR("abd")));
	assert_false(str_eq(STR("abc"), STR("ab")));
	assert_true(str_eq(STR_NULL, STR("")));
	assert_true(str_eq(STR("a\0b"), STR("a\0b")));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_true(str_eq_nocase(STR("Content-TYPE"), STR("content-type")));
	assert_false(str_eq_nocase(STR("\xc3\x84"), STR("\xc3\xa4")));
	assert_true(str_is_null(str_from(NULL)) && !str_is_null(STR("")));
}

static void test_order(void **state)
{
	(void)state;
	assert_true(str_cmp(STR("a"), STR("b")) < 0);
	assert_true(str_cmp(STR("ab"), STR("a")) > 0);
	assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
	assert_int_equal(str_cmp(STR("a"), STR("a")), 0);
	assert_int_equal(str_cmp(STR_NULL, STR("")), 0);
	assert_true(str_cmp(STR_NULL, STR("a")) < 0);
}

static void test_parts(void **state)
{
	(void)state;
	size_t at = 99;
	assert_true(
		str_starts(STR("abc"), STR("ab")) && !str_starts(STR("ab"), STR("abc")) && str_starts(STR_NULL, STR("")));
	assert_true(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("abc"), STR("ab")) && str_ends(STR("a"), STR_NULL));
	assert_true(str_find(STR("a needle"), STR("needle"), &at));
	assert_int_equal(at, 2);
	assert_false(str_find(STR("a needl"), STR("needle"), &at));
	assert_false(str_find(STR_NULL, STR("x"), NULL));
	assert_true(str_find(STR_NULL, STR(""), &at));
	assert_int_equal(at, 0);
	assert_str(str_sub(STR("hello"), 1, 3), "ell");
	assert_str(str_sub(STR("hello"), 3, SIZE_MAX), "lo");
	assert_str(str_sub(STR("hello"), 9, 2), "");
	assert_true(str_is_null(str_sub(STR_NULL, 0, 5)));
	assert_str(str_cut(STR("hello"), 9), "hello");
	assert_str(str_cut(STR("hello"), 2), "he");
	assert_str(str_cut(STR("aäö"), 4), "aä");
	assert_str(str_cut(STR("aäö"), 5), "aäö");
	assert_str(str_cut(STR("ä"), 1), "");
	assert_true(str_is_null(str_cut(STR_NULL, 5)));
	assert_str(str_trim(STR(" \t\r\n a b \v\f")), "a b");
	assert_str(str_trim(STR("   ")), "");
	assert_str(str_trim(STR_NULL), "");
}

static void test_split(void **state)
{
	(void)state;
	struct str rest = STR("a,,bc,"), part;
	static const char *const want[] = { "a", "", "bc", "" };
	for (int i = 0; i < 4; i++) {
		assert_true(str_split(&rest, ',', &part));
		assert_str(part, want[i]);
		assert_false(str_is_null(part));
	}
	assert_false(str_split(&rest, ',', &part));
	assert_true(str_is_null(part));
	rest = STR("");
	assert_true(str_split(&rest, ',', &part));
	assert_false(str_split(&rest, ',', &part));
	rest = STR_NULL;
	assert_false(str_split(&rest, ',', &part));
}

static void test_numbers(void **state)
{
	(void)state;
	int64_t v = 7;
	assert_true(str_to_i64(STR("0"), &v) && v == 0);
	assert_true(str_to_i64(STR("-12"), &v) && v == -12);
	assert_true(str_to_i64(STR("9223372036854775807"), &v) && v == INT64_MAX);
	assert_true(str_to_i64(STR("-9223372036854775808"), &v) && v == INT64_MIN);
	v = 7;
	static const char *const bad[] = {
		"",
		"-",
		"+1",
		" 1",
		"1 ",
		"1.0",
		"0x1",
		"1e3",
		"--1",
		"9223372036854775808",
		"-9223372036854775809",
		"99999999999999999999999999",
		"\xd9\xa1",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (str_to_i64(str_from(bad[i]), &v))
			fail_msg("%s is a number?", bad[i]);
	assert_false(str_to_i64(STR("1\0"), &v));
	assert_false(str_to_i64(STR_NULL, &v));
	assert_int_equal(v, 7);

	uint64_t h = 7;
	assert_true(str_to_u64_hex(STR("ffffFFFFffffFFFF"), &h) && h == UINT64_MAX);
	assert_true(str_to_u64_hex(STR("0aF"), &h) && h == 0xaf);
	assert_false(str_to_u64_hex(STR(""), &h));
	assert_false(str_to_u64_hex(STR("00000000000000000"), &h));
	assert_false(str_to_u64_hex(STR("g"), &h));
	assert_false(str_to_u64_hex(STR("-1"), &h));
	assert_int_equal(h, 0xaf);
}

static void test_a_number_behind_something(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	assert_true(str_eq(str_num(a, "/users/", 7), STR("/users/7")));
	assert_true(str_eq(str_num(a, "", 0), STR("0")));
	assert_true(str_eq(str_num(a, "", INT64_MAX), STR("9223372036854775807")));
	assert_true(str_eq(str_num(a, "at ", INT64_MIN), STR("at -9223372036854775808")));
}

static void test_copies(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct str s = str_dup(a, str_sub(STR("hello"), 1, 2));
	assert_string_equal(s.p, "el");
	assert_true(str_is_null(str_dup(a, STR_NULL)));
	assert_false(str_is_null(str_dup(a, STR(""))));
	assert_string_equal(str_c(a, STR_NULL), "");
	assert_string_equal(str_c(a, str_sub(STR("hello"), 0, 4)), "hell");
	assert_string_equal(str_cat(a, STR("ab"), STR("cd")).p, "abcd");
	assert_string_equal(str_cat(a, STR_NULL, STR_NULL).p, "");
	assert_string_equal(str_lower_ascii(a, STR("AbZ[@\xc3\x84")).p, "abz[@\xc3\x84");
	s = str_fmt(a, "%d-" STR_FMT "-%s", 5, STR_ARG(STR("x\0y")), "z");
	assert_str(s, "5-x-z");
	assert_int_equal(str_fmt(a, "%2000d", 1).n, 2000);
	assert_str(str_fmt(a, STR_FMT, STR_ARG(STR_NULL)), "");
}

static void test_utf8(void **state)
{
	(void)state;
	static const char *const good[] = {
		"",
		"a",
		"\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
		"a\xe2\x82\xac!",
	};
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc2",
		"\xc2"
		"a",
		"\xe0\x9f\xbf",
		"\xe2\x82",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf0\x9f\x98",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"ok\xfe",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!str_is_utf8(str_from(good[i])))
			fail_msg("good %zu is refused", i);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (str_is_utf8(str_from(bad[i])))
			fail_msg("bad %zu is accepted", i);
	assert_false(str_is_utf8(STR("a\0b")));
	assert_true(str_is_utf8(STR_NULL));
	assert_int_equal(str_count_chars(STR("a\xe2\x82\xac\xf0\x9f\x98\x80")), 3);
	assert_int_equal(str_count_chars(STR_NULL), 0);
}

/* Each byte at each place of eight and behind. */
static void test_plain(void **state)
{
	(void)state;
	char bytes[20];
	for (int c = 0; c < 256; c++)
		for (size_t at = 0; at < sizeof bytes; at++) {
			memset(bytes, at % 2 ? '~' : ' ', sizeof bytes);
			bytes[at] = (char)c;
			size_t plain = c >= ' ' && c <= '~' ? sizeof bytes : at;
			assert_int_equal(str_plain((struct str){ bytes, sizeof bytes }), plain);
			assert_int_equal(str_plain((struct str){ bytes, at }), at);
		}
	assert_int_equal(str_plain(STR_NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equality),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_a_number_behind_something),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_plain),
	};
	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
