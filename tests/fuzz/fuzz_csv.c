/* Rows end, cells are UTF-8 and within their bounds, and a fault says where it is. */
#include <stddef.h>
#include <stdint.h>

#include "base/csv.h"
#include "base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct csv r;
	struct table_row row;
	int64_t before = 0;
	if (size == 0)
		return 0;
	enum table_encoding encoding = (enum table_encoding)(data[0] % 3);
	if (csv_open(&r, (struct str){ (const char *)data + 1, size - 1 }, encoding)) {
		while (csv_next(&r, a, &row)) {
			must(row.row > before && row.n >= 1 && row.n <= TABLE_COLUMNS_MAX);
			before = row.row;
			/* Windows-1252 grows to three bytes a character. */
			for (size_t i = 0; i < row.n; i++)
				must(str_is_utf8(row.cells[i]) && row.cells[i].n <= 3 * TABLE_CELL_MAX);
		}
	}
	must(r.fault.error ? r.fault.row >= 1 && r.fault.column >= 1 && str_is_utf8(r.fault.value) : r.at == r.bytes.n);
	return 0;
}
