#include "base/tz_parse.h"

enum {
	HEADER_BYTES = 44,
	TYPE_BYTES = 6,
	HOUR = 3600,
	/* RFC 9636 3.2: a reader may count on offsets between these. */
	OFFSET_MIN = -25 * HOUR + 1,
	OFFSET_MAX = 26 * HOUR - 1,
};

/* What is left of the file. Each take checks before it moves. */
struct cursor {
	const unsigned char *p;
	size_t n;
};

struct counts {
	size_t ut, standard, leap, transitions, types, chars;
};

static bool take(struct cursor *c, size_t n, const unsigned char **out)
{
	if (n > c->n)
		return false;
	*out = c->p;
	c->p += n;
	c->n -= n;
	return true;
}

static uint32_t read_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_i64(const unsigned char *p)
{
	return (int64_t)((uint64_t)read_u32(p) << 32 | read_u32(p + 4));
}

static bool read_header(struct cursor *c, struct counts *out)
{
	const unsigned char *p;
	if (!take(c, HEADER_BYTES, &p))
		return false;
	if (p[0] != 'T' || p[1] != 'Z' || p[2] != 'i' || p[3] != 'f' || p[4] < '2')
		return false;
	*out = (struct counts){
		.ut = read_u32(p + 20),
		.standard = read_u32(p + 24),
		.leap = read_u32(p + 28),
		.transitions = read_u32(p + 32),
		.types = read_u32(p + 36),
		.chars = read_u32(p + 40),
	};
	return true;
}

/* The first block holds 32-bit times for readers of long ago. Six 32-bit counts cannot overflow 64 bits here. */
static bool skip_first_block(struct cursor *c, const struct counts *n)
{
	const unsigned char *p;
	return take(
		c, n->transitions * (4 + 1) + n->types * TYPE_BYTES + n->chars + n->leap * (4 + 4) + n->standard + n->ut, &p);
}

static bool read_types(const unsigned char *p, const struct counts *n, int32_t *offset)
{
	for (size_t i = 0; i < n->types; i++, p += TYPE_BYTES) {
		offset[i] = (int32_t)read_u32(p);
		if (offset[i] < OFFSET_MIN || offset[i] > OFFSET_MAX || p[4] > 1 || p[5] >= n->chars)
			return false;
	}
	return true;
}

static bool read_second_block(struct arena *a, struct cursor *c, const struct counts *n, struct tz *out)
{
	const unsigned char *times, *indexes, *types, *rest;
	if (n->leap || !n->types || n->types > 256 || !n->chars)
		return false;
	if (!take(c, n->transitions * 8, &times) || !take(c, n->transitions, &indexes) ||
		!take(c, n->types * TYPE_BYTES, &types) || !take(c, n->chars + n->standard + n->ut, &rest))
		return false;
	int32_t offset_of_type[256];
	if (!read_types(types, n, offset_of_type))
		return false;

	out->n = n->transitions;
	out->at = ARENA_ARRAY(a, int64_t, n->transitions);
	out->offset = ARENA_ARRAY(a, int32_t, n->transitions);
	out->first_offset = offset_of_type[0];
	for (size_t i = 0; i < n->transitions; i++) {
		out->at[i] = read_i64(times + i * 8);
		if ((i && out->at[i] <= out->at[i - 1]) || indexes[i] >= n->types)
			return false;
		out->offset[i] = offset_of_type[indexes[i]];
	}
	return true;
}

bool tz_parse(struct arena *a, struct str bytes, struct tz *out)
{
	*out = (struct tz){ 0 };
	struct cursor c = { (const unsigned char *)bytes.p, bytes.n };
	struct counts n;
	if (!read_header(&c, &n) || !skip_first_block(&c, &n))
		return false;
	if (!read_header(&c, &n) || !read_second_block(a, &c, &n, out))
		return false;
	struct str footer = { (const char *)c.p, c.n };
	if (footer.n < 2 || footer.p[0] != '\n' || footer.p[footer.n - 1] != '\n')
		return false;
	return tz_parse_footer(a, str_sub(footer, 1, footer.n - 2), &out->footer);
}

/* ---- the footer */

static bool skip_char(struct str *s, char c)
{
	if (!s->n || s->p[0] != c)
		return false;
	*s = str_sub(*s, 1, s->n);
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* CET, or <+03> for names that are not letters only. */
static bool read_name(struct arena *a, struct str *s, struct str *out)
{
	bool quoted = skip_char(s, '<');
	size_t n = 0;
	while (n < s->n && (is_letter(s->p[n]) || (quoted && (is_digit(s->p[n]) || s->p[n] == '+' || s->p[n] == '-'))))
		n++;
	if (n < 3)
		return false;
	*out = str_dup(a, str_sub(*s, 0, n));
	*s = str_sub(*s, n, s->n);
	return !quoted || skip_char(s, '>');
}

static bool read_number(struct str *s, int min, int max, int *out)
{
	int v = 0;
	size_t n = 0;
	for (; n < s->n && n < 4 && is_digit(s->p[n]); n++)
		v = v * 10 + (s->p[n] - '0');
	if (!n || v < min || v > max)
		return false;
	*s = str_sub(*s, n, s->n);
	*out = v;
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(struct str *s, int hours_max, int *out)
{
	bool minus = skip_char(s, '-');
	if (!minus)
		skip_char(s, '+');
	int hours, minutes = 0, seconds = 0;
	if (!read_number(s, 0, hours_max, &hours))
		return false;
	if (skip_char(s, ':') && !read_number(s, 0, 59, &minutes))
		return false;
	if (skip_char(s, ':') && !read_number(s, 0, 59, &seconds))
		return false;
	*out = (hours * HOUR + minutes * 60 + seconds) * (minus ? -1 : 1);
	return true;
}

/* POSIX counts west of UTC, everybody else east. */
static bool read_offset(struct str *s, int *out)
{
	if (!read_time(s, 24, out))
		return false;
	*out = -*out;
	return true;
}

static bool read_change(struct str *s, struct tz_change *out)
{
	*out = (struct tz_change){ .form = TZ_DAY_ZERO, .second = 2 * HOUR };
	if (skip_char(s, 'M')) {
		out->form = TZ_DAY_MONTH;
		if (!read_number(s, 1, 12, &out->month) || !skip_char(s, '.') || !read_number(s, 1, 5, &out->week) ||
			!skip_char(s, '.') || !read_number(s, 0, 6, &out->weekday))
			return false;
	} else if (skip_char(s, 'J')) {
		out->form = TZ_DAY_JULIAN;
		if (!read_number(s, 1, 365, &out->day))
			return false;
	} else if (!read_number(s, 0, 365, &out->day)) {
		return false;
	}
	/* RFC 9636 3.3.2: up to a week either way, where POSIX ends at a day. */
	return !skip_char(s, '/') || read_time(s, 167, &out->second);
}

bool tz_parse_footer(struct arena *a, struct str text, struct tz_footer *out)
{
	*out = (struct tz_footer){ 0 };
	if (!text.n)
		return true;
	struct str s = text;
	if (!read_name(a, &s, &out->std_name) || !read_offset(&s, &out->std_offset))
		return false;
	out->present = true;
	if (!s.n)
		return true;
	out->has_dst = true;
	if (!read_name(a, &s, &out->dst_name))
		return false;
	out->dst_offset = out->std_offset + HOUR;
	if (s.n && s.p[0] != ',' && !read_offset(&s, &out->dst_offset))
		return false;
	/* Without its dates daylight saving is up to the implementation: nothing to rely on. */
	if (!skip_char(&s, ',') || !read_change(&s, &out->to_dst) || !skip_char(&s, ',') || !read_change(&s, &out->to_std))
		return false;
	return !s.n;
}
