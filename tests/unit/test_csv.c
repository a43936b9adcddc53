/* Tables that come in from spreadsheets and other programs: encodings, separators, quotes, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/csv.h"

static void expect_row(struct csv *r, struct arena *a, int64_t row, const char *const *cells, size_t n)
{
	struct table_row got;
	assert_true(csv_next(r, a, &got));
	assert_int_equal(got.row, row);
	assert_int_equal(got.n, n);
	for (size_t i = 0; i < n; i++)
		assert_true(str_eq(got.cells[i], str_from(cells[i])));
}
#define ROW(r, a, row, ...) \
	expect_row(r, a, row, (const char *const[]){ __VA_ARGS__ }, \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void expect_end(struct csv *r, struct arena *a)
{
	struct table_row got;
	assert_false(csv_next(r, a, &got));
	assert_int_equal(r->fault.error, TABLE_OK);
}

static void test_rows(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct csv r;
	assert_true(csv_open(&r, STR("a,b,c\r\n1,,3\n\n , ,\n\"x,\"\"y\"\"\",\"two\nlines\",z\rlast"), TABLE_ANY));
	assert_int_equal(r.separator, ',');
	ROW(&r, a, 1, "a", "b", "c");
	ROW(&r, a, 2, "1", "", "3");
	/* Rows 3 and 4 are empty, and counted. */
	ROW(&r, a, 5, "x,\"y\"", "two\nlines", "z");
	ROW(&r, a, 6, "last");
	expect_end(&r, a);
	expect_end(&r, a);
}

static void test_separators(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct csv r;
	assert_true(csv_open(&r, STR("login;department\nann;\"A; B, C\"\n"), TABLE_ANY));
	assert_int_equal(r.separator, ';');
	ROW(&r, a, 1, "login", "department");
	ROW(&r, a, 2, "ann", "A; B, C");
	assert_true(csv_open(&r, STR("login\tgroups\nann\tA;B,C\n"), TABLE_ANY));
	assert_int_equal(r.separator, '\t');
	ROW(&r, a, 1, "login", "groups");
	ROW(&r, a, 2, "ann", "A;B,C");
	/* What stands in quotes does not vote. */
	assert_true(csv_open(&r, STR("\"a;b;c\",d\n"), TABLE_ANY));
	assert_int_equal(r.separator, ',');
	assert_true(csv_open(&r, STR("sep=;\r\na,b;c\r\n"), TABLE_ANY));
	ROW(&r, a, 2, "a,b", "c");
	assert_true(csv_open(&r, STR("login\nann\n"), TABLE_ANY));
	ROW(&r, a, 1, "login");
}

static void test_encodings(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct csv r;
	assert_true(csv_open(&r, STR("\xef\xbb\xbflogin,name\nann,Zo\xc3\xab\n"), TABLE_ANY));
	assert_int_equal(r.encoding, TABLE_UTF8);
	ROW(&r, a, 1, "login", "name");
	ROW(&r, a, 2, "ann", "Zo\xc3\xab");
	assert_true(csv_open(&r, STR("login,name\nann,Zo\xc3\xab\n"), TABLE_ANY));
	assert_int_equal(r.encoding, TABLE_UTF8);
	/* "Müller – 5 €" as Windows writes it. */
	assert_true(csv_open(&r, STR("M\xfcller \x96 5 \x80,x\n"), TABLE_ANY));
	assert_int_equal(r.encoding, TABLE_WINDOWS_1252);
	ROW(&r, a, 1, "M\xc3\xbcller \xe2\x80\x93 5 \xe2\x82\xac", "x");
	assert_true(csv_open(&r, STR("Zo\xc3\xab\n"), TABLE_WINDOWS_1252));
	ROW(&r, a, 1, "Zo\xc3\x83\xc2\xab");
}

static void expect_fault(
	struct str bytes, enum table_encoding encoding, enum table_error error, int64_t row, int64_t column)
{
	ARENA_SCOPED a = arena_new();
	struct csv r;
	struct table_row got;
	if (csv_open(&r, bytes, encoding))
		while (csv_next(&r, a, &got))
			;
	assert_int_equal(r.fault.error, error);
	assert_int_equal(r.fault.row, row);
	assert_int_equal(r.fault.column, column);
	assert_true(str_is_utf8(r.fault.value));
	assert_false(csv_next(&r, a, &got));
}

static void test_faults(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	expect_fault(STR(""), TABLE_ANY, TABLE_EMPTY, 1, 1);
	expect_fault(STR("\xef\xbb\xbf \r\n\r\n"), TABLE_ANY, TABLE_EMPTY, 1, 1);
	expect_fault(STR("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), TABLE_ANY, TABLE_BINARY, 1, 1);
	expect_fault(STR("\xff\xfel\0o\0"), TABLE_ANY, TABLE_UTF16, 1, 1);
	/* One broken place in a text that is UTF-8 otherwise, and where somebody said that it is. */
	expect_fault(STR("a,b\nZo\xc3\xab,Zo\xc3\xab\nx,Z\xc3\n"), TABLE_ANY, TABLE_ENCODING, 3, 2);
	expect_fault(STR("\xef\xbb\xbf"
					 "a,b\nx\xff,y\n"),
		TABLE_ANY, TABLE_ENCODING, 2, 1);
	expect_fault(STR("a,b\n1,x\xff\n"), TABLE_UTF8, TABLE_ENCODING, 2, 2);
	expect_fault(STR("a,b\n1,x\x81\n"), TABLE_ANY, TABLE_ENCODING, 2, 2);
	expect_fault(STR("a,b\n1,\"never\n2,3\n"), TABLE_ANY, TABLE_QUOTE, 2, 2);
	expect_fault(STR("a,b\n\"x\"y,3\n"), TABLE_ANY, TABLE_QUOTE, 2, 1);
	struct buf wide = buf_new(a), lengthy = buf_new(a), quoted = buf_new(a);
	for (int i = 0; i < 1000000; i++)
		BUF_LIT(&wide, "c,");
	expect_fault(buf_str(&wide), TABLE_ANY, TABLE_WIDE, 1, TABLE_COLUMNS_MAX + 1);
	for (int i = 0; i <= TABLE_CELL_MAX; i++)
		buf_char(&lengthy, 'x');
	expect_fault(buf_str(&lengthy), TABLE_ANY, TABLE_LONG, 1, 1);
	buf_fmt(&quoted, "a\n\"" STR_FMT "\"\n", STR_ARG(buf_str(&lengthy)));
	expect_fault(buf_str(&quoted), TABLE_ANY, TABLE_LONG, 2, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_separators),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
