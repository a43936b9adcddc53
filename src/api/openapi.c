/* REST: its own description. It holds no data, so nobody is asked who they are. */
#include "gen/openapi.h"
#include "web/reply.h"

void api_openapi(struct req *r)
{
	bool gzip = str_find(http_header(r->http, "Accept-Encoding"), STR("gzip"), NULL);
	bool same = str_eq(http_header(r->http, "If-None-Match"), openapi_etag);
	reply_bytes(r, same ? 304 : 200, STR("application/json"), same ? STR_NULL : gzip ? openapi_gzip : openapi_json);
	http_set_header(r->http, STR("Cache-Control"), STR("no-cache"));
	http_set_header(r->http, STR("ETag"), openapi_etag);
	http_set_header(r->http, STR("Vary"), STR("Accept-Encoding"));
	if (gzip && !same)
		http_set_header(r->http, STR("Content-Encoding"), STR("gzip"));
}
