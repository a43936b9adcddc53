/* Comma-separated values (RFC 4180 and what spreadsheets make of it), read a row at a time from bytes that are there.
 * UTF-8 with and without byte order mark, or Windows-1252; separated by comma, semicolon or tab. Bounded: so many
 * columns, so long a cell. */
#ifndef MUSTER_BASE_CSV_H
#define MUSTER_BASE_CSV_H
#include "base/table_reader.h"

struct csv {
	struct str bytes; /* not copied */
	size_t at;
	char separator;
	enum table_encoding encoding;
	int64_t row;
	struct table_fault fault; /* what ended the reading */
};
/* Finds out encoding (TABLE_ANY: by looking at all bytes) and separator (by the first row). False with r->fault. */
bool csv_open(struct csv *r, struct str bytes, enum table_encoding encoding);
/* The next row that has anything in it; its cells live in `a`, in UTF-8. False at the end, or with r->fault. */
bool csv_next(struct csv *r, struct arena *a, struct table_row *out);
#endif
