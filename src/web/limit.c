#include "web/limit.h"
#include <stdlib.h>
#include <string.h>
#include "gen/queries.h"
#include "web/app.h"
#include "web/reply.h"

int64_t limit_wait(struct req *r, struct str key, int64_t tries)
{
	struct throttle_get_row row;
	if (!r->app->limits || !throttle_get(r->c.db, r->c.arena, key, r->c.now, &row) || row.count < tries)
		return 0;
	return row.until - r->c.now;
}

/* ---- counting beside the request: its own transaction may be a snapshot, or is rolled back with the refusal. Until it
 * is written it counts in memory: a disk that is slow must not be a time to guess in. */
struct limit_hit {
	struct db_job job;
	struct app *app;
	struct limit_hit *next, **before;
	int64_t now;
	char key[80];
};

static bool hit_run(struct db *tx, void *arg)
{
	const struct limit_hit *h = arg;
	throttle_hit(tx, str_from(h->key), h->now, h->now + LIMIT_SECONDS);
	return true;
}

static void hit_forget(struct limit_hit *h)
{
	pthread_mutex_lock(&h->app->hits_lock);
	*h->before = h->next;
	if (h->next)
		h->next->before = h->before;
	pthread_mutex_unlock(&h->app->hits_lock);
	free(h);
}

static void hit_done(struct db_job *job)
{
	hit_forget(job->arg);
}

static void hit(struct req *r, struct str key)
{
	struct app *app = r->app;
	struct limit_hit *h = key.n < sizeof h->key ? calloc(1, sizeof *h) : NULL;
	if (!h)
		return;
	h->job = (struct db_job){ .run = hit_run, .done = hit_done, .arg = h };
	h->app = app;
	h->now = r->c.now;
	memcpy(h->key, key.p, key.n);
	pthread_mutex_lock(&app->hits_lock);
	h->next = app->hits;
	h->before = &app->hits;
	if (h->next)
		h->next->before = &h->next;
	app->hits = h;
	pthread_mutex_unlock(&app->hits_lock);
	if (!db_write_async(app->store, &h->job))
		hit_forget(h);
}

static int64_t unwritten(struct app *app, struct str key)
{
	int64_t n = 0;
	pthread_mutex_lock(&app->hits_lock);
	for (const struct limit_hit *h = app->hits; h; h = h->next)
		n += str_eq(str_from(h->key), key);
	pthread_mutex_unlock(&app->hits_lock);
	return n;
}

int64_t limit_count(struct req *r, struct str key, int64_t tries)
{
	if (!r->app->limits)
		return 0;
	int64_t waiting = unwritten(r->app, key);
	int64_t wait = waiting < tries ? limit_wait(r, key, tries - waiting) : LIMIT_SECONDS;
	if (!wait)
		hit(r, key);
	return wait;
}

bool limit_wrong_token(struct req *r)
{
	int64_t wait = limit_count(r, str_cat(r->c.arena, STR("token:"), r->c.from), LIMIT_TOKENS);
	if (!wait)
		return false;
	reply_status(r, 429);
	http_set_header(r->http, STR("Retry-After"), str_num(r->c.arena, "", wait));
	return true;
}
