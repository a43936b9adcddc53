#include "base/csv.h"
#include <string.h>
#include "base/buf.h"

enum { VALUE_SHOWN = 80 };

/* ---- encoding */

/* 0x80 to 0x9f of Windows-1252; 0: no character. From 0xa0 on it is Unicode. */
static const uint16_t windows[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161,
	0x203a, 0x0153, 0, 0x017e, 0x0178 };

static unsigned windows_point(unsigned char c)
{
	return c < 0x80 || c >= 0xa0 ? c : windows[c - 0x80];
}

static void put_windows(struct buf *b, unsigned char c)
{
	unsigned p = windows_point(c);
	if (p < 0x80) {
		buf_char(b, (char)p);
	} else if (p < 0x800) {
		buf_char(b, (char)(0xc0 | p >> 6));
		buf_char(b, (char)(0x80 | (p & 0x3f)));
	} else {
		buf_char(b, (char)(0xe0 | p >> 12));
		buf_char(b, (char)(0x80 | (p >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (p & 0x3f)));
	}
}

/* How many bytes the well-formed character of several bytes at `at` has; 0: it is none. */
static size_t sequence(struct str s, size_t at)
{
	unsigned char c = (unsigned char)s.p[at];
	size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	return at + n <= s.n && str_is_utf8(str_sub(s, at, n)) ? n : 0;
}

/* Windows-1252 hardly ever looks like UTF-8; UTF-8 with a broken place still has more whole characters than broken
 * ones. */
static enum table_encoding guess(struct str s)
{
	size_t whole = 0, broken = 0;
	for (size_t i = 0; i < s.n;) {
		size_t n = 1;
		if ((unsigned char)s.p[i] >= 0x80) {
			n = sequence(s, i);
			whole += n > 0;
			broken += n == 0;
			n = n ? n : 1;
		}
		i += n;
	}
	return broken == 0 || whole > broken ? TABLE_UTF8 : TABLE_WINDOWS_1252;
}

static bool all_white(struct str s)
{
	return str_is_empty(str_trim(s));
}

/* ---- opening */

static char find_separator(struct str s)
{
	size_t commas = 0, semicolons = 0, tabs = 0;
	bool quoted = false;
	for (size_t i = 0; i < s.n && (quoted || (s.p[i] != '\n' && s.p[i] != '\r')); i++) {
		quoted ^= s.p[i] == '"';
		commas += !quoted && s.p[i] == ',';
		semicolons += !quoted && s.p[i] == ';';
		tabs += !quoted && s.p[i] == '\t';
	}
	if (tabs > commas && tabs > semicolons)
		return '\t';
	return semicolons > commas ? ';' : ',';
}

static bool fail_at(struct csv *r, enum table_error error, int64_t row, int64_t column)
{
	r->fault = (struct table_fault){ error, row, column, STR("") };
	r->at = r->bytes.n;
	return false;
}

bool csv_open(struct csv *r, struct str bytes, enum table_encoding encoding)
{
	bool marked = str_starts(bytes, STR("\xef\xbb\xbf"));
	*r = (struct csv){ .bytes = marked ? str_sub(bytes, 3, bytes.n) : bytes };
	if (str_starts(bytes, STR("\xff\xfe")) || str_starts(bytes, STR("\xfe\xff")))
		return fail_at(r, TABLE_UTF16, 1, 1);
	if (r->bytes.n && memchr(r->bytes.p, 0, r->bytes.n))
		return fail_at(r, TABLE_BINARY, 1, 1);
	if (all_white(r->bytes))
		return fail_at(r, TABLE_EMPTY, 1, 1);
	r->encoding = marked ? TABLE_UTF8 : encoding == TABLE_ANY ? guess(r->bytes) : encoding;
	/* Spreadsheets take "sep=;" in the first line as a hint, and so it is one here. */
	if (str_starts(r->bytes, STR("sep=")) && r->bytes.n > 5 && (r->bytes.p[5] == '\n' || r->bytes.p[5] == '\r') &&
		memchr(",;\t", r->bytes.p[4], 3)) {
		r->separator = r->bytes.p[4];
		r->at = str_starts(str_sub(r->bytes, 5, 2), STR("\r\n")) ? 7 : 6;
		r->row = 1;
		return true;
	}
	size_t first = 0;
	while (first < r->bytes.n && (r->bytes.p[first] == '\n' || r->bytes.p[first] == '\r'))
		first++;
	r->separator = find_separator(str_sub(r->bytes, first, r->bytes.n));
	return true;
}

/* ---- reading */

static bool decode(const struct csv *r, struct arena *a, struct str raw, struct str *out)
{
	if (r->encoding == TABLE_UTF8) {
		*out = raw;
		return str_is_utf8(raw);
	}
	bool ok = true;
	struct buf b = buf_new(a);
	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = (unsigned char)raw.p[i];
		ok &= windows_point(c) != 0;
		put_windows(&b, windows_point(c) ? c : '?');
	}
	*out = b.n ? buf_str(&b) : STR("");
	return ok;
}

/* What can be shown of a broken cell: question marks for what is none of its characters. */
static struct str shown(const struct csv *r, struct arena *a, struct str raw)
{
	struct str text;
	raw = str_sub(raw, 0, VALUE_SHOWN);
	if (decode(r, a, raw, &text) || r->encoding != TABLE_UTF8)
		return text;
	struct buf b = buf_new(a);
	for (size_t i = 0; i < raw.n;) {
		unsigned char c = (unsigned char)raw.p[i];
		size_t n = c < 0x80 ? 1 : sequence(raw, i);
		if (n)
			buf_mem(&b, raw.p + i, n);
		else
			buf_char(&b, '?');
		i += n ? n : 1;
	}
	return buf_str(&b);
}

static bool cell_fails(struct csv *r, struct arena *a, enum table_error error, size_t column, struct str raw)
{
	struct str value = shown(r, a, raw);
	fail_at(r, error, r->row, (int64_t)column);
	r->fault.value = value;
	return false;
}

static bool ends_cell(const struct csv *r, size_t at)
{
	char c = at < r->bytes.n ? r->bytes.p[at] : '\n';
	return c == r->separator || c == '\n' || c == '\r';
}

/* From behind the opening quote to behind the closing one. Without doubled quotes inside nothing is copied. */
static bool quoted_cell(struct csv *r, struct arena *a, size_t column, struct str *raw)
{
	const struct str all = r->bytes;
	size_t from = ++r->at, part = from;
	struct buf b = buf_new(a);
	for (;;) {
		const char *quote = r->at < all.n ? memchr(all.p + r->at, '"', all.n - r->at) : NULL;
		if (!quote)
			return cell_fails(r, a, TABLE_QUOTE, column, str_sub(all, from, VALUE_SHOWN));
		size_t end = (size_t)(quote - all.p);
		if (end - from > TABLE_CELL_MAX)
			return cell_fails(r, a, TABLE_LONG, column, str_sub(all, from, VALUE_SHOWN));
		r->at = end + 1;
		if (r->at < all.n && all.p[r->at] == '"') {
			buf_mem(&b, all.p + part, r->at - part);
			part = ++r->at;
			continue;
		}
		if (!ends_cell(r, r->at))
			return cell_fails(r, a, TABLE_QUOTE, column, str_sub(all, from, end - from));
		if (b.n == 0) {
			*raw = str_sub(all, from, end - from);
		} else {
			buf_mem(&b, all.p + part, end - part);
			*raw = buf_str(&b);
		}
		return true;
	}
}

static bool read_cell(struct csv *r, struct arena *a, size_t column, struct str *out)
{
	struct str raw;
	if (column > TABLE_COLUMNS_MAX)
		return cell_fails(r, a, TABLE_WIDE, column, STR(""));
	if (r->at < r->bytes.n && r->bytes.p[r->at] == '"') {
		if (!quoted_cell(r, a, column, &raw))
			return false;
	} else {
		size_t from = r->at;
		while (!ends_cell(r, r->at))
			r->at++;
		raw = str_sub(r->bytes, from, r->at - from);
		if (raw.n > TABLE_CELL_MAX)
			return cell_fails(r, a, TABLE_LONG, column, raw);
	}
	return decode(r, a, raw, out) || cell_fails(r, a, TABLE_ENCODING, column, raw);
}

static void skip_line_end(struct csv *r)
{
	if (r->at < r->bytes.n && r->bytes.p[r->at] == '\r')
		r->at++;
	if (r->at < r->bytes.n && r->bytes.p[r->at] == '\n')
		r->at++;
}

bool csv_next(struct csv *r, struct arena *a, struct table_row *out)
{
	while (!r->fault.error && r->at < r->bytes.n) {
		size_t cap = 0;
		bool any = false;
		*out = (struct table_row){ .row = ++r->row };
		for (;;) {
			struct str cell;
			if (!read_cell(r, a, out->n + 1, &cell))
				return false;
			any |= !all_white(cell);
			*VEC_PUSH(a, out->cells, out->n, cap) = cell;
			if (r->at >= r->bytes.n || r->bytes.p[r->at] != r->separator)
				break;
			r->at++;
		}
		skip_line_end(r);
		if (any)
			return true;
	}
	return false;
}
