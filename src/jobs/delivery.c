/* Delivery: leases what is due a little ahead of the connections, and writes down what came of it, many at a time. Both
 * are one transaction. A relay that is gone stops nothing but these threads. */
#include "jobs/delivery.h"
#include <threads.h>
#include "base/clock.h"
#include "base/log.h"
#include "gen/queries.h"

enum { URGENT_ROWS = 32, TROUBLE_MS = 1000, LAST_TRIES = 10, LAST_PAUSE_NS = 200 * 1000 * 1000 };

/* What only this thread knows. */
struct round {
	struct delivery *delivery;
	struct arena *scratch; /* of one transaction */
	struct parcels writing;
	struct outbox_ready_row ready;
	int64_t now;            /* of the lease */
	int64_t urgent, others; /* to lease */
	struct bundle *fresh;   /* what is being leased */
	struct bundle *bundles; /* what is leased and not written down, oldest first */
	int failures;
};

/* ---- parcels */
void parcels_add(struct parcels *to, struct parcel *p)
{
	p->next = NULL;
	*(to->first ? to->end : &to->first) = p;
	to->end = &p->next;
	to->n++;
}

struct parcel *parcels_take(struct parcels *from)
{
	struct parcel *p = from->first;
	if (p) {
		from->first = p->next;
		from->n--;
	}
	return p;
}

static void drop_bundle(struct round *r, struct bundle *b)
{
	struct bundle **at = &r->bundles;
	while (*at != b)
		at = &(*at)->next;
	*at = b->next;
	/* It stands in its own arena. */
	arena_free(b->arena);
}

/* ---- what the senders and this thread agree on, with the lock held */
static bool is_idle(const struct delivery *d)
{
	return !d->sending && !d->urgent.n && !d->others.n;
}

/* Half of what is to be ahead is gone. */
static bool is_short(const struct delivery *d)
{
	return d->more && !d->gone && d->others.n <= d->ahead / 2;
}

bool delivery_is_due(const struct delivery *d)
{
	return d->done.n >= WRITE_ROWS || is_short(d) || (d->done.n && is_idle(d));
}

void delivery_give_up(struct delivery *d)
{
	struct parcel *p;
	while ((p = parcels_take(&d->urgent)) || (p = parcels_take(&d->others))) {
		p->outcome = OUTBOX_UNTRIED;
		parcels_add(&d->done, p);
	}
	d->ahead = AHEAD_MIN;
}

/* ---- the transaction */
static void write_done(struct ctx *c, const struct parcels *done)
{
	struct outbox_result *results = ARENA_ARRAY(c->arena, struct outbox_result, done->n);
	size_t n = 0;
	for (const struct parcel *p = done->first; p; p = p->next)
		results[n++] = (struct outbox_result){ p->letter, p->outcome, { p->why, p->why_n } };
	outbox_finish(c, results, n);
}

static bool lease(struct db *tx, struct round *r)
{
	struct ctx c;
	struct arena *a = r->fresh->arena;
	arena_reset(a);
	r->fresh = ARENA_NEW(a, struct bundle);
	r->fresh->arena = a;
	if (!jobs_ctx(&c, &r->fresh->account, a, tx))
		return false;
	c.now = r->now;
	outbox_lease(&c, r->urgent, r->others, &r->fresh->letters);
	return true;
}

static bool step(struct db *tx, void *arg)
{
	struct round *r = arg;
	struct outbox_plan_by_index_row row;
	arena_reset(r->scratch);
	if (!outbox_plan_by_index(tx, r->scratch, &row))
		return false;
	if (r->writing.n)
		write_done(&(struct ctx){ .arena = r->scratch, .db = tx, .now = clock_now() }, &r->writing);
	return !r->fresh || lease(tx, r);
}

/* ---- a round */
static void look(struct round *r)
{
	arena_reset(r->scratch);
	struct outbox_plan_by_index_row row;
	r->ready = (struct outbox_ready_row){ 0 };
	struct db *db = db_read_begin(r->delivery->jobs->store);
	if (outbox_plan_by_index(db, r->scratch, &row))
		outbox_ready(db, r->scratch, clock_now(), &r->ready);
	if (db_read_end(db) != DB_OK)
		r->ready = (struct outbox_ready_row){ 0 };
}

/* With the lock held. */
static void plan_lease(struct round *r)
{
	struct delivery *d = r->delivery;
	r->urgent = r->others = 0;
	r->now = clock_now();
	d->more = r->ready.others;
	if (d->jobs->stopping)
		return;
	/* The clock has jumped: what is still here would be leased once more, beside itself. */
	if (r->bundles && r->now >= r->bundles->lease_until) {
		delivery_give_up(d);
		d->more = false;
		return;
	}
	if (d->gone) {
		bool probe = is_idle(d) && !d->done.n && clock_mono_ms() >= d->gone_until_ms;
		r->urgent = probe && r->ready.urgent;
		r->others = probe && !r->ready.urgent && r->ready.others;
		return;
	}
	if (r->ready.urgent && d->urgent.n < URGENT_ROWS)
		r->urgent = URGENT_ROWS - (int64_t)d->urgent.n;
	if (!is_short(d))
		return;
	if (d->hungry && d->ahead < AHEAD_MAX)
		d->ahead = d->ahead * 2 < AHEAD_MAX ? d->ahead * 2 : AHEAD_MAX;
	d->hungry = false;
	r->others = (int64_t)(d->ahead - d->others.n);
}

/* With the lock held. A few are written down when they have waited, or when there is a transaction anyway. */
static void plan_writing(struct round *r)
{
	struct delivery *d = r->delivery;
	bool now = d->done.n >= WRITE_ROWS || is_idle(d) || r->urgent || r->others || d->jobs->stopping ||
		clock_mono_ms() - d->done_ms >= WRITE_MS;
	if (r->writing.n || !d->done.n || !now)
		return;
	r->writing = d->done;
	d->done = (struct parcels){ 0 };
	d->writing = r->writing.n;
}

static void forget_written(struct round *r)
{
	for (struct parcel *p; (p = parcels_take(&r->writing));)
		if (--p->bundle->left == 0)
			drop_bundle(r, p->bundle);
}

/* With the lock held. */
static void hand_out(struct round *r)
{
	struct delivery *d = r->delivery;
	struct bundle *b = r->fresh;
	struct parcel *parcels = ARENA_ARRAY(b->arena, struct parcel, b->letters.n);
	b->sender = d->jobs->sender;
	b->sender.key = b->account.secret;
	b->leased_ms = clock_mono_ms();
	b->lease_until = r->now + OUTBOX_LEASE;
	b->left = b->letters.n;
	struct bundle **last = &r->bundles;
	while (*last)
		last = &(*last)->next;
	*last = b;
	for (size_t i = 0; i < b->letters.n; i++) {
		parcels[i].bundle = b;
		parcels[i].letter = &b->letters.items[i];
		parcels_add(parcels[i].letter->urgent ? &d->urgent : &d->others, &parcels[i]);
	}
	/* The relay went while they were leased. One alone is the letter that asks whether it is back. */
	if (d->gone && b->letters.n > 1)
		delivery_give_up(d);
}

/* Must get through: what was sent and is not written down is sent again. */
static bool write_round(struct round *r)
{
	struct delivery *d = r->delivery;
	struct arena *a = r->urgent || r->others ? arena_new() : NULL;
	r->fresh = a ? ARENA_NEW(a, struct bundle) : NULL;
	if (r->fresh)
		r->fresh->arena = a;
	enum db_error error = db_write(d->jobs->store, step, r);
	bool leased = error == DB_OK && r->fresh && r->fresh->letters.n;
	pthread_mutex_lock(&d->jobs->lock);
	if (error == DB_OK)
		d->writing = 0;
	if (leased)
		hand_out(r);
	pthread_cond_broadcast(&d->work);
	pthread_mutex_unlock(&d->jobs->lock);
	if (!leased)
		arena_free(a); /* NULL is fine */
	if (error == DB_OK) {
		forget_written(r);
		r->failures = 0;
		return true;
	}
	log_warn("mail: the outbox cannot be written: database error %d", (int)error);
	r->failures++;
	/* Nobody is waited for at the end, but the database is. */
	if (!jobs_pause(d->jobs, TROUBLE_MS))
		thrd_sleep(&(struct timespec){ .tv_nsec = LAST_PAUSE_NS }, NULL);
	return false;
}

/* How long there is nothing to do, unless somebody says so. */
static int64_t wait_ms(const struct round *r)
{
	const struct delivery *d = r->delivery;
	int64_t ms = jobs_ms_until(d->jobs, r->ready.next_at.has ? r->ready.next_at.v : 0);
	int64_t pause = d->gone_until_ms - clock_mono_ms();
	if (d->gone && is_idle(d) && (r->ready.urgent || r->ready.others) && pause < ms)
		ms = pause < 0 ? 0 : pause;
	return (d->done.n || !is_idle(d)) && ms > WRITE_MS ? WRITE_MS : ms;
}

/* False at the end: everything is written down. */
static bool go_round(struct round *r)
{
	struct delivery *d = r->delivery;
	struct jobs *j = d->jobs;
	uint64_t seen = jobs_seen(j);
	look(r);
	pthread_mutex_lock(&j->lock);
	bool stopping = j->stopping;
	if (stopping)
		delivery_give_up(d);
	plan_lease(r);
	plan_writing(r);
	bool ended = stopping && is_idle(d) && !r->writing.n;
	pthread_mutex_unlock(&j->lock);
	if (ended)
		return false;
	if (r->writing.n || r->urgent || r->others) {
		write_round(r);
		return !stopping || r->failures < LAST_TRIES;
	}
	pthread_mutex_lock(&j->lock);
	int64_t until = clock_mono_ms() + wait_ms(r);
	while (j->wakes == seen && j->stopping == stopping && !delivery_is_due(d) && clock_mono_ms() < until) {
		d->waits = true;
		jobs_wait(j, &j->wake, until - clock_mono_ms());
	}
	d->waits = false;
	pthread_mutex_unlock(&j->lock);
	return true;
}

/* Answers how many could be started. */
static size_t start_senders(struct delivery *d, struct sender *senders, size_t n)
{
	size_t started = 0;
	for (; started < n; started++) {
		struct sender *s = &senders[started];
		*s = (struct sender){ .delivery = d, .reserved = started == 0 };
		if (pthread_create(&s->thread, NULL, sender_run, s) != 0)
			break;
	}
	return started;
}

void *delivery_run(void *arg)
{
	struct jobs *j = arg;
	ARENA_SCOPED a = arena_new();
	ARENA_SCOPED scratch = arena_new();
	struct delivery d = { .jobs = j, .ahead = AHEAD_MIN };
	struct round r = { .delivery = &d, .scratch = scratch };
	size_t n = (size_t)j->smtp_connections + 1;
	jobs_cond_init(&d.work);
	struct sender *senders = ARENA_ARRAY(a, struct sender, n);
	size_t started = start_senders(&d, senders, n);
	if (started < n)
		log_warn("mail: %zu connections instead of %zu: no thread", started, n);
	while (go_round(&r))
		;
	pthread_mutex_lock(&j->lock);
	pthread_cond_broadcast(&d.work);
	pthread_mutex_unlock(&j->lock);
	for (size_t i = 0; i < started; i++)
		pthread_join(senders[i].thread, NULL);
	/* What could not be written down to the last. */
	forget_written(&r);
	r.writing = d.done;
	forget_written(&r);
	pthread_cond_destroy(&d.work);
	return NULL;
}
