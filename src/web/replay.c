#include "web/replay.h"
#include <time.h>
#include "base/clock.h"
#include "base/crypt.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "web/app.h"
#include "web/reply.h"

static struct str body_hash(struct req *r)
{
	return crypt_hash(r->c.arena,
		str_fmt(r->c.arena, STR_FMT "?" STR_FMT "\n" STR_FMT, STR_ARG(r->http->path), STR_ARG(r->http->query),
			STR_ARG(r->http->body)));
}

/* True when there was an earlier one, and it answered. */
static bool replayed(struct req *r, struct str key, struct str hash, bool *running)
{
	struct idempotency_find_row row;
	*running = false;
	if (!idempotency_find(r->c.db, r->c.arena, r->c.actor->token_id, key, r->c.now - REPLAY_SECONDS, &row))
		return false;
	if (!str_eq(row.body_hash, hash)) {
		err_add(
			&r->c.errs, r->c.arena, ERR_CONFLICT, STR("Idempotency-Key"), CODE_duplicate, t_error_replay(&r->c.text));
		reply_error(r);
		return true;
	}
	if (!row.status.has) {
		*running = true;
		return false;
	}
	struct buf *out = reply_json(r, (unsigned)row.status.v);
	buf_put(out, row.body);
	http_set_header(r->http, STR("Idempotent-Replayed"), STR("true"));
	return true;
}

/* In the writer's transaction the answer is stored with the effect. A refusal changes nothing and is not kept. */
static void run_in_write(struct req *r, struct str key, struct str hash)
{
	bool running;
	if (replayed(r, key, hash, &running))
		return;
	r->route->handler(r);
	if (r->http->status >= 400)
		return;
	idempotency_forget(r->c.db, r->c.actor->token_id, key, r->c.now - REPLAY_SECONDS);
	idempotency_insert(
		r->c.db, r->c.actor->token_id, key, hash, SOME(r->http->status), buf_str(&r->http->out), r->c.now);
}

/* A slow route writes by itself: the key is claimed first, and whoever comes meanwhile waits. */
struct claim {
	struct req *r;
	struct str key, hash;
	bool taken;
};

static bool claim_run(struct db *tx, void *arg)
{
	struct claim *c = arg;
	const struct ctx *by = &c->r->c;
	int64_t since = by->now - REPLAY_SECONDS;
	struct idempotency_find_row row;
	c->taken = idempotency_find(tx, by->arena, by->actor->token_id, c->key, since, &row);
	if (c->taken)
		return false;
	idempotency_forget(tx, by->actor->token_id, c->key, since);
	idempotency_insert(tx, by->actor->token_id, c->key, c->hash, NONE, STR_NULL, by->now);
	return true;
}

static bool claim_end(struct db *tx, void *arg)
{
	struct claim *c = arg;
	unsigned status = c->r->http->status;
	if (status < 400)
		idempotency_answer(tx, c->r->c.actor->token_id, c->key, SOME(status), buf_str(&c->r->http->out));
	else
		idempotency_drop(tx, c->r->c.actor->token_id, c->key);
	return true;
}

static void wait_for_other(struct app *app, int64_t until_ms)
{
	struct timespec at;
	clock_gettime(CLOCK_REALTIME, &at);
	int64_t left = until_ms - clock_mono_ms(), step = left < 200 ? left : 200;
	at.tv_nsec += (long)step * 1000000;
	at.tv_sec += at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	pthread_mutex_lock(&app->replay_lock);
	pthread_cond_timedwait(&app->replay_done, &app->replay_lock, &at);
	pthread_mutex_unlock(&app->replay_lock);
}

static void run_slow(struct req *r, struct str key, struct str hash)
{
	struct app *app = r->app;
	struct claim claim = { .r = r, .key = key, .hash = hash };
	int64_t until = clock_mono_ms() + REPLAY_WAIT_MS;
	for (;;) {
		bool running;
		if (replayed(r, key, hash, &running))
			return;
		if (!running) {
			if (db_write(app->store, claim_run, &claim) != DB_OK) {
				reply_status(r, 503);
				return;
			}
			if (!claim.taken)
				break;
		} else {
			if (clock_mono_ms() >= until) {
				reply_status(r, 503);
				return;
			}
			wait_for_other(app, until);
		}
		/* See what was committed meanwhile. */
		db_read_end(r->c.db);
		r->c.db = db_read_begin(app->store);
	}
	r->route->handler(r);
	db_write(app->store, claim_end, &claim);
	pthread_mutex_lock(&app->replay_lock);
	pthread_cond_broadcast(&app->replay_done);
	pthread_mutex_unlock(&app->replay_lock);
}

void replay_or_run(struct req *r)
{
	struct str key =
		r->api && r->http->method == HTTP_POST && r->c.actor ? http_header(r->http, "Idempotency-Key") : STR_NULL;
	if (str_is_null(key)) {
		r->route->handler(r);
		return;
	}
	if (key.n == 0 || key.n > 255 || !str_is_utf8(key)) {
		ctx_invalid(&r->c, STR("Idempotency-Key"), CODE_invalid, t_error_invalid(&r->c.text));
		reply_error(r);
		return;
	}
	struct str hash = body_hash(r);
	if (r->route->kind == ROUTE_WRITE)
		run_in_write(r, key, hash);
	else
		run_slow(r, key, hash);
}
