#include "base/buf.h"
#include <stdio.h>
#include <string.h>
#include "base/log.h"

void buf_grow(struct buf *b, size_t more)
{
	size_t need;
	must(!__builtin_add_overflow(b->n, more, &need));
	size_t cap = b->cap * 2 > need ? b->cap * 2 : need;
	if (cap < 256)
		cap = 256;
	b->p = arena_grow_raw(b->arena, b->p, b->cap, cap);
	b->cap = cap;
}

void buf_repeat(struct buf *b, struct str s, size_t times)
{
	size_t sum;
	must(!__builtin_mul_overflow(s.n, times, &sum));
	buf_reserve(b, sum);
	for (size_t i = 0; i < times; i++)
		buf_put(b, s);
}

void buf_i64(struct buf *b, int64_t v)
{
	char t[20], *q = t + sizeof t;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do
		*--q = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		buf_char(b, '-');
	buf_mem(b, q, (size_t)(t + sizeof t - q));
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	/* Where there is room already, it is formatted once. */
	buf_reserve(b, 1);
	size_t room = b->cap - b->n;
	int n = vsnprintf(b->p + b->n, room, fmt, args);
	va_end(args);
	must(n >= 0);
	if ((size_t)n >= room) {
		buf_reserve(b, (size_t)n + 1);
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	b->n += (size_t)n;
}

struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}

enum { HALF = 8 };
typedef uint64_t pair __attribute__((vector_size(2 * HALF)));
typedef unsigned char bytes __attribute__((vector_size(2 * HALF)));

static uint64_t eight(const char *p)
{
	uint64_t x;
	memcpy(&x, p, HALF);
	return x;
}

/* Eight bytes here and eight there, looked at together: none needs an escape. */
static bool is_plain(const char *p, const char *q)
{
	bytes x = (bytes)(pair){ eight(p), eight(q) };
	pair found = (pair)((x == '&') | (x == '<') | (x == '>') | (x == '"') | (x == '\'') | (x == 0));
	return !(found[0] | found[1]);
}

/* How many bytes at the beginning are written as they are: sixteen at a time, since few are not. What is left is
 * looked at from both its ends, some of it once more. */
static size_t plain(const char *p, size_t n)
{
	size_t i = 0;
	if (n < HALF)
		return 0;
	for (; n - i >= 2 * HALF; i += 2 * HALF)
		if (!is_plain(p + i, p + i + HALF))
			return i;
	size_t last = n - HALF;
	return is_plain(p + (i < last ? i : last), p + last) ? n : i;
}

void buf_html(struct buf *b, struct str s)
{
	static const struct str escape[256] = {
		['&'] = { "&amp;", 5 },
		['<'] = { "&lt;", 4 },
		['>'] = { "&gt;", 4 },
		['"'] = { "&quot;", 6 },
		['\''] = { "&#39;", 5 },
		[0] = { "\xef\xbf\xbd", 3 },
	};
	size_t run = 0;
	for (size_t i = plain(s.p, s.n); i < s.n; i++) {
		const struct str *e = &escape[(unsigned char)s.p[i]];
		if (!e->p)
			continue;
		buf_mem(b, s.p + run, i - run);
		buf_put(b, *e);
		run = i + 1;
	}
	if (s.n)
		buf_mem(b, s.p + run, s.n - run);
}

/* RFC 3986 2.3 */
static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
		c == '_' || c == '~';
}

void buf_url(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t run = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (is_unreserved(c))
			continue;
		buf_mem(b, s.p + run, i - run);
		buf_mem(b, (char[3]){ '%', hex[c >> 4], hex[c & 15] }, 3);
		run = i + 1;
	}
	if (s.n)
		buf_mem(b, s.p + run, s.n - run);
}

void buf_json(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789abcdef";
	buf_char(b, '"');
	size_t run = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		buf_mem(b, s.p + run, i - run);
		run = i + 1;
		switch (c) {
		case '"': BUF_LIT(b, "\\\""); break;
		case '\\': BUF_LIT(b, "\\\\"); break;
		case '\n': BUF_LIT(b, "\\n"); break;
		case '\r': BUF_LIT(b, "\\r"); break;
		case '\t': BUF_LIT(b, "\\t"); break;
		default: buf_mem(b, (char[6]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 6);
		}
	}
	if (s.n)
		buf_mem(b, s.p + run, s.n - run);
	buf_char(b, '"');
}
