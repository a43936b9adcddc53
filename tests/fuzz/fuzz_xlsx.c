/* A package of anything, and a sheet of anything inside one, end with rows or a fault. */
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct table_fault fault;
	struct table_row row;
	int64_t before = 0;
	struct table *t = table_open(a, (struct str){ (const char *)data, size }, TABLE_ANY, &fault);
	must(t || fault.error);
	while (t && table_next(t, a, &row, &fault)) {
		must(row.row > before && row.n >= 1 && row.n <= TABLE_COLUMNS_MAX);
		before = row.row;
	}
	table_close(t);
	return 0;
}
