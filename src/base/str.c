#include "base/str.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/log.h"

bool str_eq_nocase(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

bool str_find(struct str s, struct str what, size_t *at)
{
	size_t offset = 0;
	if (what.n) {
		const char *found = s.n ? memmem(s.p, s.n, what.p, what.n) : NULL;
		if (!found)
			return false;
		offset = (size_t)(found - s.p);
	}
	if (at)
		*at = offset;
	return true;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (struct str){ s.p ? s.p + from : NULL, n };
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_split(struct str *rest, char sep, struct str *part)
{
	if (!rest->p) {
		*part = STR_NULL;
		return false;
	}
	const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
	size_t n = at ? (size_t)(at - rest->p) : rest->n;
	*part = (struct str){ rest->p, n };
	*rest = at ? (struct str){ at + 1, rest->n - n - 1 } : STR_NULL;
	return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
	bool minus = s.n && s.p[0] == '-';
	size_t i = minus;
	int64_t v = 0;
	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		int digit = s.p[i] - '0';
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v))
			return false;
	}
	/* Counted downwards, where the range is one longer. */
	if (!minus && __builtin_sub_overflow((int64_t)0, v, &v))
		return false;
	*out = v;
	return true;
}

bool str_to_u64_hex(struct str s, uint64_t *out)
{
	uint64_t v = 0;
	if (s.n == 0 || s.n > 16)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		unsigned digit;
		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			digit = (unsigned)(c - 'A') + 10;
		else
			return false;
		v = v << 4 | digit;
	}
	*out = v;
	return true;
}

struct str str_dup(struct arena *a, struct str s)
{
	if (!s.p)
		return STR_NULL;
	char *p = arena_alloc(a, s.n + 1, 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

const char *str_c(struct arena *a, struct str s)
{
	return s.p ? str_dup(a, s).p : "";
}

struct str str_vfmt(struct arena *a, const char *fmt, va_list args)
{
	/* Most texts are short, and then formatted once. */
	char room[128];
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(room, sizeof room, fmt, args);
	must(n >= 0);
	char *p = arena_alloc(a, (size_t)n + 1, 1);
	if ((size_t)n < sizeof room)
		memcpy(p, room, (size_t)n);
	else
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct str){ p, (size_t)n };
}

struct str str_num(struct arena *a, const char *before, int64_t n)
{
	char digits[20], *d = digits + sizeof digits;
	uint64_t u = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	do
		*--d = (char)('0' + u % 10);
	while (u /= 10);
	if (n < 0)
		*--d = '-';
	return str_cat(a, str_from(before), (struct str){ d, (size_t)(digits + sizeof digits - d) });
}

struct str str_fmt(struct arena *a, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct str s = str_vfmt(a, fmt, args);
	va_end(args);
	return s;
}

struct str str_cat(struct arena *a, struct str x, struct str y)
{
	char *p = arena_alloc(a, x.n + y.n + 1, 1);
	if (x.n)
		memcpy(p, x.p, x.n);
	if (y.n)
		memcpy(p + x.n, y.p, y.n);
	return (struct str){ p, x.n + y.n };
}

struct str str_lower_ascii(struct arena *a, struct str s)
{
	if (!s.p)
		return STR_NULL;
	char *p = arena_alloc(a, s.n + 1, 1);
	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 32 : s.p[i]);
	return (struct str){ p, s.n };
}

/* Length of the well-formed sequence at p, 0 when there is none (RFC 3629: no overlong forms, no surrogates). */
static size_t sequence(const unsigned char *p, size_t n)
{
	if (p[0] < 0x80)
		return p[0] != 0;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	size_t len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
	bool surrogate = p[0] == 0xed && p[1] > 0x9f;
	bool too_large = p[0] == 0xf4 && p[1] > 0x8f;
	return overlong || surrogate || too_large ? 0 : len;
}

bool str_is_utf8(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	for (size_t i = 0; i < s.n;) {
		size_t len = sequence(p + i, s.n - i);
		if (!len)
			return false;
		i += len;
	}
	return true;
}

size_t str_plain(struct str s)
{
	/* Eight bytes at a time. The lowest that is not plain has its top bit set, or gets it when a space is taken from it
	 * or one is added to it; before that nothing is borrowed or carried. */
	const uint64_t ones = UINT64_MAX / 255;
	size_t n = 0;
	for (uint64_t w; n + sizeof w <= s.n; n += sizeof w) {
		memcpy(&w, s.p + n, sizeof w);
		if ((w | (w - ones * ' ') | (w + ones)) & ones << 7)
			break;
	}
	while (n < s.n && s.p[n] >= ' ' && s.p[n] <= '~')
		n++;
	return n;
}

struct str str_cut(struct str s, size_t most)
{
	size_t n = s.n < most ? s.n : most;
	while (n && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return (struct str){ s.p, n };
}

size_t str_count_chars(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}
