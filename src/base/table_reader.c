#include "base/table_reader.h"
#include "base/csv.h"
#include "base/text.h"
#include "base/xlsx.h"

struct table_reader {
	struct csv csv;
	struct xlsx *sheet; /* NULL: it is the other one */
};

struct table_reader *table_reader_open(
	struct arena *a, struct str bytes, enum table_encoding encoding, struct table_fault *fault)
{
	struct table_reader *t = ARENA_NEW(a, struct table_reader);
	*fault = (struct table_fault){ .value = STR("") };
	if (xlsx_is_old(bytes)) {
		*fault = (struct table_fault){ TABLE_OLD_SHEET, 1, 1, STR("") };
		return NULL;
	}
	if (xlsx_is(bytes)) {
		t->sheet = xlsx_open(a, bytes, fault);
		return t->sheet ? t : NULL;
	}
	if (csv_open(&t->csv, bytes, encoding))
		return t;
	*fault = t->csv.fault;
	return NULL;
}

bool table_reader_next(struct table_reader *t, struct arena *a, struct table_row *out, struct table_fault *fault)
{
	if (t->sheet)
		return xlsx_next(t->sheet, a, out, fault);
	if (csv_next(&t->csv, a, out)) {
		/* "'=1+1" is how a spreadsheet is kept from computing, here (report/table_csv.c) and elsewhere. */
		for (size_t i = 0; i < out->n; i++)
			if (str_starts(out->cells[i], STR("'")) && text_starts_formula(out->cells[i]))
				out->cells[i] = str_sub(out->cells[i], 1, out->cells[i].n);
		return true;
	}
	*fault = t->csv.fault;
	return false;
}

struct str table_reader_kind(const struct table_reader *t)
{
	if (t->sheet)
		return STR("XLSX");
	return t->csv.encoding == TABLE_UTF8 ? STR("UTF-8") : STR("Windows-1252");
}

char table_reader_separator(const struct table_reader *t)
{
	return t->sheet ? '\0' : t->csv.separator;
}

void table_reader_close(struct table_reader *t)
{
	if (t && t->sheet)
		xlsx_close(t->sheet);
}
