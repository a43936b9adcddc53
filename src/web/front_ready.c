/* Replies that are made once. MHD counts who still sends one. */
#include <stdlib.h>
#include "base/log.h"
#include "web/front.h"

struct http_ready {
	unsigned status;
	struct MHD_Response *stays, *closes;
};

static struct MHD_Response *response_of(const struct http *h, bool closes)
{
	ARENA_SCOPED a = arena_new();
	struct str body = buf_str(&h->out);
	struct MHD_Response *r = MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_MUST_COPY);
	must(r);
	for (size_t i = 0; i < h->headers_n; i++)
		must(MHD_add_response_header(r, str_c(a, h->headers[i].name), str_c(a, h->headers[i].value)) == MHD_YES);
	if (closes)
		must(MHD_add_response_header(r, "Connection", "close") == MHD_YES);
	return r;
}

struct http_ready *http_ready_new(const struct http *h)
{
	struct http_ready *r = must_calloc(1, sizeof *r);
	r->status = h->status;
	r->stays = response_of(h, false);
	r->closes = response_of(h, true);
	return r;
}

void http_ready_free(struct http_ready *r)
{
	if (!r)
		return;
	MHD_destroy_response(r->stays);
	MHD_destroy_response(r->closes);
	free(r);
}

unsigned ready_status(const struct http_ready *r)
{
	return r->status;
}

struct MHD_Response *ready_response(const struct http_ready *r, bool closes)
{
	return closes ? r->closes : r->stays;
}
