/* muster serve: opens the database, starts writer, pool, jobs and front, and waits for a signal. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/crypt.h"
#include "base/log.h"
#include "cli/commands.h"
#include "gen/queries.h"
#include "jobs/jobs.h"
#include "mail/imap.h"
#include "model/figures.h"
#include "model/settings.h"
#include "model/user_index.h"
#include "web/app.h"

enum {
	POOL_THREADS = 2,
	POOL_QUEUE = 512,
	LONG_THREADS = 2,
	LONG_QUEUE = 64,
	BODY_MAX = 1 << 20,
	DEADLINE_S = 60,
	PROXIES_MAX = 32
};

struct start {
	bool shared; /* by other nodes */
	bool demo_password, needs_setup;
	struct str setup_key;
};

/* What the start has to know, and what a crash left behind. */
static bool look_around(struct ctx *c, void *arg)
{
	struct start *s = arg;
	struct demo_password_any_row demo;
	struct account account;
	if (!account_load(c, &account))
		return false;
	s->demo_password = demo_password_any(c->db, c->arena, &demo);
	s->needs_setup = account.needs_setup;
	jobs_drop_abandoned(c->db, s->shared ? c->now - ABANDONED_SECONDS : c->now + 1);
	/* Of other nodes mail may still be in flight; there the leases end by themselves. */
	if (!s->shared) {
		outbox_release_all(c->db);
		mailbox_release_all(c->db);
	}
	if (s->needs_setup) {
		s->setup_key = crypt_token(c->arena);
		account_setup_hash_set(c->db, crypt_hash(c->arena, s->setup_key));
	}
	return true;
}

static bool is_loopback(struct str listen)
{
	return str_starts(listen, STR("127.")) || str_starts(listen, STR("localhost:")) ||
		str_starts(listen, STR("[::1]:"));
}

static int stop_with(const char *words)
{
	fprintf(stderr, "muster: %s\n", words);
	return EXIT_USAGE;
}

static bool read_number(struct str s, int64_t low, int64_t high, int64_t *out)
{
	return str_to_i64(s, out) && *out >= low && *out <= high;
}

struct running {
	struct app app;
	struct jobs *jobs;
};

static bool start(struct arena *a, const struct options *o, struct running *r, struct str *why)
{
	struct str proxies[PROXIES_MAX], rest = str_is_empty(o->proxy) ? STR_NULL : o->proxy;
	size_t proxies_n = 0;
	int64_t threads = 0, connections = 0;
	while (proxies_n < PROXIES_MAX && str_split(&rest, ',', &proxies[proxies_n]))
		proxies_n++;
	if (!read_number(o->threads, 0, 256, &threads)) {
		*why = STR("--threads is a number from 0 to 256");
		return false;
	}
	if (!read_number(o->smtp_connections, 1, 64, &connections)) {
		*why = STR("--smtp-connections is a number from 1 to 64");
		return false;
	}
	app_prepare(&r->app);
	r->app.pool = pool_start(POOL_THREADS, POOL_QUEUE);
	r->app.long_pool = pool_start(LONG_THREADS, LONG_QUEUE);
	r->app.server = server_start(a,
		&(struct server_options){ .listen = o->listen,
			.threads = (int)threads,
			.body_max = BODY_MAX,
			.deadline_s = DEADLINE_S,
			.proxies = proxies,
			.proxies_n = proxies_n,
			.handler = app_handle,
			.arg = &r->app,
			.body_admit = app_body_admit,
			.body_limit = app_body_limit,
			.refusal = app_refuse },
		why);
	if (!r->app.server)
		return false;
	struct str base = r->app.base_url;
	if (str_is_empty(base))
		base = str_fmt(a, "http://127.0.0.1:%d", server_port(r->app.server));
	r->app.base_url = base;
	r->jobs = jobs_start(a,
		&(struct jobs_options){ .store = r->app.store,
			.figures = r->app.figures,
			.smtp = o->smtp,
			.smtp_connections = connections,
			.mail_from = o->mail_from,
			.base_url = base,
			.imap = o->imap,
			.authserv_id = o->authserv_id,
			.reads_replies = r->app.reads_replies,
			.index = r->app.index },
		why);
	if (!r->jobs)
		return false;
	r->app.wake_jobs = jobs_wake;
	r->app.wake_arg = r->jobs;
	store_on_commit(r->app.store, jobs_wake, r->jobs);
	return true;
}

static void wait_for_signal(void)
{
	sigset_t set;
	int number;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigwait(&set, &number);
}

static void block_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* Each connection is a file: as many as the system lets us have. */
static void raise_file_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Requests first, then the jobs, then the writer: whatever was acknowledged is written, whatever waits is a row. */
static void stop(struct running *r)
{
	if (r->app.server)
		server_drain(r->app.server);
	if (r->jobs)
		jobs_stop(r->jobs);
	if (r->app.pool)
		pool_stop(r->app.pool);
	if (r->app.long_pool)
		pool_stop(r->app.long_pool);
	store_on_commit(r->app.store, NULL, NULL);
	if (r->app.server)
		server_free(r->app.server);
	user_index_free(r->app.index);
	store_close(r->app.store);
	figures_free(r->app.figures);
	app_release(&r->app);
}

/* What is kept in memory is worth it from so many rows on; tests have it for fewer. */
static int64_t number_from(const char *variable, int64_t otherwise)
{
	const char *from = getenv(variable);
	int64_t n;
	return from && str_to_i64(str_from(from), &n) ? n : otherwise;
}

int command_serve(struct arena *a, const struct options *o)
{
	struct running r = { .app = { .base_url = o->base_url,
							 .mail_from = o->mail_from,
							 .undo_hold = -1,
							 .limits = !str_eq(o->limits, STR("off")),
							 .has_smtp = !str_is_empty(o->smtp),
							 .reads_replies = str_eq(o->replies, STR("on")) || !str_is_empty(o->imap),
							 .mailbox = imap_shown(a, o->imap),
							 .hits_lock = PTHREAD_MUTEX_INITIALIZER,
							 .replay_lock = PTHREAD_MUTEX_INITIALIZER,
							 .replay_done = PTHREAD_COND_INITIALIZER } };
	struct start found = { 0 };
	struct str why = STR("");
	int code = EXIT_OK;
	if (o->words_n)
		return stop_with("serve takes options only");
	if (!str_is_empty(o->undo_hold) && !read_number(o->undo_hold, 0, 7 * 86400, &r.app.undo_hold))
		return stop_with("--undo-hold is a number of seconds");
	if (!str_eq(o->replies, STR("on")) && !str_eq(o->replies, STR("off")))
		return stop_with("--replies is on or off");
	if (!r.app.limits && !is_loopback(o->listen))
		return stop_with("--limits off is for loopback only");
	if (str_ends(r.app.base_url, STR("/")))
		r.app.base_url.n--;
	block_signals();
	raise_file_limit();
	r.app.store = command_store(a, o, &code);
	if (!r.app.store)
		return code;
	r.app.index = user_index_new(number_from("MUSTER_INDEX_FROM", USER_INDEX_FROM));
	r.app.figures = figures_new(FIGURES_BYTES, number_from("MUSTER_FIGURES_FROM", FIGURES_FILL_FROM));
	found.shared = store_is_shared(r.app.store);
	if (!command_write(a, r.app.store, look_around, &found))
		code = EXIT_DATABASE;
	else if (found.demo_password && !is_loopback(o->listen))
		code = stop_with("a demo account still has its demo password: it serves on loopback only. "
						 "Change the passwords, or use --listen 127.0.0.1:8080");
	else if (!start(a, o, &r, &why)) {
		fprintf(stderr, "muster: " STR_FMT "\n", STR_ARG(why));
		code = EXIT_USAGE;
	} else {
		printf("listening on http://127.0.0.1:%d\n", server_port(r.app.server));
		if (found.needs_setup)
			printf("set up the account at http://127.0.0.1:%d/setup?key=" STR_FMT "\n", server_port(r.app.server),
				STR_ARG(found.setup_key));
		fflush(stdout);
		wait_for_signal();
	}
	stop(&r);
	return code;
}
