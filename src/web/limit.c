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

/* ---- counting beside the request: its own transaction may be a snapshot, or is rolled back with the refusal */
struct hit {
	struct db_job job;
	int64_t now;
	char key[80];
};

static bool hit_run(struct db *tx, void *arg)
{
	const struct hit *h = arg;
	throttle_hit(tx, str_from(h->key), h->now, h->now + LIMIT_SECONDS);
	return true;
}

static void hit_done(struct db_job *job)
{
	free(job->arg);
}

static void hit(struct req *r, struct str key)
{
	struct hit *h = key.n < sizeof h->key ? calloc(1, sizeof *h) : NULL;
	if (!h)
		return;
	h->job = (struct db_job){ .run = hit_run, .done = hit_done, .arg = h };
	h->now = r->c.now;
	memcpy(h->key, key.p, key.n);
	if (!db_write_async(r->app->store, &h->job))
		free(h);
}

bool limit_wrong_token(struct req *r)
{
	if (!r->app->limits)
		return false;
	struct str key = str_cat(r->c.arena, STR("token:"), r->c.from);
	int64_t wait = limit_wait(r, key, LIMIT_TOKENS);
	if (!wait) {
		hit(r, key);
		return false;
	}
	reply_status(r, 429);
	http_set_header(r->http, STR("Retry-After"), str_fmt(r->c.arena, "%lld", (long long)wait));
	return true;
}
