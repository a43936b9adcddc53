/* The bounded queue of writes, in front of whoever writes: one thread on SQLite, a few on PostgreSQL. */
#include "base/log.h"
#include "db/room.h"

static _Thread_local bool is_writer;

void queue_init(struct queue *q)
{
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->wake, NULL);
	q->tail = &q->head;
}

void queue_deinit(struct queue *q)
{
	pthread_cond_destroy(&q->wake);
	pthread_mutex_destroy(&q->lock);
}

void queue_is_mine(void)
{
	is_writer = true;
}

bool db_write_async(struct store *s, struct db_job *job)
{
	struct queue *q = &s->queue;
	job->next = NULL;
	job->error = DB_OK;
	job->kept = false;
	pthread_mutex_lock(&q->lock);
	bool ok = !q->stopping && q->queued < QUEUE_MAX;
	if (ok) {
		*q->tail = job;
		q->tail = &job->next;
		q->queued++;
		atomic_store_explicit(&s->waiting, q->queued, memory_order_relaxed);
		if ((int_fast64_t)q->queued > atomic_load_explicit(&s->queue_max, memory_order_relaxed))
			atomic_store_explicit(&s->queue_max, (int_fast64_t)q->queued, memory_order_relaxed);
		pthread_cond_signal(&q->wake);
	}
	pthread_mutex_unlock(&q->lock);
	return ok;
}

struct db_job *queue_take(struct store *s, int most)
{
	struct queue *q = &s->queue;
	pthread_mutex_lock(&q->lock);
	while (!q->head && !q->stopping)
		pthread_cond_wait(&q->wake, &q->lock);
	struct db_job *batch = q->head, **end = &q->head;
	for (int i = 0; *end && i < most; i++) {
		end = &(*end)->next;
		q->queued--;
	}
	q->head = *end;
	*end = NULL;
	if (!q->head)
		q->tail = &q->head;
	atomic_store_explicit(&s->waiting, q->queued, memory_order_relaxed);
	pthread_mutex_unlock(&q->lock);
	return batch;
}

void queue_stop(struct store *s)
{
	pthread_mutex_lock(&s->queue.lock);
	s->queue.stopping = true;
	pthread_cond_broadcast(&s->queue.wake);
	pthread_mutex_unlock(&s->queue.lock);
}

void queue_finish(struct store *s, struct db_job *batch)
{
	for (struct db_job *job = batch, *next; job; job = next) {
		next = job->next; /* done() may free it */
		atomic_fetch_add_explicit(&s->writes, job->kept, memory_order_relaxed);
		job->done(job);
	}
}

void queue_committed(struct store *s)
{
	pthread_mutex_lock(&s->queue.lock);
	void (*on_commit)(void *) = s->queue.on_commit;
	void *arg = s->queue.on_commit_arg;
	if (on_commit)
		on_commit(arg);
	pthread_mutex_unlock(&s->queue.lock);
}

void store_on_commit(struct store *s, void (*fn)(void *arg), void *arg)
{
	pthread_mutex_lock(&s->queue.lock);
	s->queue.on_commit = fn;
	s->queue.on_commit_arg = arg;
	pthread_mutex_unlock(&s->queue.lock);
	if (fn && s->engine->watch)
		s->engine->watch(s);
}

bool db_write_has_room(struct store *s)
{
	return atomic_load_explicit(&s->waiting, memory_order_relaxed) < QUEUE_MAX;
}

bool db_write_waiting(struct store *s)
{
	return atomic_load_explicit(&s->waiting, memory_order_relaxed) > 0;
}

/* ---- waiting for a write */

struct waiting {
	struct db_job job;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool done;
};

static void wake_waiting(struct db_job *job)
{
	struct waiting *w = (struct waiting *)(void *)job;
	pthread_mutex_lock(&w->lock);
	w->done = true;
	pthread_cond_signal(&w->over);
	pthread_mutex_unlock(&w->lock);
}

enum db_error db_write(struct store *s, db_write_fn *fn, void *arg)
{
	must(!is_writer);
	struct waiting w = { .job = { .run = fn, .done = wake_waiting, .arg = arg } };
	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.over, NULL);
	bool queued = db_write_async(s, &w.job);
	pthread_mutex_lock(&w.lock);
	while (queued && !w.done)
		pthread_cond_wait(&w.over, &w.lock);
	pthread_mutex_unlock(&w.lock);
	pthread_cond_destroy(&w.over);
	pthread_mutex_destroy(&w.lock);
	return queued ? w.job.error : DB_BUSY;
}
