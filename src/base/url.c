#include "base/url.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool url_decode(struct arena *a, struct str s, bool plus, struct str *out)
{
	char *p = arena_alloc(a, s.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			bool complete = s.n - i > 2;
			int high = complete ? hex(s.p[i + 1]) : -1, low = complete ? hex(s.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		p[n++] = c;
	}
	*out = (struct str){ p, n };
	return str_is_utf8(*out);
}

bool url_parse_pairs(struct arena *a, struct str text, struct pair **out, size_t *n)
{
	struct str part;
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	while (str_split(&text, '&', &part)) {
		struct str name, value = part;
		if (str_is_empty(part))
			continue;
		if (*n == URL_PAIRS_MAX)
			return false;
		str_split(&value, '=', &name);
		struct pair *p = VEC_PUSH(a, *out, *n, cap);
		if (!url_decode(a, name, true, &p->name) || !url_decode(a, value, true, &p->value))
			return false;
	}
	return true;
}

void url_put_pair(struct buf *b, struct str name, struct str value)
{
	if (b->n && b->p[b->n - 1] != '?')
		buf_char(b, '&');
	buf_url(b, name);
	buf_char(b, '=');
	buf_url(b, value);
}
