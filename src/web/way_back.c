#include "web/way_back.h"
#include "base/url.h"

enum { WAY_MAX = 2000 };
static const char *const lists[] = { "/trainings", "/users", "/reports", "/calendar" };

/* Below the list, or the list itself with a query. */
static bool is_in(struct str back, struct str list)
{
	return str_starts(back, list) && (back.n == list.n || back.p[list.n] == '/' || back.p[list.n] == '?');
}

struct str way_back(const struct req *r)
{
	struct str back = r->http->method == HTTP_POST ? req_form(r, "back") : req_query(r, "back");
	bool known = false;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		known |= is_in(back, str_from(lists[i]));
	if (!known || back.n >= WAY_MAX || str_find(back, STR("//"), NULL))
		return STR_NULL;
	/* It becomes a header. */
	for (size_t i = 0; i < back.n; i++)
		if (back.p[i] <= ' ' || back.p[i] == '\\' || back.p[i] >= 127)
			return STR_NULL;
	return back;
}

struct str way_with_back(struct arena *a, struct str path, struct str back)
{
	struct buf b = buf_new(a);
	buf_put(&b, path);
	buf_char(&b, '?');
	url_put_pair(&b, STR("back"), back);
	return buf_str(&b);
}
