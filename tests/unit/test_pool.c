#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>
#include "web/pool.h"

enum { TASKS = 1000 };

/* A door that tasks wait at until the test opens it. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool open;
	int inside;
} door = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
static atomic_int done;

static void wait_at_door(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&door.lock);
	door.inside++;
	pthread_cond_broadcast(&door.changed);
	while (!door.open) {
		pthread_cond_wait(&door.changed, &door.lock);
	}
	door.inside--;
	pthread_mutex_unlock(&door.lock);
	done++;
}

static void count(void *arg)
{
	atomic_int *n = arg;
	(*n)++;
}

static void set_door(bool open)
{
	pthread_mutex_lock(&door.lock);
	door.open = open;
	pthread_cond_broadcast(&door.changed);
	pthread_mutex_unlock(&door.lock);
}

static void wait_inside(int n)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	int failed = 0;
	pthread_mutex_lock(&door.lock);
	while (door.inside < n && failed == 0) {
		failed = pthread_cond_timedwait(&door.changed, &door.lock, &until);
	}
	pthread_mutex_unlock(&door.lock);
	assert_int_equal(failed, 0);
}

static bool submit(struct pool *p, void (*fn)(void *arg), void *arg)
{
	bool room = pool_reserve(p);
	if (room)
		pool_run(p, fn, arg);
	return room;
}

static void stop_finishes_what_is_queued(void **state)
{
	(void)state;
	atomic_int n = 0;
	struct pool *p = pool_start(3, TASKS);
	for (int i = 0; i < TASKS; i++) {
		assert_true(submit(p, count, &n));
	}
	pool_stop(p);
	assert_int_equal(n, TASKS);
}

static void queue_is_bounded(void **state)
{
	(void)state;
	struct pool *p = pool_start(2, 3);
	done = 0;
	set_door(false);
	assert_true(submit(p, wait_at_door, NULL));
	assert_true(submit(p, wait_at_door, NULL));
	/* Both threads are busy: from here on tasks wait. */
	wait_inside(2);
	for (int i = 0; i < 3; i++) {
		assert_true(submit(p, wait_at_door, NULL));
	}
	assert_false(submit(p, wait_at_door, NULL));
	assert_int_equal(done, 0);
	set_door(true);
	pool_stop(p);
	assert_int_equal(done, 5);
}

static void a_reserved_place_is_taken(void **state)
{
	(void)state;
	atomic_int n = 0;
	struct pool *p = pool_start(1, 2);
	assert_true(pool_reserve(p));
	assert_true(pool_reserve(p));
	assert_false(pool_reserve(p));
	pool_run(p, count, &n);
	pool_run(p, count, &n);
	pool_stop(p);
	assert_int_equal(n, 2);
}

static void tasks_run_side_by_side(void **state)
{
	(void)state;
	struct pool *p = pool_start(4, 4);
	done = 0;
	set_door(false);
	for (int i = 0; i < 4; i++) {
		assert_true(submit(p, wait_at_door, NULL));
	}
	wait_inside(4);
	set_door(true);
	pool_stop(p);
	assert_int_equal(done, 4);
}

static char order[TASKS];
static atomic_int order_n;
static char first = 'a', second = 'b';

static void note(void *arg)
{
	order[order_n++] = *(char *)arg;
}

static void one_thread_keeps_the_order(void **state)
{
	(void)state;
	struct pool *p = pool_start(1, 2);
	order_n = 0;
	/* Around the ring several times. */
	while (order_n < 20) {
		if (submit(p, note, &first)) {
			while (!submit(p, note, &second)) {}
		}
	}
	pool_stop(p);
	assert_int_equal(order_n % 2, 0);
	for (int i = 0; i < order_n; i++) {
		assert_int_equal(order[i], i % 2 ? 'b' : 'a');
	}
}

static void idle_pool_stops(void **state)
{
	(void)state;
	pool_stop(pool_start(8, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stop_finishes_what_is_queued),
		cmocka_unit_test(queue_is_bounded),
		cmocka_unit_test(a_reserved_place_is_taken),
		cmocka_unit_test(tasks_run_side_by_side),
		cmocka_unit_test(one_thread_keeps_the_order),
		cmocka_unit_test(idle_pool_stops),
	};
	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
