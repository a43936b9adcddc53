/* Strings that carry their length. A `struct str` never owns its bytes: they live in an arena, in a
 * literal or in the request. It may hold any byte, and is not NUL-terminated unless a function says so. */
#ifndef MUSTER_BASE_STR_H
#define MUSTER_BASE_STR_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;
struct str {
	const char *p;
	size_t n;
};

/* A string from a literal, at no cost. */
#define STR(literal) ((struct str)STR_INIT(literal))
/* The same in a constant table. */
#define STR_INIT(literal) \
	{ \
		"" literal, sizeof(literal) - 1 \
	}
/* An absent string (SQL NULL, a missing member). STR("") is there and empty. */
#define STR_NULL   ((struct str){ NULL, 0 })
/* For printf: "%.*s". Strings over INT_MAX are cut. */
#define STR_FMT    "%.*s"
#define STR_ARG(s) ((int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n)), ((s).p ? (s).p : "")

static inline bool str_is_null(struct str s)
{
	return s.p == NULL;
}
static inline bool str_is_empty(struct str s)
{
	return s.n == 0;
}

/* NULL gives STR_NULL. */
static inline struct str str_from(const char *c)
{
	return c ? (struct str){ c, strlen(c) } : STR_NULL;
}
/* Bytes; null equals empty. Mostly the lengths tell, without a call. */
static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
bool str_eq_nocase(struct str a, struct str b); /* ASCII case only */
int str_cmp(struct str a, struct str b);        /* as memcmp, shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_find(struct str s, struct str what, size_t *at); /* at may be NULL */
struct str str_sub(struct str s, size_t from, size_t n);  /* clamped to s */
struct str str_trim(struct str s);                        /* ASCII white space at both ends */
/* Takes what stands before `sep` off the front of *rest into *part. False when *rest is used up. */
bool str_split(struct str *rest, char sep, struct str *part);

/* Whole-string conversions: digits only, an optional '-', no overflow; false leaves *out alone. */
bool str_to_i64(struct str s, int64_t *out);
bool str_to_u64_hex(struct str s, uint64_t *out);

struct str str_dup(struct arena *a, struct str s); /* a copy, also NUL-terminated; null stays null */
const char *str_c(struct arena *a, struct str s);  /* NUL-terminated for C interfaces; null gives "" */
struct str str_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str str_num(struct arena *a, const char *before, int64_t n); /* "/users/" and 7: "/users/7" */
struct str str_vfmt(struct arena *a, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
struct str str_cat(struct arena *a, struct str x, struct str y);
struct str str_lower_ascii(struct arena *a, struct str s);

bool str_is_utf8(struct str s);                /* well-formed, no surrogates, no NUL */
size_t str_count_chars(struct str s);          /* code points of well-formed UTF-8 */
struct str str_cut(struct str s, size_t most); /* the front of it: at most so many bytes, cut between code points */
size_t str_plain(struct str s);                /* how many bytes at the front are visible ASCII or spaces */
#endif
