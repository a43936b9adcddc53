/* Percent-decoding, forms and queries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/url.h"

static void test_decode(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct str out;
	assert_true(url_decode(a, STR("a%20b+c%2f%C3%ab"), false, &out));
	assert_string_equal(out.p, "a b+c/\xc3\xab");
	assert_true(url_decode(a, STR("a%20b+c%2B"), true, &out));
	assert_string_equal(out.p, "a b c+");
	assert_true(url_decode(a, STR(""), true, &out));
	assert_int_equal(out.n, 0);
	assert_true(url_decode(a, STR_NULL, true, &out));
	assert_false(str_is_null(out));
	/* Decoded once, not until nothing is left. */
	assert_true(url_decode(a, STR("%2541"), true, &out));
	assert_string_equal(out.p, "%41");
}

static void test_decode_refuses(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct str out;
	static const char *const bad[] = {
		"%",
		"%4",
		"a%",
		"%g0",
		"%0g",
		"%%41",
		"% 1",
		"%+1",
		"%-1",
		"%00",
		"%ff",
		"%c3",
		"%c3%28",
		"%c0%80",
		"%ed%a0%80",
		"\xff",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (url_decode(a, str_from(bad[i]), true, &out))
			fail_msg("%s is accepted", bad[i]);
	assert_false(url_decode(a, STR("a\0b"), true, &out));
	/* An escape that ends behind the text. */
	assert_false(url_decode(a, str_sub(STR("a%41"), 0, 3), true, &out));
}

static void assert_pair(struct pair p, const char *name, const char *value)
{
	assert_true(str_eq(p.name, str_from(name)));
	assert_true(str_eq(p.value, str_from(value)));
	assert_false(str_is_null(p.value));
}

static void test_pairs(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct pair *p;
	size_t n;
	assert_true(url_parse_pairs(a, STR("name=Zo%C3%AB+B&x=1&x=2&empty=&alone&a=b=c&&=v&"), &p, &n));
	assert_int_equal(n, 7);
	assert_pair(p[0], "name", "Zo\xc3\xab B");
	assert_pair(p[1], "x", "1");
	assert_pair(p[2], "x", "2");
	assert_pair(p[3], "empty", "");
	assert_pair(p[4], "alone", "");
	assert_pair(p[5], "a", "b=c");
	assert_pair(p[6], "", "v");
	assert_true(url_parse_pairs(a, STR_NULL, &p, &n));
	assert_int_equal(n, 0);
	assert_true(url_parse_pairs(a, STR("&&&"), &p, &n));
	assert_int_equal(n, 0);
	assert_false(url_parse_pairs(a, STR("a=1&b=%zz"), &p, &n));
	assert_false(url_parse_pairs(a, STR("a=1&%ff=1"), &p, &n));
}

static void test_too_many_pairs(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a);
	struct pair *p;
	size_t n;
	for (int i = 0; i < URL_PAIRS_MAX; i++)
		BUF_LIT(&b, "x=1&");
	assert_true(url_parse_pairs(a, buf_str(&b), &p, &n));
	assert_int_equal(n, URL_PAIRS_MAX);
	BUF_LIT(&b, "x");
	assert_false(url_parse_pairs(a, buf_str(&b), &p, &n));
}

static void test_put_pair(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a);
	url_put_pair(&b, STR("q"), STR("a&b=c d"));
	url_put_pair(&b, STR("page"), STR(""));
	assert_true(str_eq(buf_str(&b), STR("q=a%26b%3Dc%20d&page=")));
	b.n = 0;
	BUF_LIT(&b, "/users?");
	url_put_pair(&b, STR("q"), STR("1"));
	assert_true(str_eq(buf_str(&b), STR("/users?q=1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_decode_refuses),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_too_many_pairs),
		cmocka_unit_test(test_put_pair),
	};
	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
