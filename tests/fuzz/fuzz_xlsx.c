/* A package of anything, and parts of anything inside a package, end with rows or a fault. */
#include <stddef.h>
#include <stdint.h>
#include <zip.h>

#include "base/log.h"
#include "base/table_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS = 4 };
static const char *const names[PARTS] = { "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml",
	"xl/_rels/workbook.xml.rels" };

/* Not compressed: checksums and packing would hide the parts from the fuzzer. */
static struct str package(struct arena *a, const struct str parts[PARTS])
{
	zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = zip_open_from_source(out, ZIP_TRUNCATE, NULL);
	must(out && zip);
	zip_source_keep(out);
	for (int i = 0; i < PARTS; i++) {
		if (str_is_null(parts[i]))
			continue;
		zip_source_t *part = zip_source_buffer(zip, parts[i].p, parts[i].n, 0);
		zip_int64_t at = part ? zip_file_add(zip, names[i], part, 0) : -1;
		must(at >= 0 && zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0);
	}
	must(zip_close(zip) == 0 && zip_source_open(out) == 0 && zip_source_seek(out, 0, SEEK_END) == 0);
	size_t n = (size_t)zip_source_tell(out);
	char *bytes = arena_alloc(a, n + 1, 1);
	must(zip_source_seek(out, 0, SEEK_SET) == 0 && zip_source_read(out, bytes, n) == (zip_int64_t)n);
	zip_source_close(out);
	zip_source_free(out);
	return (struct str){ bytes, n };
}

static void check_table(struct arena *a, struct str bytes)
{
	struct table_fault fault;
	struct table_row row;
	int64_t before = 0;
	struct table_reader *t = table_reader_open(a, bytes, TABLE_ANY, &fault);
	must(t || fault.error);
	while (t && table_reader_next(t, a, &row, &fault)) {
		must(row.row > before && row.n >= 1 && row.n <= TABLE_COLUMNS_MAX);
		before = row.row;
		for (size_t i = 0; i < row.n; i++)
			must(str_is_utf8(row.cells[i]));
	}
	table_reader_close(t);
}

/* The input is a package, or its parts, separated by bytes 0xfe, which are in no UTF-8. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct str bytes = { (const char *)data, size }, rest = bytes, parts[PARTS] = { STR_NULL };
	check_table(a, bytes);
	for (int i = 0; i < PARTS && str_split(&rest, (char)0xfe, &parts[i]);)
		i++;
	if (!str_starts(bytes, STR("PK")))
		check_table(a, package(a, parts));
	return 0;
}
