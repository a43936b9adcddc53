#include "web/guard.h"
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* RFC 9110 5.6.2: what names of methods and headers are made of. */
static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_alnum(s.p[i]) && (s.p[i] == '\0' || !strchr("!#$%&'*+-.^_`|~", s.p[i]))) {
			return false;
		}
	}
	return s.n > 0;
}

static bool is_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < ' ' && c != '\t') || c == 127) {
			return false;
		}
	}
	return true;
}

/* A name, an address or a bracketed address, with or without a port. */
static bool is_host(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_alnum(s.p[i]) && (s.p[i] == '\0' || !strchr("-._~:[]", s.p[i]))) {
			return false;
		}
	}
	return s.n > 0;
}

static bool is_length(struct str s, uint64_t *out)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i])) {
			return false;
		}
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	/* Fifteen digits cannot overflow. */
	return s.n > 0 && s.n <= 15;
}

/* MHD puts NULs over the CR LF that it has found. */
static bool is_line_end(const char *p)
{
	return p[0] == '\0' && p[1] == '\0';
}

/* One header line: where the line before ended to where this one ends, leaving no byte unexplained. */
static bool is_line(const struct http_header *f, const char *at, const char *end)
{
	if (f->name.p != at || f->name.n >= (size_t)(end - at)) {
		return false;
	}
	const char *p = at + f->name.n + 1;
	uintptr_t value = (uintptr_t)f->value.p;
	if (value < (uintptr_t)p || value > (uintptr_t)end || f->value.n + 2 > (uintptr_t)end - value) {
		return false;
	}
	for (; p < f->value.p; p++) {
		if (*p != ' ' && *p != '\t') {
			return false;
		}
	}
	return is_line_end(f->value.p + f->value.n) && is_token(f->name) && is_value(f->value);
}

unsigned guard_head(const struct guard_head *h, uint64_t *body_n)
{
	*body_n = 0;
	struct str method = str_from(h->begin);
	bool v11 = strcmp(h->version, "HTTP/1.1") == 0;
	if (!v11 && strcmp(h->version, "HTTP/1.0") != 0) {
		return 400;
	}
	/* One space on each side of the target, and no NUL in it. */
	if (!is_token(method) || h->target != h->begin + method.n + 1 || h->version != h->target + h->target_n + 1) {
		return 400;
	}
	const char *at = h->version + strlen("HTTP/1.1") + 2, *end = h->begin + h->size;
	if (at + 2 > end || !is_line_end(at - 2) || !is_line_end(end - 2)) {
		return 400;
	}
	int hosts = 0, lengths = 0;
	bool coded = false;
	for (size_t i = 0; i < h->fields_n; i++) {
		const struct http_header *f = &h->fields[i];
		if (at >= end || !is_line(f, at, end)) {
			return 400;
		}
		struct str value = str_trim(f->value);
		if (str_eq_nocase(f->name, STR("Host"))) {
			hosts++;
			if (!is_host(value)) {
				return 400;
			}
		} else if (str_eq_nocase(f->name, STR("Content-Length"))) {
			lengths++;
			if (!is_length(value, body_n)) {
				return 400;
			}
		} else if (str_eq_nocase(f->name, STR("Transfer-Encoding"))) {
			coded = true;
		}
		at = f->value.p + f->value.n + 2;
	}
	if (at + 2 != end || lengths > 1 || hosts > 1 || (v11 && hosts == 0)) {
		return 400;
	}
	if (coded) {
		return lengths > 0 ? 400 : 411;
	}
	return h->size > GUARD_HEAD_MAX || h->fields_n > GUARD_FIELDS_MAX ? 431 : 0;
}

/* What may stand in a target as it is: a fragment is never sent. */
static bool is_visible(unsigned char c)
{
	return c > ' ' && c < 127 && c != '#';
}

static int hex(char c)
{
	if (is_digit(c)) {
		return c - '0';
	}
	char lower = (char)(c | 0x20);
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool has_dot_segment(struct str path)
{
	struct str rest = path, part;
	while (str_split(&rest, '/', &part)) {
		if (str_eq(part, STR(".")) || str_eq(part, STR(".."))) {
			return true;
		}
	}
	return false;
}

bool guard_target(struct arena *a, struct str raw, struct str *path, struct str *query)
{
	if (raw.n == 0 || raw.p[0] != '/') {
		return false;
	}
	size_t n = 0, i = 0;
	char *out = arena_alloc(a, raw.n + 1, 1);
	for (; i < raw.n && raw.p[i] != '?'; i++) {
		unsigned char c = (unsigned char)raw.p[i];
		if (!is_visible(c)) {
			return false;
		}
		if (c == '%') {
			int high = i + 2 < raw.n ? hex(raw.p[i + 1]) : -1, low = high < 0 ? -1 : hex(raw.p[i + 2]);
			if (low < 0) {
				return false;
			}
			c = (unsigned char)(high << 4 | low);
			i += 2;
		}
		if (c < ' ' || c == 127 || c == '\\') {
			return false;
		}
		out[n++] = (char)c;
	}
	*path = (struct str){ out, n };
	*query = STR("");
	if (i < raw.n) {
		*query = str_sub(raw, i + 1, raw.n);
	}
	for (size_t k = 0; k < query->n; k++) {
		if (!is_visible((unsigned char)query->p[k])) {
			return false;
		}
	}
	return str_is_utf8(*path) && !has_dot_segment(*path);
}
