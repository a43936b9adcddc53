/* XLSX by libxlsxwriter in its mode of constant memory: a row is on the disk before the next one begins. */
#include <xlsxwriter.h>
#include "base/buf.h"
#include "base/log.h"
#include "base/temp_file.h"
#include "report/table_room.h"

enum { ROWS_MAX = 1048576, TEXT_MAX = 32767, COLUMNS_MAX = 64 };

struct xlsx {
	struct table table;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *bold, *share, *moment;
	struct str names[COLUMNS_MAX];
	int widths[COLUMNS_MAX];
	size_t columns;
	lxw_row_t row;
	lxw_col_t column;
	bool lost;
};

static struct xlsx *xlsx_of(struct table *t)
{
	return (struct xlsx *)(void *)t;
}

static void note(struct xlsx *x, lxw_error e)
{
	x->lost |= e != LXW_NO_ERROR;
}

/* Excel reads "_x0041_" as a character by its number: whoever is called that gets the number of the underscore first.
 */
static bool is_escape(struct str s, size_t at)
{
	if (s.n - at < 7 || s.p[at] != '_' || s.p[at + 1] != 'x' || s.p[at + 6] != '_')
		return false;
	uint64_t number;
	return str_to_u64_hex(str_sub(s, at + 2, 4), &number);
}

/* A cell takes so many characters, counted as UTF-16; more are cut off, between two of them. */
static const char *fitting(struct arena *a, struct str s)
{
	struct buf b = buf_new(a);
	size_t n = 0, at = 0;
	while (at < s.n && n < TEXT_MAX) {
		unsigned char c = (unsigned char)s.p[at];
		size_t bytes = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
		if (is_escape(s, at)) {
			if (n + 7 > TEXT_MAX)
				break;
			BUF_LIT(&b, "_x005F");
			n += 6;
		}
		n += c >= 0xf0 ? 2 : 1;
		buf_put(&b, str_sub(s, at, bytes));
		at += bytes;
	}
	return str_c(a, buf_str(&b));
}

static void put_text(struct table *t, struct str s)
{
	struct xlsx *x = xlsx_of(t);
	struct arena_mark m = arena_mark(t->arena);
	note(x, worksheet_write_string(x->sheet, x->row, x->column++, fitting(t->arena, s), NULL));
	arena_rewind(t->arena, m);
}

static void put_blank(struct table *t)
{
	xlsx_of(t)->column++;
}

static void put_int(struct table *t, int64_t v)
{
	struct xlsx *x = xlsx_of(t);
	note(x, worksheet_write_number(x->sheet, x->row, x->column++, (double)v, NULL));
}

static void put_share(struct table *t, double v)
{
	struct xlsx *x = xlsx_of(t);
	note(x, worksheet_write_number(x->sheet, x->row, x->column++, v, x->share));
}

static void put_moment(struct table *t, const struct tz_wall *w)
{
	struct xlsx *x = xlsx_of(t);
	lxw_datetime when = { .year = w->year, .month = w->month, .day = w->day, .hour = w->hour, .min = w->minute };
	note(x, worksheet_write_datetime(x->sheet, x->row, x->column++, &when, x->moment));
}

static void begin_sheet(struct xlsx *x)
{
	x->sheet = workbook_add_worksheet(x->book, NULL);
	x->row = 0;
	x->column = 0;
	must(x->sheet);
	for (size_t i = 0; i < x->columns; i++)
		note(x, worksheet_set_column(x->sheet, (lxw_col_t)i, (lxw_col_t)i, x->widths[i], NULL));
	worksheet_freeze_panes(x->sheet, 1, 0);
	for (size_t i = 0; i < x->columns; i++)
		note(x, worksheet_write_string(x->sheet, 0, (lxw_col_t)i, fitting(x->table.arena, x->names[i]), x->bold));
	x->row = 1;
}

/* A sheet ends somewhere; the next one begins with the same names. */
static void end_row(struct table *t)
{
	struct xlsx *x = xlsx_of(t);
	x->column = 0;
	if (++x->row >= ROWS_MAX)
		begin_sheet(x);
}

static void put_head(struct table *t, const struct str *names, const int *widths, size_t n)
{
	struct xlsx *x = xlsx_of(t);
	must(n <= COLUMNS_MAX);
	x->columns = n;
	for (size_t i = 0; i < n; i++) {
		x->names[i] = str_dup(t->arena, names[i]);
		x->widths[i] = widths[i];
	}
	begin_sheet(x);
}

static bool end(struct table *t)
{
	struct xlsx *x = xlsx_of(t);
	note(x, workbook_close(x->book));
	return !x->lost;
}

struct table *table_xlsx_new(struct arena *a, int fd)
{
	static const struct table_kind kind = {
		.head = put_head,
		.text = put_text,
		.integer = put_int,
		.share = put_share,
		.moment = put_moment,
		.blank = put_blank,
		.row_end = end_row,
		.end = end,
	};
	struct xlsx *x = ARENA_NEW(a, struct xlsx);
	x->table = (struct table){ &kind, a, fd };
	lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = (char *)(uintptr_t)temp_file_folder() };
	/* The library wants a name, and the file has none of its own. */
	x->book = workbook_new_opt(str_c(a, str_fmt(a, "/proc/self/fd/%d", fd)), &options);
	if (!x->book)
		return NULL;
	x->bold = workbook_add_format(x->book);
	x->share = workbook_add_format(x->book);
	x->moment = workbook_add_format(x->book);
	if (!x->bold || !x->share || !x->moment) {
		workbook_close(x->book);
		return NULL;
	}
	format_set_bold(x->bold);
	format_set_num_format(x->share, "0%");
	format_set_num_format(x->moment, "yyyy-mm-dd hh:mm");
	return &x->table;
}
