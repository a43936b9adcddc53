/* A bounded pool of threads for what is slow: password hashing, plans over many users, exports. */
#ifndef MUSTER_WEB_POOL_H
#define MUSTER_WEB_POOL_H
#include <stdbool.h>
struct pool;
/* At least one thread; queue_max counts what waits, not what runs. */
struct pool *pool_start(int threads, int queue_max);
/* A place in the queue, which pool_run() takes. False when it is full or the pool is stopping: answer 503, before a
 * request has been put aside. */
bool pool_reserve(struct pool *p);
/* Runs fn(arg) on one of the threads, in a place that was reserved. */
void pool_run(struct pool *p, void (*fn)(void *arg), void *arg);
/* Finishes what is queued, ends the threads, frees the pool. */
void pool_stop(struct pool *p);
#endif
