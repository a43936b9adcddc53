/* The HTTP front against real sockets: what a request looks like to a handler, what a reply looks like on the wire. */
#include <stdlib.h>
#include "front.h"

static void request_reaches_handler(void **state)
{
	(void)state;
	struct wire *w = wire_open(port);
	struct wire_reply r = ask(w,
		"GET /a%20b/%C3%A9%2fc%3F?q=%41+x&r" HOST "X-Test: \tone two \r\n"
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
		wire_say(w,
			"GET /1" END "POST /length" HOST "Content-Length: 3\r\n\r\nabcGET /later?x" END "GET /early?y" END
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
	while (!(head_end = strstr(w->in, "\r\n\r\n")) && wire_read(w)) {}
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

/* Whoever sends much holds it until it is answered; there is an end to that, and small bodies pass it. */
static void bodies_together_are_bounded(void **state)
{
	(void)state;
	struct server_options o = options();
	struct wire_reply r;
	char *body = calloc(1, BIG);
	assert_non_null(body);
	o.body_max = BIG;
	o.bodies_max = 1 << 20;
	start(o);
	struct wire *first = wire_open(port), *w = wire_open(port);
	wire_say(first, "POST /later" HOST "Content-Length: 1000000\r\n\r\n");
	wire_send(first, body, 1000000);
	wait_parked(1);
	wire_say(w, "POST /length" HOST "Content-Length: 400000\r\n\r\n");
	assert_true(wire_reply(w, &r, false));
	assert_int_equal(r.status, 503);
	assert_true(wire_header(&r, "Connection: close"));
	wire_close(w);
	w = wire_open(port);
	wire_say(w, "POST /length" HOST "Content-Length: 60000\r\n\r\n");
	wire_send(w, body, 60000);
	assert_true(wire_reply(w, &r, false));
	assert_int_equal(r.status, 200);
	finish_all();
	assert_true(wire_reply(first, &r, false));
	/* What was answered holds nothing; the same connection says when. */
	wire_say(first, "GET /" END);
	assert_true(wire_reply(first, &r, false));
	wire_say(w, "POST /length" HOST "Content-Length: 400000\r\n\r\n");
	wire_send(w, body, 400000);
	assert_true(wire_reply(w, &r, false));
	assert_int_equal(r.status, 200);
	wire_close(first);
	wire_close(w);
	free(body);
	stop();
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

static void proxies_are_believed(void **state)
{
	(void)state;
	static const struct {
		const char *head;
		const char *remote;
	} cases[] = {
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
		{ "127.0.0.1", 9 },
		{ "10.0.0.0/8", 10 },
		{ "2001:db8:1::/48", 15 },
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
		cmocka_unit_test(bodies_together_are_bounded),
		cmocka_unit_test_setup_teardown(expectation_is_met, setup, teardown),
		cmocka_unit_test(proxies_are_believed),
		cmocka_unit_test_setup_teardown(addresses, setup, teardown),
	};
	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
