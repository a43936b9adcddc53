/* Starting, draining and ending the HTTP front. */
#define _GNU_SOURCE
#include "web/server.h"
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "web/front.h"
#include "web/listen.h"

enum {
	LANES_MAX = 64,
	DRAIN_MS = 10000,
	FREE_MS = 5000, /* for the replies of what the writer has finished */
	IN_FLIGHT_MAX = 4096,
	BODIES_MAX = 512 << 20,
	OTHER_FILES = 256, /* database, logs, mail, and the lanes' own */
};

static bool read_proxies(struct arena *a, struct server *s, struct str *why)
{
	s->proxies_n = s->o.proxies_n;
	s->proxies = ARENA_ARRAY(a, struct peer_net, s->proxies_n);
	for (size_t i = 0; i < s->proxies_n; i++) {
		if (!peer_net_parse(s->o.proxies[i], &s->proxies[i])) {
			*why = str_fmt(a, "\"" STR_FMT "\" is not an address or a network", STR_ARG(s->o.proxies[i]));
			return false;
		}
	}
	return true;
}

static int allowed_connections(void)
{
	struct rlimit files = { 1024, 1024 };
	getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur > 65536) {
		return 65536 - OTHER_FILES;
	}
	return files.rlim_cur > 2 * OTHER_FILES ? (int)files.rlim_cur - OTHER_FILES : OTHER_FILES;
}

static void fill_defaults(struct server_options *o)
{
	if (o->threads <= 0) {
		o->threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
	}
	o->threads = o->threads < 1 ? 1 : o->threads > LANES_MAX ? LANES_MAX : o->threads;
	o->deadline_s = o->deadline_s > 0 ? o->deadline_s : 60;
	o->in_flight_max = o->in_flight_max > 0 ? o->in_flight_max : IN_FLIGHT_MAX;
	o->bodies_max = o->bodies_max > 0 ? o->bodies_max : BODIES_MAX;
	o->connections_max = o->connections_max > 0 ? o->connections_max : allowed_connections();
}

static bool start_lanes(struct server *s, const int *fds)
{
	for (int i = 0; i < s->lanes_n; i++) {
		if (!lane_start(&s->lanes[i], s, fds[i])) {
			for (int k = i + 1; k < s->lanes_n; k++) {
				close(fds[k]);
			}
			return false;
		}
		s->lanes_running++;
	}
	return true;
}

struct server *server_start(struct arena *a, const struct server_options *o, struct str *why)
{
	must(o->handler);
	struct server *s = ARENA_NEW(a, struct server);
	int fds[LANES_MAX];
	s->o = *o;
	fill_defaults(&s->o);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&s->lock, NULL);
	s->lanes_n = s->o.threads;
	s->lanes = ARENA_ARRAY(a, struct lane, (size_t)s->lanes_n);
	if (!read_proxies(a, s, why)) {
		return NULL;
	}
	s->port = listen_open(a, s->o.listen, fds, s->lanes_n, why);
	if (s->port == 0) {
		return NULL;
	}
	if (!start_lanes(s, fds)) {
		*why = STR("cannot start a thread that listens");
		server_free(s);
		return NULL;
	}
	return s;
}

int server_port(const struct server *s)
{
	return s->port;
}

void server_note_change(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

/* Waits until no lane listens and no request is under way. */
static bool wait_quiet(struct server *s, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	int failed = 0;
	pthread_mutex_lock(&s->lock);
	while ((s->quiesced < s->lanes_running || s->in_flight > 0) && failed == 0) {
		failed = pthread_cond_timedwait(&s->changed, &s->lock, &until);
	}
	pthread_mutex_unlock(&s->lock);
	return failed == 0;
}

void server_drain(struct server *s)
{
	s->draining = true;
	for (int i = 0; i < s->lanes_running; i++) {
		lane_wake(&s->lanes[i]);
	}
	if (!wait_quiet(s, DRAIN_MS)) {
		log_warn("http: %lld requests still under way", (long long)s->in_flight);
	}
}

void server_free(struct server *s)
{
	if (!s->draining) {
		server_drain(s);
	}
	wait_quiet(s, FREE_MS);
	s->stopping = true;
	for (int i = 0; i < s->lanes_running; i++) {
		lane_join(&s->lanes[i]);
	}
	s->lanes_running = 0;
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
}

struct server_counters server_counters(struct server *s)
{
	return (struct server_counters){
		.requests = s->requests,
		.connections = s->connections,
		.refused = s->refused,
		.rests = s->rests,
		.in_flight = s->in_flight,
	};
}
