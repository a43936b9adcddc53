/* Forms with files, as browsers send them and as others might. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/buf.h"
#include "web/multipart.h"

#define TYPE                       STR("multipart/form-data; boundary=----x1")
#define PART(disposition, content) "------x1\r\nContent-Disposition: " disposition "\r\n\r\n" content "\r\n"
#define END                        "------x1--\r\n"

static void test_form(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct multipart m;
	struct str body = STR(PART("form-data; name=\"csrf\"", "token") PART("form-data; name=\"empty\"",
		"") "------x1\r\nContent-Type: text/csv\r\ncontent-disposition: form-data; name=\"file\"; "
			"filename=\"a;b.csv\"\r\n\r\nlogin\r\n----x\0\xff\r\n\r\n" END);
	assert_true(multipart_parse(a, TYPE, body, &m));
	assert_int_equal(m.fields_n, 2);
	assert_true(str_eq(m.fields[0].name, STR("csrf")) && str_eq(m.fields[0].value, STR("token")));
	assert_true(str_eq(m.fields[1].name, STR("empty")) && m.fields[1].value.n == 0 && m.fields[1].value.p);
	assert_int_equal(m.files_n, 1);
	assert_true(str_eq(m.files[0].name, STR("file")) && str_eq(m.files[0].file_name, STR("a;b.csv")));
	/* Bytes of any kind, up to the line break before the boundary. */
	assert_true(str_eq(m.files[0].bytes, STR("login\r\n----x\0\xff\r\n")));
	assert_true(multipart_parse(a, STR("Multipart/Form-Data; charset=utf-8; boundary=\"----x1\""), body, &m));
	assert_true(multipart_parse(a, TYPE, STR(PART("form-data; name=f; filename=\"\"", "") END), &m));
	assert_true(m.files_n == 1 && m.files[0].file_name.n == 0);
}

static void test_refuses(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct multipart m;
	const struct str bad[] = {
		STR(""),
		STR("------x1"),
		STR("------x1\r\n"),
		STR("------x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue"),
		STR(PART("form-data; name=\"a\"", "value")),
		STR(PART("form-data", "value") END),
		STR(PART("attachment; name=\"a\"", "value") END),
		STR(PART("form-data; name=\"a", "value") END),
		STR(PART("form-data; name=\"a\"", "\xff") END),
		STR("------x2--\r\n"),
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(multipart_parse(a, TYPE, bad[i], &m));
	assert_false(multipart_parse(a, STR("multipart/form-data"), STR(END), &m));
	assert_false(multipart_parse(a, STR("multipart/mixed; boundary=----x1"), STR(END), &m));
	assert_true(multipart_parse(a, TYPE, STR(END), &m));
	struct buf many = buf_new(a), head = buf_new(a);
	for (int i = 0; i <= MULTIPART_PARTS_MAX; i++)
		BUF_LIT(&many, PART("form-data; name=\"a\"", ""));
	BUF_LIT(&many, END);
	assert_false(multipart_parse(a, TYPE, buf_str(&many), &m));
	BUF_LIT(&head, "------x1\r\nX-Long: ");
	for (int i = 0; i < MULTIPART_HEAD_MAX; i++)
		buf_char(&head, 'x');
	BUF_LIT(&head, "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n" END);
	assert_false(multipart_parse(a, TYPE, buf_str(&head), &m));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_form), cmocka_unit_test(test_refuses) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
