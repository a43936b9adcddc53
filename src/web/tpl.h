/* What compiled templates (gen/templates.h) are made of: a value's C type and its place choose the escaper.
 * Values are struct str, const char *, whole numbers (plain digits), struct opt_i64 (nothing when it has none)
 * and struct url. */
#ifndef MUSTER_WEB_TPL_H
#define MUSTER_WEB_TPL_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "base/text.h"
#include "db/db.h"

/* ---- addresses */

/* A whole address that is safe in href, src and action. Only the functions below make one. */
struct url {
	struct str s;
};

/* A literal path of our own; "/" is in front already. */
#define URL_PATH(literal) ((struct url){ STR("/" literal) })
/* An address from elsewhere or put together in C: a path of this server ("/…", not "//…"), "?…", "#…", or http:,
 * https:, mailto:, webcal:. False for anything else, also for control characters, spaces and backslashes.
 * *out keeps a view of s. */
bool url_check(struct str s, struct url *out);
/* The same, but what is refused becomes "#": for views. */
struct url url_from(struct str s);

/* ---- what the generated code calls */

void tpl_html_str(struct buf *out, struct str s);
void tpl_html_chars(struct buf *out, const char *s);
void tpl_html_url(struct buf *out, struct url u);
void tpl_put_i64(struct buf *out, int64_t v);
void tpl_put_u64(struct buf *out, uint64_t v);
void tpl_put_opt(struct buf *out, struct opt_i64 v);
void tpl_part_str(struct buf *out, struct str s);
void tpl_part_chars(struct buf *out, const char *s);
void tpl_url(struct buf *out, struct url u);
void tpl_url_str(struct buf *out, struct str s);

/* clang-format off */
#define TPL_NUMBERS(i, u) \
	signed char: i, short: i, int: i, long: i, long long: i, \
	unsigned char: u, unsigned short: u, unsigned: u, unsigned long: u, unsigned long long: u

#define TPL_HTML(out, x) \
	_Generic((x), struct str: tpl_html_str, const char *: tpl_html_chars, char *: tpl_html_chars, \
		struct url: tpl_html_url, struct opt_i64: tpl_put_opt, TPL_NUMBERS(tpl_put_i64, tpl_put_u64))((out), (x))
/* A whole URL attribute. A struct str goes through url_check here; what is refused or empty becomes "#". */
#define TPL_URL(out, x) _Generic((x), struct url: tpl_url, struct str: tpl_url_str)((out), (x))
#define TPL_URL_PART(out, x) \
	_Generic((x), struct str: tpl_part_str, const char *: tpl_part_chars, char *: tpl_part_chars, \
		struct opt_i64: tpl_put_opt, TPL_NUMBERS(tpl_put_i64, tpl_put_u64))((out), (x))
/* clang-format on */

/* What counts as true: text that is not empty, a number that is not 0, an opt_i64 that has a value, a pointer. */
static inline bool tpl_true_str(struct str s)
{
	return s.n > 0;
}
static inline bool tpl_true_chars(const char *s)
{
	return s && *s;
}
static inline bool tpl_true_url(struct url u)
{
	return u.s.n > 0;
}
static inline bool tpl_true_opt(struct opt_i64 v)
{
	return v.has;
}
static inline bool tpl_true_i64(int64_t v)
{
	return v != 0;
}
static inline bool tpl_true_u64(uint64_t v)
{
	return v != 0;
}
static inline bool tpl_true_bool(bool v)
{
	return v;
}
static inline bool tpl_true_pointer(const void *p)
{
	return p != NULL;
}
/* clang-format off */
#define TPL_TRUE(x) \
	_Generic((x), struct str: tpl_true_str, const char *: tpl_true_chars, char *: tpl_true_chars, \
		struct url: tpl_true_url, struct opt_i64: tpl_true_opt, bool: tpl_true_bool, \
		TPL_NUMBERS(tpl_true_i64, tpl_true_u64), default: tpl_true_pointer)(x)
/* clang-format on */

static inline bool tpl_equal_i64(int64_t a, int64_t b)
{
	return a == b;
}
static inline bool tpl_equal_opt(struct opt_i64 a, int64_t b)
{
	return a.has && a.v == b;
}
static inline bool tpl_equal_chars(const char *a, struct str b)
{
	return str_eq(str_from(a), b);
}
/* clang-format off */
#define TPL_EQUAL(a, b) \
	_Generic((a), struct str: str_eq, const char *: tpl_equal_chars, char *: tpl_equal_chars, \
		struct opt_i64: tpl_equal_opt, default: tpl_equal_i64)((a), (b))
/* clang-format on */
static inline bool tpl_is_less(int64_t a, int64_t b)
{
	return a < b;
}
#endif
