/* Rows of a table in a file, a row at a time: comma-separated values (base/csv.h) or a spreadsheet (base/xlsx.h),
 * whichever the bytes are. */
#ifndef MUSTER_BASE_TABLE_READER_H
#define MUSTER_BASE_TABLE_READER_H
#include "base/arena.h"
#include "base/str.h"

enum { TABLE_COLUMNS_MAX = 256, TABLE_CELL_MAX = 32768 };
enum table_encoding { TABLE_ANY, TABLE_UTF8, TABLE_WINDOWS_1252 };
enum table_error {
	TABLE_OK,
	TABLE_EMPTY,     /* nothing but white space */
	TABLE_BINARY,    /* bytes that no text has: a picture, a program */
	TABLE_UTF16,     /* text, in an encoding that is not read */
	TABLE_ENCODING,  /* what is not UTF-8 in a text that is; or no character of Windows-1252 */
	TABLE_QUOTE,     /* a quoted cell that never ends, or goes on behind its closing quote */
	TABLE_WIDE,      /* more than TABLE_COLUMNS_MAX cells */
	TABLE_LONG,      /* a cell of more than TABLE_CELL_MAX bytes */
	TABLE_OLD_SHEET, /* a spreadsheet from before 2007, or with a password */
	TABLE_BAD_SHEET, /* a spreadsheet that is damaged */
	TABLE_BOMB       /* a spreadsheet that unpacks to more than anybody typed */
};

struct table_row {
	int64_t row; /* as a spreadsheet counts: 1 is the first, empty ones count */
	struct str *cells;
	size_t n;
};
/* What ended the reading, and where. `value` is the cell as far as it can be shown, in UTF-8. */
struct table_fault {
	enum table_error error;
	int64_t row, column;
	struct str value;
};

struct table_reader;
/* `bytes` stay the caller's and must live on; the table lives in `a`. NULL with *fault when they are no table at all.
 * `encoding` TABLE_ANY: found out. */
struct table_reader *table_reader_open(
	struct arena *a, struct str bytes, enum table_encoding encoding, struct table_fault *fault);
/* The next row that has anything in it; its cells live in `a`, in UTF-8, without the apostrophe that keeps text from
 * being a formula in CSV. False at the end, or with *fault. */
bool table_reader_next(struct table_reader *t, struct arena *a, struct table_row *out, struct table_fault *fault);
/* What it was read as: "UTF-8", "Windows-1252" or "XLSX"; and the separator, '\0' for a spreadsheet. */
struct str table_reader_kind(const struct table_reader *t);
char table_reader_separator(const struct table_reader *t);
/* Frees what is not in the arena. NULL is fine. */
void table_reader_close(struct table_reader *t);
#endif
