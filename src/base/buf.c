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

/* The lowest bit of each byte of `x` that is 0, seven places up; what borrows from a neighbour is found there too
 * often, never too seldom. */
static uint64_t zero_bytes(uint64_t x)
{
	return (x - UINT64_C(0x0101010101010101)) & ~x & UINT64_C(0x8080808080808080);
}

/* Eight bytes of which surely none needs an escape: < and > differ in one bit; & ' " in two, with which # is mistaken
 * for one of them. */
static bool is_plain(const char *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
	uint64_t angle = (x & ~UINT64_C(0x0202020202020202)) ^ UINT64_C(0x3c3c3c3c3c3c3c3c);
	uint64_t quote = (x & ~UINT64_C(0x0505050505050505)) ^ UINT64_C(0x2222222222222222);
	return !(zero_bytes(x) | zero_bytes(angle) | zero_bytes(quote));
}

/* How many bytes at the beginning are written as they are: eight at a time, since few are not; the last eight may have
 * been looked at in part. */
static size_t plain(const char *p, size_t n)
{
	enum { STEP = 8 };
	size_t i = 0;
	while (n - i >= STEP && is_plain(p + i))
		i += STEP;
	return n >= STEP && n - i < STEP && is_plain(p + n - STEP) ? n : i;
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
