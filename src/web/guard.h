/* What libmicrohttpd lets through and this program does not. MHD parses the head in place and hands out
 * pointers into it, so the bytes between the pieces are known: each header must begin exactly two bytes
 * behind the one before. That shows bare line feeds, folded lines and what a NUL hides, which its
 * interface does not tell (RFC 9112 2.2, 5.1, 5.2, 6.3, 11.2).
 *
 * MHD writes NULs over what ended a line, so some broken endings stay hidden: NUL LF passes for CR LF; LF, then
 * ':' or NUL, then CR LF passes for the end of the head, as does CR LF ':' LF; and in front of a request line
 * MHD drops empty lines and lines that begin with a NUL. tests/fuzz/fuzz_guard.c knows of nothing else. */
#ifndef MUSTER_WEB_GUARD_H
#define MUSTER_WEB_GUARD_H
#include "base/arena.h"
#include "base/str.h"
#include "web/server.h"

struct guard_head {
	const char *begin; /* the method, at the first byte of the head; NUL-terminated in place */
	const char *target;
	size_t target_n;     /* where the raw target stands or stood */
	const char *version; /* NUL-terminated in place */
	const struct http_header *fields;
	size_t fields_n; /* in order of appearance, pointing into the head */
	size_t size;     /* bytes from `begin` behind the empty line */
};
enum { GUARD_HEAD_MAX = 8192, GUARD_FIELDS_MAX = 100 };

/* The status to refuse with (400, 411, 431), or 0; then *body_n is the declared length of the body. */
unsigned guard_head(const struct guard_head *h, uint64_t *body_n);

/* Splits and decodes a raw request target: *path percent-decoded once, *query as it is. False for anything
 * but origin form in visible ASCII, a broken escape, and a path that decodes to something else than
 * printable UTF-8 without backslashes and without "." and ".." segments. */
bool guard_target(struct arena *a, struct str raw, struct str *path, struct str *query);
#endif
