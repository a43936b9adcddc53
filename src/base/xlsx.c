#include "base/xlsx.h"
#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>
#include "base/buf.h"
#include "base/log.h"

enum {
	CHUNK = 1 << 16,
	SMALL_PART = 1 << 20,    /* the list of sheets */
	TEXTS_BYTES = 48 << 20,  /* kept */
	TEXTS_PART = 256 << 20,  /* unpacked */
	SHEET_PART = 1024 << 20, /* unpacked */
	CELLS_BYTES = 256 << 20, /* of all cells: a shared text counts in each that names it */
	PATH_MAX_ = 512
};

/* One part of the package, unpacked into the parser a chunk at a time. */
struct part {
	zip_file_t *file;
	XML_Parser parser;
	int64_t left;
	bool ended, suspended;
};

struct xlsx {
	struct arena *arena;
	zip_t *zip;
	struct part sheet;
	enum table_error error;

	/* the list of sheets */
	struct str relation, target;

	/* shared texts */
	struct str *texts;
	size_t texts_n, texts_cap, texts_bytes;

	/* where the parser is */
	struct buf text;
	bool in_text, in_phonetic;
	struct arena *row_arena;
	struct table_row row;
	size_t cells_cap, cells_bytes, column;
	char type[12];
	bool row_ready;
};

bool xlsx_is(struct str bytes)
{
	return str_starts(bytes, STR("PK\x03\x04"));
}

bool xlsx_is_old(struct str bytes)
{
	return str_starts(bytes, STR("\xd0\xcf\x11\xe0"));
}

/* ---- parts */

static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

static const char *attribute(const char **list, const char *name)
{
	for (size_t i = 0; list[i]; i += 2)
		if (!strcmp(local(list[i]), name))
			return list[i + 1];
	return NULL;
}

static void stop(struct xlsx *x, XML_Parser parser, enum table_error error)
{
	if (!x->error)
		x->error = error;
	XML_StopParser(parser, XML_FALSE);
}

static void part_close(struct part *p)
{
	if (p->file)
		zip_fclose(p->file);
	if (p->parser)
		XML_ParserFree(p->parser);
	*p = (struct part){ 0 };
}

static bool part_open(struct xlsx *x, const char *name, int64_t most, struct part *p)
{
	*p = (struct part){ .left = most, .file = zip_fopen(x->zip, name, ZIP_FL_NOCASE) };
	if (!p->file)
		return false;
	p->parser = XML_ParserCreate(NULL);
	must(p->parser);
	XML_SetUserData(p->parser, x);
	return true;
}

/* Feeds one more chunk. False when nothing more will come, or the parser stopped for good. */
static bool part_feed(struct xlsx *x, struct part *p)
{
	if (p->suspended) {
		p->suspended = false;
		enum XML_Status resumed = XML_ResumeParser(p->parser);
		p->suspended = resumed == XML_STATUS_SUSPENDED;
		if (resumed == XML_STATUS_ERROR && !x->error)
			x->error = TABLE_BAD_SHEET;
		return resumed != XML_STATUS_ERROR;
	}
	if (p->ended || x->error)
		return false;
	void *chunk = XML_GetBuffer(p->parser, CHUNK);
	must(chunk);
	zip_int64_t n = zip_fread(p->file, chunk, CHUNK);
	p->left -= n;
	if (n < 0 || p->left < 0) {
		x->error = n < 0 ? TABLE_BAD_SHEET : TABLE_BOMB;
		return false;
	}
	p->ended = n == 0;
	enum XML_Status parsed = XML_ParseBuffer(p->parser, (int)n, n == 0);
	p->suspended = parsed == XML_STATUS_SUSPENDED;
	if (parsed == XML_STATUS_ERROR && !x->error)
		x->error = TABLE_BAD_SHEET;
	return parsed != XML_STATUS_ERROR;
}

typedef void start_fn(void *, const char *, const char **);
typedef void end_fn(void *, const char *);

static void forbid_doctype(void *arg, const char *name, const char *system, const char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	struct xlsx *x = arg;
	stop(x, x->sheet.parser, TABLE_BAD_SHEET);
}

static void on_text(void *arg, const char *s, int n)
{
	struct xlsx *x = arg;
	if (x->in_text && !x->in_phonetic && x->text.n <= TABLE_CELL_MAX)
		buf_mem(&x->text, s, (size_t)n);
}

/* Reads a whole part. Uses x->sheet, so that handlers find their parser. False when there is no such part. */
static bool part_read(struct xlsx *x, const char *name, int64_t most, start_fn *start, end_fn *end)
{
	if (!part_open(x, name, most, &x->sheet))
		return false;
	XML_SetElementHandler(x->sheet.parser, start, end);
	XML_SetCharacterDataHandler(x->sheet.parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->sheet.parser, forbid_doctype);
	while (part_feed(x, &x->sheet))
		;
	part_close(&x->sheet);
	return true;
}

/* ---- which sheet is the first */

static void workbook_start(void *arg, const char *name, const char **list)
{
	struct xlsx *x = arg;
	const char *id = strcmp(local(name), "sheet") ? NULL : attribute(list, "id");
	if (id && str_is_null(x->relation))
		x->relation = str_dup(x->arena, str_from(id));
}

static void relations_start(void *arg, const char *name, const char **list)
{
	struct xlsx *x = arg;
	const char *id = attribute(list, "Id"), *target = attribute(list, "Target");
	if (!strcmp(local(name), "Relationship") && id && target && str_eq(str_from(id), x->relation))
		x->target = str_dup(x->arena, str_from(target));
}

static void nothing_end(void *arg, const char *name)
{
	(void)arg, (void)name;
}

static const char *first_sheet(struct xlsx *x)
{
	if (!part_read(x, "xl/workbook.xml", SMALL_PART, workbook_start, nothing_end) || x->error)
		return NULL;
	part_read(x, "xl/_rels/workbook.xml.rels", SMALL_PART, relations_start, nothing_end);
	if (x->error)
		return NULL;
	if (str_is_empty(x->target) || x->target.n > PATH_MAX_)
		return "xl/worksheets/sheet1.xml";
	if (x->target.p[0] == '/')
		return str_c(x->arena, str_sub(x->target, 1, x->target.n));
	return str_c(x->arena, str_cat(x->arena, STR("xl/"), x->target));
}

/* "_x0041_" stands for a character by its number; who is called that has an escaped underscore first. */
static struct str unescape(struct arena *a, struct str s)
{
	struct buf b = buf_new(a);
	uint64_t c;
	size_t at;
	while (str_find(s, STR("_x"), &at)) {
		bool found = s.n - at >= 7 && s.p[at + 6] == '_' && str_to_u64_hex(str_sub(s, at + 2, 4), &c) && c &&
			(c < 0xd800 || c > 0xdfff);
		buf_put(&b, str_sub(s, 0, found ? at : at + 2));
		s = str_sub(s, at + (found ? 7 : 2), s.n);
		if (!found)
			continue;
		if (c < 0x80) {
			buf_char(&b, (char)c);
		} else if (c < 0x800) {
			buf_char(&b, (char)(0xc0 | c >> 6));
			buf_char(&b, (char)(0x80 | (c & 0x3f)));
		} else {
			buf_char(&b, (char)(0xe0 | c >> 12));
			buf_char(&b, (char)(0x80 | (c >> 6 & 0x3f)));
			buf_char(&b, (char)(0x80 | (c & 0x3f)));
		}
	}
	if (!b.n)
		return s;
	buf_put(&b, s);
	return buf_str(&b);
}

/* ---- shared texts */

static void texts_start(void *arg, const char *name, const char **list)
{
	(void)list;
	struct xlsx *x = arg;
	name = local(name);
	if (!strcmp(name, "si"))
		x->text.n = 0;
	x->in_text |= !strcmp(name, "t");
	x->in_phonetic |= !strcmp(name, "rPh");
}

static void texts_end(void *arg, const char *name)
{
	struct xlsx *x = arg;
	name = local(name);
	if (!strcmp(name, "t"))
		x->in_text = false;
	if (!strcmp(name, "rPh"))
		x->in_phonetic = false;
	if (strcmp(name, "si"))
		return;
	x->texts_bytes += x->text.n + sizeof(struct str);
	if (x->texts_bytes > TEXTS_BYTES) {
		stop(x, x->sheet.parser, TABLE_BOMB);
		return;
	}
	*VEC_PUSH(x->arena, x->texts, x->texts_n, x->texts_cap) =
		str_dup(x->arena, unescape(x->arena, x->text.n ? buf_str(&x->text) : STR("")));
}

/* ---- the sheet */

/* "BC12": 55. 0: no reference. */
static size_t column_of(const char *reference)
{
	size_t column = 0;
	for (; reference && *reference >= 'A' && *reference <= 'Z' && column < 1u << 20; reference++)
		column = column * 26 + (size_t)(*reference - 'A' + 1);
	return column;
}

static void sheet_start(void *arg, const char *name, const char **list)
{
	struct xlsx *x = arg;
	name = local(name);
	if (!strcmp(name, "row")) {
		int64_t number;
		const char *r = attribute(list, "r");
		x->row.row = r && str_to_i64(str_from(r), &number) && number > x->row.row ? number : x->row.row + 1;
		x->row.cells = NULL;
		x->row.n = x->cells_cap = x->column = 0;
	} else if (!strcmp(name, "c")) {
		size_t column = column_of(attribute(list, "r"));
		const char *type = attribute(list, "t");
		x->column = column ? column : x->column + 1;
		snprintf(x->type, sizeof x->type, "%s", type ? type : "n");
		x->text = buf_new(x->row_arena);
	} else if (!strcmp(name, "v") || !strcmp(name, "t")) {
		x->in_text = true;
	} else if (!strcmp(name, "rPh")) {
		x->in_phonetic = true;
	}
}

static struct str number_text(struct xlsx *x, struct str raw)
{
	if (!str_find(raw, STR("E"), NULL) && !str_find(raw, STR("e"), NULL) && !str_find(raw, STR("."), NULL))
		return raw;
	double v = strtod(str_c(x->row_arena, raw), NULL);
	return v == floor(v) && fabs(v) < 1e15 ? str_fmt(x->row_arena, "%.0f", v) : str_fmt(x->row_arena, "%.15g", v);
}

static struct str cell_text(struct xlsx *x)
{
	struct str raw = x->text.n ? buf_str(&x->text) : STR("");
	int64_t at;
	if (!strcmp(x->type, "s"))
		return str_to_i64(raw, &at) && at >= 0 && (size_t)at < x->texts_n ? x->texts[at] : STR("");
	if (!strcmp(x->type, "n"))
		return number_text(x, raw);
	if (!strcmp(x->type, "b"))
		return str_eq(raw, STR("1")) ? STR("TRUE") : STR("FALSE");
	return unescape(x->row_arena, raw);
}

static void end_cell(struct xlsx *x)
{
	struct str value = cell_text(x);
	/* Cells that only have a color may stand anywhere. */
	if (str_is_empty(value))
		return;
	if (x->column > TABLE_COLUMNS_MAX || value.n > TABLE_CELL_MAX) {
		stop(x, x->sheet.parser, x->column > TABLE_COLUMNS_MAX ? TABLE_WIDE : TABLE_LONG);
		return;
	}
	x->cells_bytes += value.n;
	if (x->cells_bytes > CELLS_BYTES) {
		stop(x, x->sheet.parser, TABLE_BOMB);
		return;
	}
	while (x->row.n < x->column)
		*VEC_PUSH(x->row_arena, x->row.cells, x->row.n, x->cells_cap) = STR("");
	x->row.cells[x->column - 1] = value;
}

static void sheet_end(void *arg, const char *name)
{
	struct xlsx *x = arg;
	name = local(name);
	if (!strcmp(name, "v") || !strcmp(name, "t")) {
		x->in_text = false;
	} else if (!strcmp(name, "rPh")) {
		x->in_phonetic = false;
	} else if (!strcmp(name, "c")) {
		end_cell(x);
	} else if (!strcmp(name, "row") && x->row.n) {
		x->row_ready = true;
		XML_StopParser(x->sheet.parser, XML_TRUE);
	}
}

/* ---- the door */

static struct xlsx *fail(struct xlsx *x, enum table_error error, struct table_fault *fault)
{
	*fault = (struct table_fault){ .error = error, .row = 1, .column = 1, .value = STR("") };
	xlsx_close(x);
	return NULL;
}

struct xlsx *xlsx_open(struct arena *a, struct str bytes, struct table_fault *fault)
{
	struct xlsx *x = ARENA_NEW(a, struct xlsx);
	zip_error_t why;
	x->arena = a;
	x->text = buf_new(a);
	zip_error_init(&why);
	zip_source_t *source = zip_source_buffer_create(bytes.p, bytes.n, 0, &why);
	x->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
	if (!x->zip && source)
		zip_source_free(source);
	zip_error_fini(&why);
	if (!x->zip)
		return fail(x, TABLE_BAD_SHEET, fault);
	const char *sheet = first_sheet(x);
	if (!sheet)
		return fail(x, x->error ? x->error : TABLE_BINARY, fault);
	part_read(x, "xl/sharedStrings.xml", TEXTS_PART, texts_start, texts_end);
	if (x->error)
		return fail(x, x->error, fault);
	if (!part_open(x, sheet, SHEET_PART, &x->sheet))
		return fail(x, TABLE_BAD_SHEET, fault);
	XML_SetElementHandler(x->sheet.parser, sheet_start, sheet_end);
	XML_SetCharacterDataHandler(x->sheet.parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->sheet.parser, forbid_doctype);
	return x;
}

bool xlsx_next(struct xlsx *x, struct arena *a, struct table_row *out, struct table_fault *fault)
{
	x->row_arena = a;
	x->text = buf_new(a);
	x->row_ready = false;
	while (!x->row_ready && part_feed(x, &x->sheet))
		;
	if (x->error) {
		*fault = (struct table_fault){ x->error, x->row.row, (int64_t)x->column, STR("") };
		return false;
	}
	*out = x->row;
	return x->row_ready;
}

void xlsx_close(struct xlsx *x)
{
	part_close(&x->sheet);
	if (x->zip)
		zip_discard(x->zip);
	x->zip = NULL;
}
