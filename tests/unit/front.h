/* The HTTP front under test: its handler, which says what it was given, and requests that wait for somebody else to
 * finish them. */
#ifndef MUSTER_TESTS_FRONT_H
#define MUSTER_TESTS_FRONT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include "web/server.h"
#include "wire.h"

enum { BODY_MAX = 65536, BIG = 8 << 20, MANY = 200 };
#define HOST " HTTP/1.1\r\nHost: a\r\n"
#define END  HOST "\r\n"

/* Requests that a handler has suspended. Another thread, or the test itself, finishes them. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct http *waiting[4 * MANY];
	int n;
	bool stop;
} parked = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static char big[BIG];
/* What /full answers, if a test has made it. */
static struct http_ready *full;

static inline void park(struct http *h)
{
	http_suspend(h);
	pthread_mutex_lock(&parked.lock);
	parked.waiting[parked.n++] = h;
	pthread_cond_broadcast(&parked.changed);
	pthread_mutex_unlock(&parked.lock);
}

static inline void wait_parked(int n)
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

static inline void finish(struct http *h)
{
	h->status = 200;
	buf_put(&h->out, STR("later "));
	buf_put(&h->out, h->query);
	http_finish(h);
}

/* Finishes whatever is parked, until there is nothing more. */
static inline void finish_all(void)
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

static inline void *finisher(void *arg)
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

static inline pthread_t start_finisher(void)
{
	pthread_t t;
	parked.stop = false;
	assert_int_equal(pthread_create(&t, NULL, finisher, NULL), 0);
	return t;
}

static inline void stop_finisher(pthread_t t)
{
	pthread_mutex_lock(&parked.lock);
	parked.stop = true;
	pthread_cond_broadcast(&parked.changed);
	pthread_mutex_unlock(&parked.lock);
	pthread_join(t, NULL);
}

/* Says what it was given. */
static inline void describe(struct http *h)
{
	static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OTHER" };
	struct str x = http_header(h, "x-test"), cookie = http_cookie(h, "session");
	buf_fmt(&h->out, "%s " STR_FMT " ?" STR_FMT " x=" STR_FMT " cookie=" STR_FMT, methods[h->method], STR_ARG(h->path),
		STR_ARG(h->query), STR_ARG(x), STR_ARG(cookie));
	buf_fmt(&h->out, " remote=" STR_FMT " tls=%d body=" STR_FMT, STR_ARG(h->remote), h->tls, STR_ARG(h->body));
}

static inline void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

/* Takes so many milliseconds of the lane's time, unless there is none. */
static inline void work(struct http *h)
{
	int64_t ms = 0;
	str_to_i64(h->query, &ms);
	if (h->late) {
		h->status = 503;
	} else {
		pause_ms(ms);
	}
}

static inline enum http_next handle(struct http *h, void *arg)
{
	(void)arg;
	h->status = 200;
	if (str_eq(h->path, STR("/full"))) {
		http_set_ready(h, full);
		return HTTP_REPLY;
	}
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
	if (str_eq(h->path, STR("/work"))) {
		work(h);
	} else if (str_eq(h->path, STR("/none"))) {
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

static inline size_t limit(struct str path, void *arg)
{
	(void)arg;
	return str_eq(path, STR("/length")) ? BIG : 0;
}

static struct arena *arena;
static struct server *server;
static int port;

static inline struct server_options options(void)
{
	return (struct server_options){
		.listen = STR("127.0.0.1:0"),
		.threads = 2,
		.body_max = BODY_MAX,
		.deadline_s = 20,
		.handler = handle,
		.body_limit = limit,
	};
}

static inline void start(struct server_options o)
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

static inline void stop(void)
{
	server_free(server);
	server = NULL;
	arena_free(arena);
}

static inline int setup(void **state)
{
	(void)state;
	start(options());
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	stop();
	return 0;
}

static inline int64_t connections(void)
{
	return server_counters(server).connections;
}
static inline int64_t in_flight(void)
{
	return server_counters(server).in_flight;
}

/* Until the number is there; 20 seconds at most. */
static inline void wait_for(int64_t (*what)(void), int64_t number)
{
	long long until = wire_ms() + 20000;
	while (what() != number && wire_ms() < until) {
		pause_ms(1);
	}
	assert_int_equal(what(), number);
}

static inline struct wire_reply ask(struct wire *w, const char *request)
{
	struct wire_reply r;
	assert_true(wire_say(w, request));
	if (!wire_reply(w, &r, strncmp(request, "HEAD", 4) == 0)) {
		fail_msg("no reply to %.60s", request);
	}
	return r;
}
#endif
