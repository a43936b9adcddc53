/* The output buffer and its escapers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/buf.h"

static void assert_buf(struct buf *b, struct str want)
{
	struct str got = buf_str(b);
	if (!str_eq(got, want))
		fail_msg("'" STR_FMT "' instead of '" STR_FMT "'", STR_ARG(got), STR_ARG(want));
	b->n = 0;
}

static void test_pieces(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a);
	assert_buf(&b, STR(""));
	assert_false(str_is_null(buf_str(&b)));
	buf_put(&b, STR("one"));
	buf_put(&b, STR_NULL);
	buf_char(&b, ' ');
	BUF_LIT(&b, "two ");
	buf_mem(&b, "3\0", 2);
	buf_fmt(&b, "%s%03d", "x", 7);
	assert_buf(&b, STR("one two 3\0x007"));
	buf_i64(&b, 0);
	buf_char(&b, ' ');
	buf_i64(&b, INT64_MAX);
	buf_char(&b, ' ');
	buf_i64(&b, INT64_MIN);
	assert_buf(&b, STR("0 9223372036854775807 -9223372036854775808"));
}

static void test_growing(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a), c = buf_new(a);
	for (int i = 0; i < 100000; i++) {
		buf_fmt(&b, "%05d", i);
		if (i % 100 == 0)
			buf_char(&c, 'c');
	}
	assert_int_equal(b.n, 500000);
	assert_int_equal(c.n, 1000);
	assert_memory_equal(b.p + 5 * 99999, "99999", 5);
	assert_memory_equal(b.p + 5 * 12345, "12345", 5);
}

static void test_repeat(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a);
	buf_repeat(&b, STR("ab"), 0);
	assert_buf(&b, STR(""));
	buf_char(&b, '<');
	buf_repeat(&b, STR("ab"), 3);
	buf_repeat(&b, STR(""), 3);
	assert_buf(&b, STR("<ababab"));
}

static void test_html(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a);
	buf_html(&b, STR("<a href=\"x\" title='y'>&amp;\0</a>"));
	assert_buf(&b, STR("&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;\xef\xbf\xbd&lt;/a&gt;"));
	buf_html(&b, STR("Zo\xc3\xab \xe2\x82\xac"));
	assert_buf(&b, STR("Zo\xc3\xab \xe2\x82\xac"));
	buf_html(&b, STR_NULL);
	buf_html(&b, STR(""));
	assert_buf(&b, STR(""));
	buf_html(&b, STR("&&"));
	assert_buf(&b, STR("&amp;&amp;"));
}

static const char plain[] = "###################################";

/* A text of that byte and of plain ones around it, in memory of its own: the sanitizer says who reads beyond. */
static void check_html_byte(int c, struct str as, size_t at, size_t length)
{
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a), expected = buf_new(a);
	char *text = malloc(length);
	assert_non_null(text);
	memset(text, '#', length);
	text[at] = (char)c;
	buf_html(&b, (struct str){ text, length });
	buf_mem(&expected, plain, at);
	buf_put(&expected, as);
	buf_mem(&expected, plain, length - 1 - at);
	assert_buf(&b, buf_str(&expected));
	free(text);
}

/* Every byte at every place of texts: sixteen are looked at together. */
static void test_html_bytes(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		struct str as = c == '&' ? STR("&amp;")
			: c == '<'           ? STR("&lt;")
			: c == '>'           ? STR("&gt;")
			: c == '"'           ? STR("&quot;")
			: c == '\''          ? STR("&#39;")
			: c == 0             ? STR("\xef\xbf\xbd")
								 : (struct str){ &(char){ (char)c }, 1 };
		for (size_t length = 1; length < sizeof plain; length++)
			for (size_t at = 0; at < length; at++)
				check_html_byte(c, as, at, length);
	}
}

static void test_url(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a);
	buf_url(&b, STR("azAZ09-._~"));
	assert_buf(&b, STR("azAZ09-._~"));
	buf_url(&b, STR("a b/c?d=e&f+g%\xc3\xab\0"));
	assert_buf(&b, STR("a%20b%2Fc%3Fd%3De%26f%2Bg%25%C3%AB%00"));
	buf_url(&b, STR_NULL);
	assert_buf(&b, STR(""));
}

static void test_json(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct buf b = buf_new(a);
	buf_json(&b, STR("a\"b\\c\n\r\t\x01\x1f\x7f/\xc3\xab"));
	assert_buf(&b, STR("\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f\\u007f/\xc3\xab\""));
	buf_json(&b, STR_NULL);
	assert_buf(&b, STR("\"\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_repeat),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_html_bytes),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_json),
	};
	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
