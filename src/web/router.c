#include "web/router.h"
#include <string.h>

const struct route routes[] = {
#define ROUTE(method, path, handler, kind, who, permission, object) \
	{ HTTP_##method, path, handler, ROUTE_##kind, WHO_##who, permission, object, #handler },
#include "web/routes.def"
#undef ROUTE
};
const size_t routes_n = sizeof routes / sizeof *routes;

const char *http_method_name(enum http_method m)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "?" };
	return names[m];
}

const char *route_kind_name(enum route_kind k)
{
	static const char *const names[] = { "read", "write", "slow", "long", "fixed" };
	return names[k];
}

const char *route_object_name(enum route_object o)
{
	static const char *const names[] = { "none", "user", "department", "group", "training", "session", "enrollment",
		"batch", "draft", "import" };
	return names[o];
}

/* One path against one pattern, segment by segment. Ids are plain digits without leading zeros, so that each object has
 * one address. */
static bool matches(const char *pattern, struct str path, struct route_match *out)
{
	size_t i = 0;
	int ids = 0;
	for (const char *p = pattern; *p;) {
		if (*p != '{') {
			if (i >= path.n || path.p[i] != *p)
				return false;
			i++, p++;
			continue;
		}
		size_t end = i;
		while (end < path.n && path.p[end] != '/')
			end++;
		struct str part = str_sub(path, i, end - i);
		if (!strncmp(p, "{id}", 4)) {
			int64_t id;
			if (part.n == 0 || part.p[0] == '0' || !str_to_i64(part, &id) || id <= 0)
				return false;
			*(ids++ == 0 ? &out->id : &out->id2) = id;
		} else {
			if (part.n == 0)
				return false;
			out->name = part;
		}
		i = end;
		p = strchr(p, '}') + 1;
	}
	return i == path.n;
}

bool router_match(enum http_method method, struct str path, struct route_match *out)
{
	enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
	*out = (struct route_match){ 0 };
	for (size_t i = 0; i < routes_n; i++) {
		struct route_match m = { 0 };
		/* A fixed segment ("/users/new") wins over a pattern because it stands first or because {id} takes digits only.
		 */
		if (!matches(routes[i].path, path, &m))
			continue;
		if (routes[i].method == wanted) {
			m.route = &routes[i];
			*out = m;
			return true;
		}
		out->allowed |= 1u << routes[i].method;
	}
	return false;
}
