/* The HTTP front against those who are slow, leave early, or come when the server is full or stopping. */
#include "front.h"

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

struct visitor {
	pthread_t thread;
	const char *request;
	int served, refused;
};

/* Asks again as soon as there is an answer. */
static void *insist(void *arg)
{
	struct visitor *v = arg;
	struct wire *w = wire_open(port);
	for (int i = 0; i < 8; i++) {
		unsigned status = ask(w, v->request).status;
		v->served += status == 200;
		v->refused += status == 503;
	}
	wire_close(w);
	return NULL;
}

static struct visitor crowd(const char *request)
{
	enum { CROWD = 40 };
	struct visitor visitors[CROWD] = { 0 }, sum = { 0 };
	for (int i = 0; i < CROWD; i++) {
		visitors[i].request = request;
		assert_int_equal(pthread_create(&visitors[i].thread, NULL, insist, &visitors[i]), 0);
	}
	for (int i = 0; i < CROWD; i++) {
		pthread_join(visitors[i].thread, NULL);
		sum.served += visitors[i].served;
		sum.refused += visitors[i].refused;
	}
	assert_int_equal(sum.served + sum.refused, CROWD * 8);
	return sum;
}

static void overload_is_refused_and_bursts_are_not(void **state)
{
	(void)state;
	struct server_options o = options();
	o.threads = 1;
	start(o);
	assert_int_equal(crowd("GET /work?5" END).refused, 0);
	/* All of them at once would wait for four seconds. */
	struct visitor v = crowd("GET /work?100" END);
	assert_true(v.served > 20);
	assert_true(v.refused > 100);
	assert_int_equal(server_counters(server).refused, v.refused);
	/* It is over with the crowd. */
	struct wire *w = wire_open(port);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(w, "GET /work?20" END).status, 200);
	}
	wire_close(w);
	stop();
}

static void *drain(void *arg)
{
	server_drain(arg);
	return NULL;
}

static void make_full(void)
{
	ARENA_SCOPED a = arena_new();
	struct http_header retry = { STR("Retry-After"), STR("1") };
	struct http h = { .arena = a, .status = 503, .headers = &retry, .headers_n = 1, .out = buf_new(a) };
	buf_put(&h.out, STR("come back"));
	full = http_ready_new(&h);
}

static void refusals_are_made_once_and_lanes_rest_between_them(void **state)
{
	(void)state;
	struct server_options o = options();
	o.threads = 1;
	make_full();
	start(o);
	struct wire *w = wire_open(port);
	struct wire_reply r;
	/* Some are answered at once, on a connection that stays. */
	for (int i = 0; i < 10; i++) {
		r = ask(w, "GET /full" END);
		assert_int_equal(r.status, 503);
		assert_true(wire_header(&r, "Retry-After: 1"));
		assert_string_equal(r.body, "come back");
	}
	assert_int_equal(server_counters(server).rests, 0);
	wire_say(w, "HEAD /full" END);
	assert_true(wire_reply(w, &r, true));
	assert_int_equal(r.status, 503);
	/* With a crowd that insists, the lane rests; everybody has an answer, and others have theirs meanwhile. */
	struct visitor v = crowd("GET /full" END);
	assert_int_equal(v.refused, 40 * 8);
	assert_true(server_counters(server).rests > 0);
	assert_int_equal(server_counters(server).refused, 11 + 40 * 8);
	assert_int_equal(ask(w, "GET /work?1" END).status, 200);
	/* And it is over with it. */
	pause_ms(50);
	int64_t rests = server_counters(server).rests;
	assert_int_equal(ask(w, "GET /full" END).status, 503);
	assert_int_equal(server_counters(server).rests, rests);
	wire_close(w);
	stop();
	http_ready_free(full);
	full = NULL;
}

static void who_is_refused_while_it_stops_is_told_to_go(void **state)
{
	(void)state;
	make_full();
	start(options());
	struct wire *later = wire_open(port), *w = wire_open(port);
	struct wire_reply r;
	pthread_t drainer;
	ask(w, "GET /" END);
	wire_say(later, "GET /later" END);
	wait_parked(1);
	assert_int_equal(pthread_create(&drainer, NULL, drain, server), 0);
	long long until = wire_ms() + 20000;
	do {
		r = ask(w, "GET /full" END);
	} while (!wire_header(&r, "Connection: close") && wire_ms() < until);
	assert_true(wire_header(&r, "Connection: close"));
	assert_int_equal(r.status, 503);
	assert_true(wire_wait_eof(w));
	wire_close(w);
	finish_all();
	pthread_join(drainer, NULL);
	assert_true(wire_reply(later, &r, false));
	wire_close(later);
	stop();
	http_ready_free(full);
	full = NULL;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(suspended_requests_are_answered_by_others, setup, teardown),
		cmocka_unit_test_setup_teardown(client_may_vanish_while_suspended, setup, teardown),
		cmocka_unit_test(slow_clients_are_closed),
		cmocka_unit_test(crowd_is_turned_away),
		cmocka_unit_test(overload_is_refused_and_bursts_are_not),
		cmocka_unit_test(refusals_are_made_once_and_lanes_rest_between_them),
		cmocka_unit_test(who_is_refused_while_it_stops_is_told_to_go),
		cmocka_unit_test(drain_cuts_nothing),
		cmocka_unit_test(drain_answers_the_backlog),
	};
	return cmocka_run_group_tests_name("server_crowd", tests, NULL, NULL);
}
