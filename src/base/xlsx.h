/* The first sheet of a spreadsheet (ECMA-376), a row at a time. Streamed: only the shared texts are kept. Bounded:
 * what unpacks to more than a sheet can hold is refused, and so is a document type, which no spreadsheet has. */
#ifndef MUSTER_BASE_XLSX_H
#define MUSTER_BASE_XLSX_H
#include "base/table_reader.h"

struct xlsx;
/* Whether bytes begin as a package does; and as what spreadsheets were before, or are with a password. */
bool xlsx_is(struct str bytes);
bool xlsx_is_old(struct str bytes);
/* `bytes` are not copied. NULL with *fault. */
struct xlsx *xlsx_open(struct arena *a, struct str bytes, struct table_fault *fault);
/* As table_reader_next(). Numbers come as they are shown without a format: 4.9E11 as 490000000000; a day is its number.
 */
bool xlsx_next(struct xlsx *x, struct arena *a, struct table_row *out, struct table_fault *fault);
/* Gives back what the two libraries hold. */
void xlsx_close(struct xlsx *x);
#endif
