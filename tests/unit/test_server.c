/* The HTTP front against real sockets: what a request looks like to a handler, what a reply looks like on the wire,
 * and what happens to those who are slow, leave early, or come when the server is full or stopping. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include "web/server.h"
#include "wire.h"

enum { BODY_MAX = 65536, BIG = 8 << 20, MANY = 200 };
#define HOST " HTTP/1.1\r\nHost: a\r\n"
#define END HOST "\r\n"

/* Requests that a handler has suspended. Another thread, or the test itself, finishes them. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct http *waiting[4 * MANY];
	int n;
	bool stop;
} parked = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static char big[BIG];

static void park(struct http *h)
{
	http_suspend(h);
	pthread_mutex_lock(&parked.lock);
	parked.waiting[parked.n++] = h;
	pthread_cond_broadcast(&parked.changed);
	pthread_mutex_unlock(&parked.lock);
}

static void wait_parked(int n)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	int failed = 0;
	pthread_mutex_lock(&parked.lock);
	while (parked.n < n && failed == 0) {
		failed = pthread_cond_timedwait(&parked.changed, &parked.lock, &until);
	}
	pthread_mutex_unlock(&parked.lock);
	assert_int_equal(failed, 0);
}

static void finish(struct http *h)
{
	h->status = 200;
	buf_put(&h->out, STR("later "));
	buf_put(&h->out, h->query);
	http_finish(h);
}

/* Finishes whatever is parked, until there is nothing more. */
static void finish_all(void)
{
	pthread_mutex_lock(&parked.lock);
	while (parked.n > 0) {
		struct http *h = parked.waiting[--parked.n];
		pthread_mutex_unlock(&parked.lock);
		finish(h);
		pthread_mutex_lock(&parked.lock);
	}
	pthread_mutex_unlock(&parked.lock);
}

static void *finisher(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&parked.lock);
	while (!parked.stop || parked.n > 0) {
		if (parked.n == 0) {
			pthread_cond_wait(&parked.changed, &parked.lock);
			continue;
		}
		struct http *h = parked.waiting[--parked.n];
		pthread_mutex_unlock(&parked.lock);
		finish(h);
		pthread_mutex_lock(&parked.lock);
	}
	pthread_mutex_unlock(&parked.lock);
	return NULL;
}

static pthread_t start_finisher(void)
{
	pthread_t t;
	parked.stop = false;
	assert_int_equal(pthread_create(&t, NULL, finisher, NULL), 0);
	return t;
}

static void stop_finisher(pthread_t t)
{
	pthread_mutex_lock(&parked.lock);
	parked.stop = true;
	pthread_cond_broadcast(&parked.changed);
	pthread_mutex_unlock(&parked.lock);
	pthread_join(t, NULL);
}

/* Says what it was given. */
static void describe(struct http *h)
{
	static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OTHER" };
	struct str x = http_header(h, "x-test"), cookie = http_cookie(h, "session");
	buf_fmt(&h->out, "%s " STR_FMT " ?" STR_FMT " x=" STR_FMT " cookie=" STR_FMT, methods[h->method],
		STR_ARG(h->path), STR_ARG(h->query), STR_ARG(x), STR_ARG(cookie));
	buf_fmt(&h->out, " remote=" STR_FMT " tls=%d body=" STR_FMT, STR_ARG(h->remote), h->tls, STR_ARG(h->body));
}

static enum http_next handle(struct http *h, void *arg)
{
	(void)arg;
	h->status = 200;
	if (str_eq(h->path, STR("/later"))) {
		park(h);
		return HTTP_LATER;
	}
	if (str_eq(h->path, STR("/early"))) {
		/* Finished before the handler returns. */
		http_suspend(h);
		finish(h);
		return HTTP_LATER;
	}
	if (str_eq(h->path, STR("/none"))) {
		h->status = 204;
	} else if (str_eq(h->path, STR("/same"))) {
		h->status = 304;
		http_set_header(h, STR("ETag"), STR("\"1\""));
	} else if (str_eq(h->path, STR("/big"))) {
		h->fixed = (struct str){ big, sizeof big };
	} else if (str_eq(h->path, STR("/headers"))) {
		http_set_header(h, STR("Content-Type"), STR("text/plain"));
		http_set_header(h, STR("content-type"), STR("text/html"));
		http_set_header(h, STR("Set-Cookie"), STR("a=1"));
		http_set_header(h, STR("Set-Cookie"), STR("b=2"));
	} else if (str_eq(h->path, STR("/inject"))) {
		buf_put(&h->out, STR("secret"));
		http_set_header(h, STR("Location"), STR("/\r\nSet-Cookie: a=1"));
	} else if (str_eq(h->path, STR("/close"))) {
		h->close = true;
	} else if (str_eq(h->path, STR("/length"))) {
		buf_fmt(&h->out, "%zu", h->body.n);
	} else {
		describe(h);
	}
	return HTTP_REPLY;
}

static size_t limit(struct str path, void *arg)
{
	(void)arg;
	return str_eq(path, STR("/length")) ? BIG : 0;
}

static struct arena *arena;
static struct server *server;
static int port;

static struct server_options options(void)
{
	return (struct server_options){
		.listen = STR("127.0.0.1:0"), .threads = 2, .body_max = BODY_MAX, .deadline_s = 20, .handler = handle,
		.body_limit = limit,
	};
}

static void start(struct server_options o)
{
	struct str why = STR("");
	arena = arena_new();
	server = server_start(arena, &o, &why);
	if (!server) {
		fail_msg("server_start: " STR_FMT, STR_ARG(why));
	}
	port = server_port(server);
	assert_true(port > 0);
}

static void stop(void)
{
	server_free(server);
	server = NULL;
	arena_free(arena);
}

static int setup(void **state)
{
	(void)state;
	start(options());
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stop();
	return 0;
}

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

static int64_t connections(void) { return server_counters(server).connections; }
static int64_t in_flight(void) { return server_counters(server).in_flight; }

/* Until the number is there; 20 seconds at most. */
static void wait_for(int64_t (*what)(void), int64_t number)
{
	long long until = wire_ms() + 20000;
	while (what() != number && wire_ms() < until) {
		pause_ms(1);
	}
	assert_int_equal(what(), number);
}

static struct wire_reply ask(struct wire *w, const char *request)
{
	struct wire_reply r;
	assert_true(wire_say(w, request));
	if (!wire_reply(w, &r, strncmp(request, "HEAD", 4) == 0)) {
		fail_msg("no reply to %.60s", request);
	}
	return r;
}

static void request_reaches_handler(void **state)
{
	(void)state;
	struct wire *w = wire_open(port);
	struct wire_reply r = ask(w, "GET /a%20b/%C3%A9%2fc%3F?q=%41+x&r" HOST "X-Test: \tone two \r\n"
		"Cookie: other=1; session=abc=; sessions=2\r\n\r\n");
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body, "GET /a b/\xc3\xa9/c? ?q=%41+x&r x=one two cookie=abc= remote=127.0.0.1 tls=0 body=");
	assert_non_null(strstr(r.head, "\r\nDate: "));
	assert_null(strstr(r.head, "\r\nConnection: close"));

	r = ask(w, "POST /" HOST "Content-Length: 5\r\nCookie: a=b\r\nCookie: session=2\r\n\r\nhello");
	assert_string_equal(r.body, "POST / ? x= cookie=2 remote=127.0.0.1 tls=0 body=hello");
	assert_string_equal(ask(w, "DELETE /?" END).body, "DELETE / ? x= cookie= remote=127.0.0.1 tls=0 body=");
	assert_string_equal(ask(w, "delete /?" END).body, "OTHER / ? x= cookie= remote=127.0.0.1 tls=0 body=");
	assert_string_equal(ask(w, "PATCH /" END).body, "PATCH / ? x= cookie= remote=127.0.0.1 tls=0 body=");
	assert_string_equal(ask(w, "PUT /" END).body, "PUT / ? x= cookie= remote=127.0.0.1 tls=0 body=");
	wire_close(w);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	(void)state;
	struct wire *w = wire_open(port);
	struct wire_reply r;
	pthread_t t = start_finisher();
	for (int i = 0; i < 20; i++) {
		wire_say(w, "GET /1" END "POST /length" HOST "Content-Length: 3\r\n\r\nabcGET /later?x" END "GET /early?y" END
			"HEAD /2" END);
	}
	for (int i = 0; i < 20; i++) {
		assert_true(wire_reply(w, &r, false));
		assert_non_null(strstr(r.body, "GET /1 "));
		assert_true(wire_reply(w, &r, false));
		assert_string_equal(r.body, "3");
		assert_true(wire_reply(w, &r, false));
		assert_string_equal(r.body, "later x");
		assert_true(wire_reply(w, &r, false));
		assert_string_equal(r.body, "later y");
		assert_true(wire_reply(w, &r, true));
		assert_int_equal(r.status, 200);
	}
	stop_finisher(t);
	wire_close(w);
}

static void replies_are_framed(void **state)
{
	(void)state;
	struct wire *w = wire_open(port);
	struct wire_reply get = ask(w, "GET /12" END), head = ask(w, "HEAD /1" END);
	assert_int_equal(head.status, 200);
	assert_int_equal(head.body_n, get.body_n);

	struct wire_reply r = ask(w, "GET /none" END);
	assert_int_equal(r.status, 204);
	assert_null(strstr(r.head, "Content-Length"));
	r = ask(w, "GET /same" END);
	assert_int_equal(r.status, 304);
	assert_true(wire_header(&r, "ETag: \"1\""));
	r = ask(w, "GET /headers" END);
	assert_true(wire_header(&r, "Content-Length: 0"));
	assert_true(wire_header(&r, "Content-Type: text/html"));
	assert_null(strstr(r.head, "text/plain"));
	assert_true(wire_header(&r, "Set-Cookie: a=1"));
	assert_true(wire_header(&r, "Set-Cookie: b=2"));

	r = ask(w, "GET /close" END);
	assert_true(wire_header(&r, "Connection: close"));
	assert_true(wire_wait_eof(w));
	wire_close(w);

	w = wire_open(port);
	r = ask(w, "GET /" HOST "Connection: close\r\n\r\n");
	assert_true(wire_header(&r, "Connection: close"));
	assert_true(wire_wait_eof(w));
	wire_close(w);

	w = wire_open(port);
	assert_int_equal(ask(w, "GET / HTTP/1.0\r\n\r\n").status, 200);
	assert_true(wire_wait_eof(w));
	wire_close(w);
}

static void header_cannot_be_split(void **state)
{
	(void)state;
	struct wire *w = wire_open(port);
	struct wire_reply r = ask(w, "GET /inject" END);
	assert_int_equal(r.status, 500);
	assert_string_equal(r.body, "");
	assert_null(strstr(r.head, "Set-Cookie"));
	wire_close(w);
}

static void large_reply_arrives_whole(void **state)
{
	(void)state;
	struct wire *w = wire_open(port);
	for (size_t i = 0; i < sizeof big; i++) {
		big[i] = (char)('a' + i % 23);
	}
	wire_say(w, "GET /big" HOST "Connection: close\r\n\r\n");
	size_t at = 0, n;
	const char *head_end;
	while (!(head_end = strstr(w->in, "\r\n\r\n")) && wire_read(w)) {
	}
	assert_non_null(head_end);
	n = w->n - (size_t)(head_end + 4 - w->in);
	memmove(w->in, head_end + 4, n);
	do {
		assert_true(at + n <= sizeof big);
		assert_memory_equal(w->in, big + at, n);
		at += n;
		w->n = 0;
		wire_read(w);
		n = w->n;
	} while (n > 0);
	assert_int_equal(at, sizeof big);
	wire_close(w);
}

static void large_body_is_refused(void **state)
{
	(void)state;
	char *body = calloc(1, BIG);
	assert_non_null(body);
	int64_t refused = server_counters(server).refused;
	struct wire *w = wire_open(port);
	struct wire_reply r = ask(w, "POST /" HOST "Content-Length: 65537\r\n\r\n");
	assert_int_equal(r.status, 413);
	assert_true(wire_header(&r, "Connection: close"));
	assert_true(wire_wait_eof(w));
	wire_close(w);

	/* A client that sends it all before it listens still learns why. */
	w = wire_open(port);
	wire_say(w, "POST /" HOST "Content-Length: 2097152\r\n\r\n");
	assert_true(wire_send(w, body, 2097152));
	assert_true(wire_reply(w, &r, false));
	assert_int_equal(r.status, 413);
	assert_true(wire_wait_eof(w));
	assert_false(w->reset);
	wire_close(w);
	assert_int_equal(server_counters(server).refused, refused + 2);

	w = wire_open(port);
	wire_say(w, "POST /" HOST "Content-Length: 65536\r\n\r\n");
	wire_send(w, body, 65536);
	assert_true(wire_reply(w, &r, false));
	assert_int_equal(r.status, 200);
	/* This path takes more. */
	wire_say(w, "POST /length" HOST "Content-Length: 8388608\r\n\r\n");
	wire_send(w, body, BIG);
	assert_true(wire_reply(w, &r, false));
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body, "8388608");
	wire_close(w);
	free(body);
}

static void large_head_is_refused(void **state)
{
	(void)state;
	struct wire *w = wire_open(port);
	struct wire_reply r;
	wire_say(w, "GET /" HOST);
	for (int i = 0; i < 101; i++) {
		wire_say(w, "X: y\r\n");
	}
	wire_say(w, "\r\n");
	assert_true(wire_reply(w, &r, false));
	assert_int_equal(r.status, 431);
	assert_true(wire_wait_eof(w));
	wire_close(w);

	char value[9000];
	memset(value, 'a', sizeof value);
	w = wire_open(port);
	wire_say(w, "GET /" HOST "X: ");
	wire_send(w, value, sizeof value);
	wire_say(w, "\r\n\r\n");
	assert_true(wire_reply(w, &r, false));
	assert_int_equal(r.status, 431);
	wire_close(w);

	/* The largest that passes leaves room for a reply. */
	w = wire_open(port);
	wire_say(w, "GET /headers" HOST "Cookie: a=");
	wire_send(w, value, 4000);
	wire_say(w, "\r\nX: ");
	wire_send(w, value, 4100);
	wire_say(w, "\r\n\r\n");
	assert_true(wire_reply(w, &r, false));
	assert_int_equal(r.status, 200);
	wire_close(w);
}

static void expectation_is_met(void **state)
{
	(void)state;
	struct wire *w = wire_open(port);
	struct wire_reply r = ask(w, "POST /length" HOST "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
	assert_int_equal(r.status, 100);
	assert_string_equal(ask(w, "abc").body, "3");
	r = ask(w, "POST /" HOST "Content-Length: 999999\r\nExpect: 100-continue\r\n\r\n");
	assert_int_equal(r.status, 413);
	assert_true(wire_wait_eof(w));
	wire_close(w);
}

static void suspended_requests_are_answered_by_others(void **state)
{
	(void)state;
	struct wire *w[MANY];
	struct wire_reply r;
	pthread_t t = start_finisher();
	for (int i = 0; i < MANY; i++) {
		w[i] = wire_open(port);
	}
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < MANY; i++) {
			wire_say(w[i], i % 3 == 2 ? "GET /early?1" END : "GET /later?1" END);
		}
		for (int i = 0; i < MANY; i++) {
			assert_true(wire_reply(w[i], &r, false));
			assert_string_equal(r.body, "later 1");
		}
	}
	stop_finisher(t);
	for (int i = 0; i < MANY; i++) {
		wire_close(w[i]);
	}
	wait_for(in_flight, 0);
}

static void client_may_vanish_while_suspended(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		struct wire *w = wire_open(port);
		wire_say(w, "GET /later" END);
		if (i % 2) {
			wire_say(w, "GET /later" END);
		}
		wait_parked(i + 1);
		wire_close(w);
	}
	assert_int_equal(in_flight(), 50);
	long long until = wire_ms() + 20000;
	/* A second request behind the first may still be heard; it is parked in its turn. */
	do {
		finish_all();
		pause_ms(1);
	} while (in_flight() > 0 && wire_ms() < until);
	wait_for(connections, 0);
	assert_int_equal(in_flight(), 0);
}

static void slow_clients_are_closed(void **state)
{
	(void)state;
	struct server_options o = options();
	o.deadline_s = 1;
	start(o);
	struct wire *silent = wire_open(port), *head = wire_open(port), *body = wire_open(port), *idle = wire_open(port);
	struct wire *later = wire_open(port);
	struct wire_reply r;
	wire_say(head, "GET /" HOST "X: ");
	wire_say(body, "POST /" HOST "Content-Length: 1000\r\n\r\n");
	ask(idle, "GET /" END);
	wire_say(later, "GET /later?1" END);
	wait_parked(1);
	/* One byte now and then, which silence alone would never notice. */
	long long until = wire_ms() + 20000;
	bool head_open = true, body_open = true;
	while ((head_open || body_open) && wire_ms() < until) {
		head_open = head_open && wire_send(head, "a", 1);
		body_open = body_open && wire_send(body, "a", 1);
		pause_ms(20);
	}
	assert_false(head_open || body_open);
	assert_true(wire_wait_eof(silent));
	assert_true(wire_wait_eof(idle));
	/* Waiting for us is not the client's fault. */
	assert_int_equal(connections(), 1);
	finish_all();
	assert_true(wire_reply(later, &r, false));
	assert_string_equal(r.body, "later 1");
	wire_close(silent);
	wire_close(head);
	wire_close(body);
	wire_close(idle);
	wire_close(later);
	stop();
}

static void crowd_is_turned_away(void **state)
{
	(void)state;
	struct server_options o = options();
	o.in_flight_max = 3;
	o.connections_max = 8;
	start(o);
	struct wire *w[9];
	struct wire_reply r;
	for (int i = 0; i < 3; i++) {
		w[i] = wire_open(port);
		wire_say(w[i], "GET /later" END);
	}
	wait_parked(3);
	struct wire *more = wire_open(port);
	r = ask(more, "GET /" END);
	assert_int_equal(r.status, 503);
	assert_true(wire_header(&r, "Retry-After: 1"));
	finish_all();
	for (int i = 0; i < 3; i++) {
		assert_true(wire_reply(w[i], &r, false));
		assert_int_equal(r.status, 200);
	}
	assert_int_equal(ask(more, "GET /" END).status, 200);
	wire_close(more);
	wait_for(connections, 3);
	for (int i = 3; i < 9; i++) {
		w[i] = wire_open(port);
	}
	wait_for(connections, 9);
	assert_int_equal(ask(w[8], "GET /" END).status, 503);
	wait_for(connections, 8);
	assert_int_equal(ask(w[0], "GET /" END).status, 200);
	for (int i = 0; i < 9; i++) {
		wire_close(w[i]);
	}
	stop();
}

static void *drain(void *arg)
{
	server_drain(arg);
	return NULL;
}

static void drain_cuts_nothing(void **state)
{
	(void)state;
	start(options());
	struct wire *w[MANY], *idle = wire_open(port);
	struct wire_reply r;
	pthread_t drainer;
	ask(idle, "GET /" END);
	for (int i = 0; i < MANY; i++) {
		w[i] = wire_open(port);
		wire_say(w[i], "GET /later" END);
	}
	wait_parked(MANY);
	assert_int_equal(pthread_create(&drainer, NULL, drain, server), 0);
	/* Said on a connection that was there before: still answered, and told to go. */
	long long until = wire_ms() + 20000;
	do {
		r = ask(idle, "GET /" END);
	} while (!wire_header(&r, "Connection: close") && wire_ms() < until);
	assert_true(wire_header(&r, "Connection: close"));
	wire_close(idle);
	wait_for(in_flight, MANY);
	finish_all();
	pthread_join(drainer, NULL);
	assert_int_equal(in_flight(), 0);
	for (int i = 0; i < MANY; i++) {
		assert_true(wire_reply(w[i], &r, false));
		assert_int_equal(r.status, 200);
		assert_true(wire_header(&r, "Connection: close"));
		assert_true(wire_wait_eof(w[i]));
		wire_close(w[i]);
	}
	stop();
}

/* What the kernel accepted before the end is answered, though nobody had looked at it yet. */
static void drain_answers_the_backlog(void **state)
{
	(void)state;
	for (int round = 0; round < 10; round++) {
		start(options());
		struct wire *w[50];
		struct wire_reply r;
		for (int i = 0; i < 50; i++) {
			w[i] = wire_open(port);
			wire_say(w[i], "GET /" END);
		}
		stop();
		for (int i = 0; i < 50; i++) {
			assert_true(wire_reply(w[i], &r, false));
			assert_int_equal(r.status, 200);
			wire_close(w[i]);
		}
	}
}

static void proxies_are_believed(void **state)
{
	(void)state;
	static const struct { const char *head; const char *remote; } cases[] = {
		{ "", "remote=127.0.0.1 tls=0" },
		{ "X-Forwarded-For: 192.0.2.7\r\n", "remote=192.0.2.7 tls=0" },
		{ "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", "remote=192.0.2.7 tls=1" },
		{ "X-Forwarded-For: 192.0.2.7, 10.1.2.3\r\nX-Forwarded-Proto: http\r\n", "remote=192.0.2.7 tls=0" },
		{ "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 10.1.2.3\r\n", "remote=192.0.2.7 tls=0" },
		{ "X-Forwarded-For: 1.1.1.1, 2001:db8::5 , [2001:db8:1::9]:8080\r\n", "remote=2001:db8::5 tls=0" },
		{ "X-Forwarded-For: 192.0.2.7:1234\r\n", "remote=192.0.2.7 tls=0" },
		{ "X-Forwarded-For: ::ffff:192.0.2.7\r\n", "remote=192.0.2.7 tls=0" },
		{ "X-Forwarded-For: 192.0.2.7, unknown, 10.0.0.1\r\n", "remote=10.0.0.1 tls=0" },
		{ "X-Forwarded-For: 192.0.2.7, 10.0.0.1<script>\r\n", "remote=127.0.0.1 tls=0" },
		{ "X-Forwarded-For: 192.0.2.7,\r\n", "remote=127.0.0.1 tls=0" },
		{ "X-Forwarded-For: 10.0.0.1\r\n", "remote=10.0.0.1 tls=0" },
	};
	static const struct str proxies[] = {
		{ "127.0.0.1", 9 }, { "10.0.0.0/8", 10 }, { "2001:db8:1::/48", 15 },
	};
	struct server_options o = options();
	o.proxies = proxies;
	o.proxies_n = 3;
	start(o);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char request[512] = "GET /" HOST;
		struct wire *w = wire_open(port);
		wire_say(w, request);
		wire_say(w, cases[i].head);
		struct wire_reply r = ask(w, "\r\n");
		if (!strstr(r.body, cases[i].remote)) {
			fail_msg("%s gives %s", cases[i].head, r.body);
		}
		wire_close(w);
	}
	stop();
	start(options());
	struct wire *w = wire_open(port);
	struct wire_reply r = ask(w, "GET /" HOST "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n\r\n");
	assert_non_null(strstr(r.body, "remote=127.0.0.1 tls=0"));
	wire_close(w);
	stop();
}

static bool cannot_start(struct str listen, const char *because)
{
	struct server_options o = options();
	struct str why = STR("");
	ARENA_SCOPED a = arena_new();
	o.listen = listen;
	struct server *s = server_start(a, &o, &why);
	if (s) {
		server_free(s);
	}
	return !s && str_find(why, str_from(because), NULL);
}

static void addresses(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	/* The same user may not share the port either. */
	assert_true(cannot_start(str_fmt(a, "127.0.0.1:%d", port), "another process"));
	assert_true(cannot_start(str_fmt(a, ":%d", port), "another process"));
	assert_true(cannot_start(STR("127.0.0.1"), "HOST:PORT"));
	assert_true(cannot_start(STR("127.0.0.1:"), "HOST:PORT"));
	assert_true(cannot_start(STR("127.0.0.1:65536"), "HOST:PORT"));
	assert_true(cannot_start(STR("::1:80"), "HOST:PORT"));
	assert_true(cannot_start(STR("192.0.2.1:0"), "cannot listen"));
	static const char *const good[] = { "localhost:0", "0.0.0.0:0", ":0" };
	for (int i = 0; i < 3; i++) {
		struct server_options o = options();
		struct str why = STR("");
		o.listen = str_from(good[i]);
		struct server *s = server_start(a, &o, &why);
		assert_non_null(s);
		struct wire *w = wire_open(server_port(s));
		assert_non_null(strstr(ask(w, "GET /" END).body, "remote=127.0.0.1 "));
		wire_close(w);
		server_free(s);
	}
	static const struct str proxy[] = { { "10.0.0.0/33", 11 } };
	struct server_options o = options();
	struct str why = STR("");
	o.proxies = proxy;
	o.proxies_n = 1;
	assert_null(server_start(a, &o, &why));
	assert_true(str_find(why, STR("10.0.0.0/33"), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(request_reaches_handler, setup, teardown),
		cmocka_unit_test_setup_teardown(pipelined_requests_are_answered_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(replies_are_framed, setup, teardown),
		cmocka_unit_test_setup_teardown(header_cannot_be_split, setup, teardown),
		cmocka_unit_test_setup_teardown(large_reply_arrives_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(large_body_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(large_head_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(expectation_is_met, setup, teardown),
		cmocka_unit_test_setup_teardown(suspended_requests_are_answered_by_others, setup, teardown),
		cmocka_unit_test_setup_teardown(client_may_vanish_while_suspended, setup, teardown),
		cmocka_unit_test(slow_clients_are_closed),
		cmocka_unit_test(crowd_is_turned_away),
		cmocka_unit_test(drain_cuts_nothing),
		cmocka_unit_test(drain_answers_the_backlog),
		cmocka_unit_test(proxies_are_believed),
		cmocka_unit_test_setup_teardown(addresses, setup, teardown),
	};
	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
