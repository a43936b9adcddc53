#include "web/tpl.h"

bool url_check(struct str s, struct url *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		/* Browsers drop tabs and line breaks, and take \ for /: "/\t/host" would be another host. */
		if (c <= 0x20 || c == 0x7f || c == '\\' || c == '"' || c == '<' || c == '>')
			return false;
	}
	bool ok = s.n > 0 && (s.p[0] == '?' || s.p[0] == '#' || (s.p[0] == '/' && (s.n == 1 || s.p[1] != '/')));
	static const struct str schemes[] = { { "https://", 8 }, { "http://", 7 }, { "webcal://", 9 }, { "mailto:", 7 } };
	for (size_t i = 0; !ok && i < sizeof schemes / sizeof *schemes; i++)
		ok = s.n > schemes[i].n && str_eq_nocase(str_sub(s, 0, schemes[i].n), schemes[i]);
	if (ok)
		out->s = s;
	return ok;
}

struct url url_from(struct str s)
{
	struct url u = { STR("#") };
	url_check(s, &u);
	return u;
}

void tpl_html_str(struct buf *out, struct str s)
{
	buf_html(out, s);
}
void tpl_html_chars(struct buf *out, const char *s)
{
	buf_html(out, str_from(s));
}
void tpl_html_url(struct buf *out, struct url u)
{
	buf_html(out, u.s);
}
void tpl_put_i64(struct buf *out, int64_t v)
{
	buf_i64(out, v);
}
void tpl_put_u64(struct buf *out, uint64_t v)
{
	buf_fmt(out, "%llu", (unsigned long long)v);
}
void tpl_part_str(struct buf *out, struct str s)
{
	buf_url(out, s);
}
void tpl_part_chars(struct buf *out, const char *s)
{
	buf_url(out, str_from(s));
}

void tpl_put_opt(struct buf *out, struct opt_i64 v)
{
	if (v.has)
		buf_i64(out, v.v);
}

void tpl_url(struct buf *out, struct url u)
{
	buf_html(out, u.s.n > 0 ? u.s : STR("#"));
}

void tpl_url_str(struct buf *out, struct str s)
{
	tpl_url(out, url_from(s));
}
