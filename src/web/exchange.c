/* One request through MHD's callbacks: target, head, body, handler, reply, done. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "web/front.h"
#include "web/guard.h"

/* The raw target, before MHD takes it apart and decodes it in place. What this answers becomes *state. */
void *exchange_on_target(void *cls, const char *target, struct MHD_Connection *c)
{
	struct lane *l = cls;
	struct arena *a = arena_new();
	struct exchange *x = ARENA_NEW(a, struct exchange);
	x->connection = c;
	x->lane = l;
	x->link = link_of(c);
	must(!x->link->exchange);
	x->link->exchange = x;
	x->target = target;
	x->target_n = strlen(target);
	struct http *h = &x->http;
	h->arena = a;
	h->server = l->server;
	h->private = x;
	h->started_ms = clock_mono_ms();
	h->out = buf_new(a);
	struct str raw = str_dup(a, (struct str){ target, x->target_n });
	x->target_ok = guard_target(a, raw, &h->path, &h->query);
	link_extend(x->link, l, 0);
	return x;
}

static enum http_method parse_method(const char *s)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" };
	for (int i = HTTP_GET; i < HTTP_OTHER; i++) {
		if (strcmp(s, names[i]) == 0) {
			return (enum http_method)i;
		}
	}
	return HTTP_OTHER;
}

static enum MHD_Result on_field(
	void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value, size_t value_n)
{
	(void)kind;
	struct exchange *x = cls;
	struct http_header *f = VEC_PUSH(x->http.arena, x->fields, x->fields_n, x->fields_cap);
	f->name = (struct str){ name, name_n };
	f->value = (struct str){ value, value_n };
	return MHD_YES;
}

static bool add_header(struct exchange *x, struct MHD_Response *r, struct str name, struct str value)
{
	return MHD_add_response_header(r, str_c(x->http.arena, name), str_c(x->http.arena, value)) == MHD_YES;
}

/* The bytes stay where they are until exchange_on_done, so MHD need not copy them. */
static struct MHD_Response *make_response(struct exchange *x)
{
	if (x->http.has_file) {
		struct MHD_Response *r = MHD_create_response_from_fd64(x->http.file_size, x->http.file);
		/* MHD closes it with the response. */
		x->http.has_file = r == NULL;
		return r;
	}
	struct str body = x->http.fixed.p ? x->http.fixed : buf_str(&x->http.out);
	return MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result send_ready(struct exchange *x)
{
	struct http *h = &x->http;
	h->server->refused++;
	x->lane->turned_away++;
	link_extend(x->link, x->lane, 0);
	return MHD_queue_response(
		x->connection, ready_status(h->ready), ready_response(h->ready, h->close || h->server->draining));
}

static enum MHD_Result send_reply(struct exchange *x)
{
	struct http *h = &x->http;
	if (h->ready)
		return send_ready(x);
	struct MHD_Response *r = make_response(x);
	bool ok = r != NULL && h->status >= 200 && h->status <= 599;
	for (size_t i = 0; ok && i < h->headers_n; i++) {
		ok = add_header(x, r, h->headers[i].name, h->headers[i].value);
	}
	if (r && !ok) {
		log_warn("http: a reply could not be sent: status %u, " STR_FMT, h->status, STR_ARG(h->path));
		MHD_destroy_response(r);
		/* What has been done is not answered with a failure: that the connection ends promises nothing. */
		if (h->status < 400 && h->method != HTTP_GET && h->method != HTTP_HEAD) {
			return MHD_NO;
		}
		h->status = 500;
		h->close = true;
		h->fixed = STR("");
		http_set_file(h, -1, 0);
		r = make_response(x);
	}
	if (!r) {
		return MHD_NO;
	}
	if (h->close || h->server->draining) {
		MHD_add_response_header(r, "Connection", "close");
	}
	link_extend(x->link, x->lane, h->file_size ? h->file_size : h->fixed.p ? h->fixed.n : h->out.n);
	enum MHD_Result queued = MHD_queue_response(x->connection, h->status, r);
	MHD_destroy_response(r);
	return queued;
}

/* Answers for the front itself. */
static enum MHD_Result refuse(struct exchange *x, unsigned status)
{
	struct http *h = &x->http;
	x->handled = true;
	h->server->refused++;
	h->status = status;
	buf_fmt(&h->out, "%u %s\n", status, MHD_get_reason_phrase_for(status));
	http_set_header(h, STR("Content-Type"), STR("text/plain; charset=utf-8"));
	http_set_header(h, STR("X-Content-Type-Options"), STR("nosniff"));
	if (status == 503) {
		http_set_header(h, STR("Retry-After"), STR("1"));
	}
	return send_reply(x);
}

/* The same in the words of whoever handles requests. */
static enum MHD_Result refuse_in_words(struct exchange *x, unsigned status)
{
	struct http *h = &x->http;
	struct server *s = h->server;
	if (!s->o.refusal) {
		return refuse(x, status);
	}
	x->handled = true;
	s->refused++;
	s->o.refusal(h, status, s->o.arg);
	return send_reply(x);
}

/* The connection ends with this reply: what follows cannot be trusted, or will not be read. */
static void leave_rest(struct exchange *x)
{
	x->http.close = true;
	x->link->unread = true;
}

/* Whether the body may come, of whoever sent this head: strangers must not keep those out who are known. */
static bool admits(struct exchange *x, uint64_t body_n)
{
	const struct server_options *o = &x->http.server->o;
	return body_n <= HTTP_BODY_SMALL || !o->body_admit || o->body_admit(&x->http, o->arg);
}

static enum MHD_Result refuse_and_close(struct exchange *x, unsigned status)
{
	leave_rest(x);
	return refuse(x, status);
}

static unsigned check_head(
	struct exchange *x, const char *url, const char *method, const char *version, uint64_t *body_n)
{
	MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, on_field, x);
	struct guard_head head = {
		.begin = method,
		.target = x->target,
		.target_n = x->target_n,
		.version = version,
		.fields = x->fields,
		.fields_n = x->fields_n,
		.size = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size,
	};
	unsigned bad = guard_head(&head, body_n);
	return !bad && (!x->target_ok || url != x->target) ? 400 : bad;
}

static void find_remote(struct exchange *x)
{
	struct http *h = &x->http;
	const struct server *s = h->server;
	struct peer p = x->link->peer;
	if (peer_in(&p, s->proxies, s->proxies_n)) {
		/* Several header lines are one list; the last line is the nearest. */
		for (size_t i = x->fields_n; i-- > 0;) {
			if (str_eq_nocase(x->fields[i].name, STR("X-Forwarded-For"))) {
				p = peer_behind(p, x->fields[i].value, s->proxies, s->proxies_n);
			}
		}
		h->tls = str_eq_nocase(http_header(h, "X-Forwarded-Proto"), STR("https"));
	}
	h->remote = peer_text(h->arena, &p);
}

/* Whether there is room for `more` bytes of a body that will be `n` long, which may take its time. */
static bool has_room(const struct server *s, size_t n, size_t more)
{
	return n <= HTTP_BODY_SMALL || s->bodies + more <= s->o.bodies_max;
}

static enum MHD_Result begin(struct exchange *x, const char *url, const char *method, const char *version)
{
	struct http *h = &x->http;
	struct server *s = h->server;
	uint64_t body_n;
	x->begun = true;
	s->in_flight++;
	unsigned bad = check_head(x, url, method, version, &body_n);
	if (bad) {
		return refuse_and_close(x, bad);
	}
	if (s->connections > s->o.connections_max) {
		return refuse_and_close(x, 503);
	}
	for (size_t i = 0; i < x->fields_n; i++) {
		x->fields[i].value = str_trim(x->fields[i].value);
	}
	h->method = parse_method(method);
	find_remote(x);
	x->body_max = s->o.body_limit ? s->o.body_limit(h->path, s->o.arg) : 0;
	if (x->body_max == 0) {
		x->body_max = s->o.body_max;
	}
	unsigned no = body_n > x->body_max ? 413 : !has_room(s, (size_t)body_n, (size_t)body_n) ? 503 : 0;
	if (no) {
		leave_rest(x);
		return refuse_in_words(x, no);
	}
	if (!admits(x, body_n)) {
		leave_rest(x);
		x->handled = true;
		s->refused++;
		return send_reply(x);
	}
	x->body_max = (size_t)body_n;
	link_extend(x->link, x->lane, x->body_max);
	s->requests++;
	return MHD_YES;
}

/* Memory follows the bytes that came, not the length that was promised. False: too much, or no room for it; the
 * connection is closed. */
static bool collect(struct exchange *x, const char *data, size_t n)
{
	if (n > x->body_max - x->body_n) {
		return false;
	}
	if (n > x->body_cap - x->body_n) {
		size_t cap = x->body_cap ? x->body_cap * 2 : 4096;
		cap = cap < x->body_n + n ? x->body_n + n : cap;
		cap = cap > x->body_max ? x->body_max : cap;
		if (!has_room(x->lane->server, cap, cap - x->body_cap)) {
			return false;
		}
		/* Not in the arena, which would keep every size that it had on the way. */
		char *body = realloc(x->body, cap);
		if (!body) {
			return false;
		}
		x->body = body;
		x->lane->server->bodies += cap - x->body_cap;
		x->body_cap = cap;
	}
	memcpy(x->body + x->body_n, data, n);
	x->body_n += n;
	return true;
}

/* Bounds what handlers, the writer and the pool have before them; those who still send their body do not count. */
static enum MHD_Result run_handler(struct exchange *x)
{
	struct http *h = &x->http;
	struct server *s = h->server;
	if (++s->at_work > s->o.in_flight_max) {
		s->at_work--;
		return refuse_in_words(x, 503);
	}
	struct link *k = x->link;
	x->handled = true;
	h->body = (struct str){ x->body ? x->body : "", x->body_n };
	h->late = lane_is_late(x->lane);
	enum http_next next = s->o.handler(h, s->o.arg);
	must((next == HTTP_LATER) == k->suspended);
	if (k->suspended) {
		return MHD_YES;
	}
	s->at_work--;
	s->refused += h->late && h->status == 503;
	return send_reply(x);
}

enum MHD_Result exchange_on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
	const char *version, const char *data, size_t *size, void **state)
{
	(void)cls;
	(void)c;
	struct exchange *x = *state;
	if (!x->begun) {
		return begin(x, url, method, version);
	}
	if (*size > 0) {
		size_t n = *size;
		*size = 0;
		return collect(x, data, n) ? MHD_YES : MHD_NO;
	}
	if (!x->handled) {
		return run_handler(x);
	}
	/* Back from http_finish. */
	x->link->suspended = false;
	x->lane->server->at_work--;
	return send_reply(x);
}

/* The reply has left, or never will; also called for requests that no other callback has seen. */
void exchange_on_done(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
	(void)c;
	(void)why;
	struct lane *l = cls;
	struct exchange *x = *state;
	if (!x) {
		return;
	}
	struct server *s = l->server;
	bool begun = x->begun;
	*state = NULL;
	x->link->exchange = NULL;
	x->link->suspended = false;
	link_extend(x->link, l, 0);
	http_set_file(&x->http, -1, 0);
	free(x->body);
	s->bodies -= x->body_cap;
	arena_free(x->http.arena);
	if (begun && --s->in_flight == 0 && s->draining) {
		server_note_change(s);
	}
}

void http_suspend(struct http *h)
{
	struct exchange *x = h->private;
	must(!x->link->suspended);
	x->link->suspended = true;
	MHD_suspend_connection(x->connection);
}

void http_finish(struct http *h)
{
	struct exchange *x = h->private;
	lane_finish(x->lane, x);
}

struct str http_header(const struct http *h, const char *name)
{
	const struct exchange *x = h->private;
	struct str wanted = str_from(name);
	for (size_t i = 0; i < x->fields_n; i++) {
		if (str_eq_nocase(x->fields[i].name, wanted)) {
			return x->fields[i].value;
		}
	}
	return STR_NULL;
}

void http_set_header(struct http *h, struct str name, struct str value)
{
	bool adds = str_eq_nocase(name, STR("Set-Cookie"));
	for (size_t i = 0; i < h->headers_n && !adds; i++) {
		if (str_eq_nocase(h->headers[i].name, name)) {
			h->headers[i].value = value;
			return;
		}
	}
	*VEC_PUSH(h->arena, h->headers, h->headers_n, h->headers_cap) = (struct http_header){ name, value };
}

void http_set_ready(struct http *h, struct http_ready *r)
{
	h->ready = r;
}

void http_set_file(struct http *h, int fd, size_t size)
{
	if (h->has_file)
		close(h->file);
	h->has_file = fd >= 0;
	h->file = fd;
	h->file_size = size;
}

struct str http_cookie(const struct http *h, const char *name)
{
	const struct exchange *x = h->private;
	struct str wanted = str_from(name);
	for (size_t i = 0; i < x->fields_n; i++) {
		struct str rest = x->fields[i].value, pair;
		if (!str_eq_nocase(x->fields[i].name, STR("Cookie"))) {
			continue;
		}
		while (str_split(&rest, ';', &pair)) {
			size_t at;
			pair = str_trim(pair);
			if (str_find(pair, STR("="), &at) && str_eq(str_sub(pair, 0, at), wanted)) {
				return str_sub(pair, at + 1, pair.n);
			}
		}
	}
	return STR_NULL;
}
