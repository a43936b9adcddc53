/* From method and path to a row of the table. */
#ifndef MUSTER_WEB_ROUTER_H
#define MUSTER_WEB_ROUTER_H
#include "web/web.h"

struct route_match {
	const struct route *route;
	int64_t id, id2;
	struct str name;
	unsigned allowed; /* bit 1 << method: what the path takes */
};
/* False when no row has this path, or none with this method (then `allowed` is not 0). */
bool router_match(enum http_method method, struct str path, struct route_match *out);
const char *http_method_name(enum http_method m);
const char *route_kind_name(enum route_kind k);
const char *route_object_name(enum route_object o);
#endif
