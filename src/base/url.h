/* URLs and forms: percent-decoding, application/x-www-form-urlencoded. */
#ifndef MUSTER_BASE_URL_H
#define MUSTER_BASE_URL_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum { URL_PAIRS_MAX = 20000 };
struct pair {
	struct str name, value;
};

/* %XX to bytes; with `plus`, '+' to a space. False for a broken escape, a NUL or what is not UTF-8 then. */
bool url_decode(struct arena *a, struct str s, bool plus, struct str *out);
/* A query or a form body. Names and values in order, repeated names kept; a pair without '=' has the value "". False
 * for a broken escape, what is not UTF-8, or more than URL_PAIRS_MAX pairs. Null and empty text give none. */
bool url_parse_pairs(struct arena *a, struct str text, struct pair **out, size_t *n);
/* Appends "name=value", with '&' before it when `b` is not empty and does not end in '?'. */
void url_put_pair(struct buf *b, struct str name, struct str value);
#endif
