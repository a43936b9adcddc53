/* Sheets that are small in the file and large in the hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <zip.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/table_reader.h"

enum { ROWS = 100, COLUMNS = 200, TEXT = 32000 };

static struct str package(struct arena *a, const char *const *names, const struct str *parts, int n)
{
	zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = zip_open_from_source(out, ZIP_TRUNCATE, NULL);
	assert_non_null(zip);
	zip_source_keep(out);
	for (int i = 0; i < n; i++)
		assert_true(zip_file_add(zip, names[i], zip_source_buffer(zip, parts[i].p, parts[i].n, 0), 0) >= 0);
	assert_int_equal(zip_close(zip), 0);
	assert_int_equal(zip_source_open(out), 0);
	zip_source_seek(out, 0, SEEK_END);
	size_t size = (size_t)zip_source_tell(out);
	char *bytes = arena_alloc(a, size, 1);
	zip_source_seek(out, 0, SEEK_SET);
	assert_int_equal(zip_source_read(out, bytes, size), (zip_int64_t)size);
	zip_source_close(out);
	zip_source_free(out);
	return (struct str){ bytes, size };
}

/* One text, which every cell of every row is. */
static struct str sheet(struct arena *a, size_t text, int rows)
{
	static const char *const names[] = { "xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml" };
	struct buf texts = buf_new(a), cells = buf_new(a);
	BUF_LIT(&texts, "<sst><si><t>");
	for (size_t i = 0; i < text; i++)
		buf_char(&texts, 'x');
	BUF_LIT(&texts, "</t></si></sst>");
	BUF_LIT(&cells, "<worksheet><sheetData>");
	for (int r = 0; r < rows; r++) {
		BUF_LIT(&cells, "<row>");
		for (int c = 0; c < COLUMNS; c++)
			BUF_LIT(&cells, "<c t=\"s\"><v>0</v></c>");
		BUF_LIT(&cells, "</row>");
	}
	BUF_LIT(&cells, "</sheetData></worksheet>");
	const struct str parts[] = { STR("<workbook/>"), buf_str(&texts), buf_str(&cells) };
	return package(a, names, parts, 3);
}

static enum table_error read_all(struct arena *a, struct str bytes, int *rows)
{
	struct table_fault fault;
	struct table_row row;
	struct table_reader *t = table_reader_open(a, bytes, TABLE_ANY, &fault);
	assert_non_null(t);
	*rows = 0;
	while (table_reader_next(t, a, &row, &fault)) {
		assert_int_equal(row.n, COLUMNS);
		++*rows;
	}
	table_reader_close(t);
	return fault.error;
}

static void test_shared_texts_count_in_each_cell(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	int rows;
	struct str large = sheet(a, TEXT, ROWS);
	assert_true(large.n < 100000);
	assert_int_equal(read_all(a, large, &rows), TABLE_BOMB);
	assert_true(rows < ROWS / 2);
	assert_int_equal(read_all(a, sheet(a, TEXT / 10, ROWS), &rows), TABLE_OK);
	assert_int_equal(rows, ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared_texts_count_in_each_cell),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
