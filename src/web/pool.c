#include "web/pool.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include "base/log.h"

struct task {
	void (*fn)(void *arg);
	void *arg;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t arrived;
	struct task *ring;                       /* queue_max places */
	int first, waiting, reserved, queue_max; /* reserved: also what waits */
	bool stopping;
	int threads_n;
	pthread_t threads[];
};

static void *work(void *arg)
{
	struct pool *p = arg;
	pthread_mutex_lock(&p->lock);
	for (;;) {
		/* A place that is reserved will be taken: nobody leaves before. */
		while (p->waiting == 0 && !(p->stopping && p->reserved == 0)) {
			pthread_cond_wait(&p->arrived, &p->lock);
		}
		if (p->waiting == 0) {
			break;
		}
		struct task t = p->ring[p->first];
		p->first = (p->first + 1) % p->queue_max;
		p->waiting--;
		p->reserved--;
		if (p->stopping && p->reserved == 0)
			pthread_cond_broadcast(&p->arrived);
		pthread_mutex_unlock(&p->lock);
		t.fn(t.arg);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct pool *pool_start(int threads, int queue_max)
{
	must(threads > 0 && queue_max > 0);
	struct pool *p = must_calloc(1, sizeof *p + (size_t)threads * sizeof p->threads[0]);
	p->ring = must_calloc((size_t)queue_max, sizeof *p->ring);
	p->queue_max = queue_max;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->arrived, NULL);
	/* Signals are for the main thread. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (p->threads_n < threads && pthread_create(&p->threads[p->threads_n], NULL, work, p) == 0) {
		p->threads_n++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	must(p->threads_n > 0);
	return p;
}

bool pool_reserve(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	bool room = p->reserved < p->queue_max && !p->stopping;
	p->reserved += room;
	pthread_mutex_unlock(&p->lock);
	return room;
}

void pool_run(struct pool *p, void (*fn)(void *arg), void *arg)
{
	pthread_mutex_lock(&p->lock);
	must(p->waiting < p->reserved);
	p->ring[(p->first + p->waiting++) % p->queue_max] = (struct task){ fn, arg };
	pthread_cond_signal(&p->arrived);
	pthread_mutex_unlock(&p->lock);
}

void pool_stop(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->arrived);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->threads_n; i++) {
		pthread_join(p->threads[i], NULL);
	}
	pthread_cond_destroy(&p->arrived);
	pthread_mutex_destroy(&p->lock);
	free(p->ring);
	free(p);
}
