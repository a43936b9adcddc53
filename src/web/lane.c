/* One thread, one MHD daemon, one listening socket. MHD's own threads stall with many busy or idle
 * connections; our loop around its epoll does not, and knows how old each connection is. */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "web/front.h"

enum {
	SWEEP_MS = 250,            /* how exact a deadline is */
	LOG_MS = 10000,            /* at most one line of MHD in this time */
	BYTES_PER_S = 4096,        /* the slowest client that is waited for */
	CONNECTION_MEMORY = 16384, /* bounds head, header table and reply head together */
	PASS_MS = 3000,            /* the longest pass: who comes meanwhile waits for its end */
	CROWDED_PASS_MS = 10,      /* and as long as that was not enough */
	TURNED_AWAY_MANY = 16,     /* in: */
	TURNED_AWAY_MS = 20,
	REST_TIMES = 6, /* as long as the pass took, but between: */
	REST_MIN_MS = 5,
	REST_MAX_MS = 20,
	TRIM_CONNECTIONS = 1000, /* so many have gone: their memory is given back */
};

struct link *link_of(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void link_extend(struct link *k, const struct lane *l, size_t bytes)
{
	int64_t seconds = l->server->o.deadline_s + (int64_t)(bytes / BYTES_PER_S);
	k->due_ms = clock_mono_ms() + seconds * 1000;
}

static void link_open(struct lane *l, struct MHD_Connection *c, void **context)
{
	struct link *k = must_calloc(1, sizeof *k);
	k->fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	k->peer = peer_from_sockaddr(MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
	k->prev = &l->links;
	k->next = l->links.next;
	k->next->prev = k;
	l->links.next = k;
	link_extend(k, l, 0);
	l->server->connections++;
	*context = k;
}

static void link_close(struct lane *l, struct link *k)
{
	must(!k->exchange);
	if (k->unread) {
		linger_add(&l->linger, k->fd);
	}
	k->next->prev = k->prev;
	k->prev->next = k->next;
	l->server->connections--;
	l->closed++;
	free(k);
}

static void on_connection(void *cls, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		link_open(cls, c, context);
	} else {
		link_close(cls, *context);
	}
}

/* MHD's timeout is about silence only: one byte now and then defeats it. */
static void sweep(struct lane *l)
{
	int64_t now = clock_mono_ms();
	if (now < l->sweep_ms) {
		return;
	}
	l->sweep_ms = now + SWEEP_MS;
	if (l->closed >= TRIM_CONNECTIONS) {
		l->closed = 0;
		malloc_trim(0);
	}
	for (struct link *k = l->links.next; k != &l->links; k = k->next) {
		if (now >= k->due_ms && !k->suspended) {
			/* MHD finds the end of the stream and closes. */
			shutdown(k->fd, SHUT_RDWR);
		}
	}
}

/* ---- more to do than can be done. All who are ready are served in one pass, so each waits for as long as all the
 * others take. A burst is worked off. When a pass takes too long the rest of it is refused, and the next ones do a
 * little and refuse the rest until nobody has to be: so those who are refused know at once, and those who are served
 * have not waited for nothing. */

bool lane_is_late(struct lane *l)
{
	bool late = clock_mono_ms() - l->pass_ms >= (l->crowded ? CROWDED_PASS_MS : PASS_MS);
	l->refuses |= late;
	return late;
}

static void pass(struct lane *l)
{
	l->pass_ms = clock_mono_ms();
	l->refuses = false;
	MHD_run(l->daemon);
	l->crowded = l->refuses;
}

/* To refuse as many as come would take the cores from those who do what was not refused. So between the passes that
 * refuse many there is a rest: what arrives meanwhile is refused in one go, and who asks again and again has to wait
 * for that. */
static void rest(struct lane *l)
{
	int64_t now = clock_mono_ms();
	if (l->turned_away >= TURNED_AWAY_MANY && !l->server->stopping) {
		int64_t ms = (now - l->pass_ms) * REST_TIMES;
		l->server->rests++;
		poll(NULL, 0, (int)(ms < REST_MIN_MS ? REST_MIN_MS : ms > REST_MAX_MS ? REST_MAX_MS : ms));
		l->turned_away_ms = 0;
	}
	if (now - l->turned_away_ms >= TURNED_AWAY_MS) {
		l->turned_away = 0;
		l->turned_away_ms = now;
	}
}

/* Mostly about clients that went away or made no sense, who could fill the log with it. */
static void __attribute__((format(printf, 2, 0))) on_log(void *cls, const char *fmt, va_list args)
{
	struct lane *l = cls;
	int64_t now = clock_mono_ms();
	if (now < l->log_ms) {
		return;
	}
	l->log_ms = now + LOG_MS;
	char line[256];
	vsnprintf(line, sizeof line, fmt, args);
	for (char *p = line; *p; p++) {
		if (*p < ' ' || *p == 127) {
			*p = ' ';
		}
	}
	log_info("http: %s", line);
}

void lane_wake(struct lane *l)
{
	uint64_t one = 1;
	ssize_t n;
	if (atomic_exchange(&l->woken, true))
		return;
	do {
		n = write(l->wake, &one, sizeof one);
	} while (n < 0 && errno == EINTR);
}

/* The writer finishes many requests at once: the first of them wakes the lane, whose next pass answers all. To resume
 * each where it is finished would signal MHD as often, and make the writer wait for MHD's lock meanwhile. */
void lane_finish(struct lane *l, struct exchange *x)
{
	struct exchange *before = atomic_load(&l->finished);
	do {
		x->next_finished = before;
	} while (!atomic_compare_exchange_weak(&l->finished, &before, x));
	if (!before) {
		lane_wake(l);
	}
}

static void resume_finished(struct lane *l)
{
	struct exchange *next;
	for (struct exchange *x = atomic_exchange(&l->finished, NULL); x; x = next) {
		next = x->next_finished;
		MHD_resume_connection(x->connection);
	}
}

/* Stops listening. What the kernel has accepted already must not be reset, so it is taken over first. */
static void quiesce(struct lane *l)
{
	int fd = MHD_quiesce_daemon(l->daemon);
	l->quiesced = true;
	for (;;) {
		struct sockaddr_storage from;
		socklen_t n = sizeof from;
		int one = accept4(fd, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (one < 0 && errno != EINTR && errno != ECONNABORTED) {
			break;
		}
		if (one >= 0) {
			MHD_add_connection(l->daemon, one, (struct sockaddr *)&from, n);
		}
	}
	if (fd >= 0) {
		close(fd);
	}
	l->server->quiesced++;
	server_note_change(l->server);
}

static int patience(struct lane *l)
{
	MHD_UNSIGNED_LONG_LONG ms;
	bool sweeps = l->links.next != &l->links || l->closed >= TRIM_CONNECTIONS;
	int most = l->linger.n > 0 ? LINGER_PASS_MS : sweeps ? SWEEP_MS : 10000;
	return MHD_get_timeout(l->daemon, &ms) == MHD_YES && ms < (unsigned)most ? (int)ms : most;
}

static void stop(struct lane *l)
{
	for (struct link *k = l->links.next; k != &l->links; k = k->next) {
		if (k->suspended) {
			/* Undefined in MHD; the process is about to end anyway. */
			log_warn("http: a request was never finished");
			return;
		}
	}
	MHD_stop_daemon(l->daemon);
	linger_end(&l->linger);
}

static void *run(void *arg)
{
	struct lane *l = arg;
	struct server *s = l->server;
	struct pollfd p[2] = {
		{ .fd = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN },
		{ .fd = l->wake, .events = POLLIN },
	};
	bool ready = true;
	/* Once told to stop, what has arrived already is still answered. */
	for (int last = 0; !s->stopping || (ready && last < 100); last += s->stopping) {
		ready = poll(p, 2, s->stopping ? 0 : patience(l)) > 0;
		uint64_t n;
		if ((p[1].revents & POLLIN) && read(l->wake, &n, sizeof n) < 0 && errno != EAGAIN && errno != EINTR) {
			log_fatal("http: eventfd broken");
		}
		/* In this order: what is finished behind this look wakes us again. */
		atomic_store(&l->woken, false);
		resume_finished(l);
		if (s->draining && !l->quiesced) {
			quiesce(l);
		}
		pass(l);
		rest(l);
		sweep(l);
		linger_pass(&l->linger);
	}
	stop(l);
	return NULL;
}

bool lane_start(struct lane *l, struct server *s, int listen_fd)
{
	l->server = s;
	l->links.next = l->links.prev = &l->links;
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->wake < 0) {
		close(listen_fd);
		return false;
	}
	/* STRICT_FOR_CLIENT stays off: the guard refuses all of that itself, and MHD would send the reply's head twice. */
	unsigned flags = MHD_USE_EPOLL | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_ERROR_LOG;
	l->daemon = MHD_start_daemon(flags, 0, NULL, NULL, exchange_on_request, l, MHD_OPTION_EXTERNAL_LOGGER, on_log, l,
		MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->o.connections_max + 64,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->o.deadline_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_URI_LOG_CALLBACK, exchange_on_target, l, MHD_OPTION_NOTIFY_COMPLETED,
		exchange_on_done, l, MHD_OPTION_NOTIFY_CONNECTION, on_connection, l, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_END);
	if (!l->daemon) {
		close(listen_fd);
		close(l->wake);
		return false;
	}
	/* Signals are for the main thread; a blocked SIGPIPE is also one that kills nobody. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&l->thread, NULL, run, l);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		MHD_stop_daemon(l->daemon);
		close(l->wake);
	}
	return !failed;
}

void lane_join(struct lane *l)
{
	lane_wake(l);
	pthread_join(l->thread, NULL);
	close(l->wake);
}
