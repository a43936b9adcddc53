/* A growing output buffer inside an arena, and the escapers that templates compile to. */
#ifndef MUSTER_BASE_BUF_H
#define MUSTER_BASE_BUF_H
#include <string.h>
#include "base/arena.h"
#include "base/str.h"

struct buf {
	struct arena *arena;
	char *p;
	size_t n, cap;
};

static inline struct buf buf_new(struct arena *a)
{
	return (struct buf){ .arena = a };
}
/* Where there is no room for so much: buf_reserve() asks first. */
void buf_grow(struct buf *b, size_t more);

/* A page is a thousand small pieces: where each fits, it costs no call. */
static inline void buf_reserve(struct buf *b, size_t more)
{
	if (more > b->cap - b->n)
		buf_grow(b, more);
}
static inline void buf_mem(struct buf *b, const void *p, size_t n)
{
	if (!n)
		return;
	buf_reserve(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}
static inline void buf_put(struct buf *b, struct str s)
{
	buf_mem(b, s.p, s.n);
}
static inline void buf_char(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->p[b->n++] = c;
}
void buf_repeat(struct buf *b, struct str s, size_t times);
void buf_i64(struct buf *b, int64_t v);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str buf_str(const struct buf *b); /* a view; later writes may move it */
#define BUF_LIT(b, literal) buf_mem((b), "" literal, sizeof(literal) - 1)

/* HTML text and double-quoted attribute values: & < > " ' and NUL. */
void buf_html(struct buf *b, struct str s);
/* A part of a URL (path segment or query value): everything but unreserved characters as %XX. */
void buf_url(struct buf *b, struct str s);
/* A JSON string with its quotes. */
void buf_json(struct buf *b, struct str s);
#endif
