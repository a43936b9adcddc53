/* Starting, waking and stopping the threads. */
#include "jobs/room.h"
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "base/log.h"
#include "mail/imap.h"
#include "mail/smtp.h"
#include "model/figures.h"

bool jobs_ctx(struct ctx *c, struct account *account, struct arena *a, struct db *db)
{
	*c = (struct ctx){ .arena = a, .db = db, .now = clock_now(), .text = { a, LOCALE_EN }, .from = STR("") };
	if (!account_load(c, account))
		return false;
	c->text.locale = account->locale;
	c->key = account->secret;
	return true;
}

int64_t jobs_slice_rows(const struct store *s, int64_t rows, int64_t took_ms)
{
	enum { ROWS_MIN = 10, ROWS_MAX = 5000 };
	int64_t fit = rows * store_slice_ms(s) / (took_ms < 1 ? 1 : took_ms);
	fit = fit > 2 * rows ? 2 * rows : fit;
	return fit < ROWS_MIN ? ROWS_MIN : fit > ROWS_MAX ? ROWS_MAX : fit;
}

/* ---- sleeping */
uint64_t jobs_seen(struct jobs *j)
{
	pthread_mutex_lock(&j->lock);
	uint64_t n = j->wakes;
	pthread_mutex_unlock(&j->lock);
	return n;
}

static struct timespec after_ms(int64_t ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* Milliseconds until the second `until` begins; clock_now() only knows whole ones. */
static int64_t ms_until(int64_t until)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	int64_t ms = (until - clock_now()) * 1000 - t.tv_nsec / 1000000 + 1;
	return ms < 0 ? 0 : ms;
}

int64_t jobs_ms_until(const struct jobs *j, int64_t until)
{
	int64_t poll = j->test_clock ? POLL_TEST_MS : POLL_MS, ms = until ? ms_until(until) : poll;
	return ms < poll ? ms : poll;
}

void jobs_wait(struct jobs *j, pthread_cond_t *cond, int64_t ms)
{
	struct timespec end = after_ms(ms);
	pthread_cond_timedwait(cond, &j->lock, &end);
}

/* With the lock held. */
static void rest(struct jobs *j, struct timespec end)
{
	while (!j->stopping && pthread_cond_timedwait(&j->end, &j->lock, &end) == 0)
		;
}

bool jobs_sleep(struct jobs *j, struct sleeper *s, int64_t until)
{
	struct timespec end = after_ms(jobs_ms_until(j, until));
	pthread_mutex_lock(&j->lock);
	while (j->wakes == s->seen && !j->stopping && pthread_cond_timedwait(&j->wake, &j->lock, &end) == 0)
		;
	int64_t rested = clock_mono_ms() - s->woke_ms;
	if (rested < REST_MS)
		rest(j, after_ms(REST_MS - rested));
	s->seen = j->wakes;
	s->woke_ms = clock_mono_ms();
	pthread_mutex_unlock(&j->lock);
	return !j->stopping;
}

bool jobs_pause(struct jobs *j, int64_t ms)
{
	struct timespec end = after_ms(ms);
	pthread_mutex_lock(&j->lock);
	rest(j, end);
	pthread_mutex_unlock(&j->lock);
	return !j->stopping;
}

void jobs_wake(void *jobs)
{
	struct jobs *j = jobs;
	pthread_mutex_lock(&j->lock);
	j->wakes++;
	pthread_cond_broadcast(&j->wake);
	pthread_mutex_unlock(&j->lock);
}

/* ---- life */
void jobs_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

struct jobs *jobs_start(struct arena *a, const struct jobs_options *o, struct str *why)
{
	struct jobs *j = ARENA_NEW(a, struct jobs);
	const char *wrong = str_is_empty(o->smtp) ? NULL : smtp_url_check(o->smtp);
	if (wrong) {
		*why = str_fmt(a, "--smtp: %s", wrong);
		return NULL;
	}
	wrong = str_is_empty(o->imap) ? NULL : imap_url_check(o->imap);
	if (wrong) {
		*why = str_fmt(a, "--imap: %s", wrong);
		return NULL;
	}
	if (!mail_sender_parse(a, o->mail_from, &j->sender)) {
		*why = STR("--mail-from is \"Name <address>\"");
		return NULL;
	}
	j->store = o->store;
	j->figures = o->figures;
	j->index = o->index;
	j->smtp = str_dup(a, o->smtp);
	j->imap = str_dup(a, o->imap);
	j->authserv_id = str_dup(a, o->authserv_id);
	j->sender.base_url = str_dup(a, o->base_url);
	j->sender.reads_replies = o->reads_replies;
	j->test_clock = getenv("MUSTER_CLOCK_FILE") != NULL;
	j->smtp_connections = o->smtp_connections;
	pthread_mutex_init(&j->lock, NULL);
	jobs_cond_init(&j->wake);
	jobs_cond_init(&j->end);
	j->worker_started = pthread_create(&j->worker, NULL, worker_run, j) == 0;
	/* Without it SQL answers, and reports load what they count. */
	j->keeper_started = pthread_create(&j->keeper, NULL, keeper_run, j) == 0;
	while (j->fillers_n < FILLERS && pthread_create(&j->fillers[j->fillers_n], NULL, filler_run, j) == 0)
		j->fillers_n++;
	if (j->fillers_n == 0)
		figures_fill_never(j->figures);
	/* Without a relay mail waits in the outbox. */
	j->delivery_started = !str_is_empty(j->smtp) && pthread_create(&j->delivery, NULL, delivery_run, j) == 0;
	j->mailbox_started = !str_is_empty(j->imap) && pthread_create(&j->mailbox, NULL, mailbox_run, j) == 0;
	if (j->worker_started && (str_is_empty(j->smtp) || j->delivery_started) &&
		(str_is_empty(j->imap) || j->mailbox_started))
		return j;
	jobs_stop(j);
	*why = STR("no thread for the jobs");
	return NULL;
}

void jobs_stop(struct jobs *j)
{
	atomic_store(&j->stop_ms, clock_mono_ms());
	pthread_mutex_lock(&j->lock);
	j->stopping = true;
	pthread_cond_broadcast(&j->wake);
	pthread_cond_broadcast(&j->end);
	pthread_mutex_unlock(&j->lock);
	if (j->worker_started)
		pthread_join(j->worker, NULL);
	if (j->keeper_started)
		pthread_join(j->keeper, NULL);
	if (j->delivery_started)
		pthread_join(j->delivery, NULL);
	if (j->mailbox_started)
		pthread_join(j->mailbox, NULL);
	for (int i = 0; i < j->fillers_n; i++)
		pthread_join(j->fillers[i], NULL);
	pthread_cond_destroy(&j->wake);
	pthread_cond_destroy(&j->end);
	pthread_mutex_destroy(&j->lock);
}
