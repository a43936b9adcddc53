/* A table that is written row by row into a temporary file: CSV or XLSX. Memory stays the same however many rows come.
 *
 * Cells are text, whole numbers, shares or moments. Text stays text: an XLSX cell of text is a string and nothing else,
 * and a CSV cell that a spreadsheet would take for a formula begins with an apostrophe, which an import takes off again
 * (base/table_reader.c). */
#ifndef MUSTER_REPORT_TABLE_H
#define MUSTER_REPORT_TABLE_H
#include "base/arena.h"
#include "base/str.h"

enum table_format { TABLE_CSV, TABLE_XLSX };
bool table_format_parse(struct str name, enum table_format *out); /* "csv", "xlsx" */
struct str table_media_type(enum table_format f);

struct table;
/* In `a`, as all that it needs. Answers NULL when there is no room for the file. */
struct table *table_new(struct arena *a, enum table_format f);
/* The first row: names of columns, and how wide they are in characters. */
void table_head(struct table *t, const struct str *names, const int *widths, size_t n);
/* The cells of a row, from the first on. Null text is an empty cell. */
void table_text(struct table *t, struct str s);
void table_int(struct table *t, int64_t v);
void table_share(struct table *t, double v); /* 0 … 1 */
/* On the clock of that zone, to the minute. */
void table_moment(struct table *t, int64_t at, struct str zone);
void table_blank(struct table *t);
void table_row_end(struct table *t);
/* Ends the table, whatever became of it; it must be called. True with the file and its size, which are the caller's;
 * false when it could not be written (the disk is full). */
bool table_finish(struct table *t, int *fd, size_t *size);
/* Ends the table without a file. */
void table_drop(struct table *t);
#endif
