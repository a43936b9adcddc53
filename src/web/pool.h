/* A bounded pool of threads for what is slow: password hashing, plans over many users, exports. */
#ifndef MUSTER_WEB_POOL_H
#define MUSTER_WEB_POOL_H
#include <stdbool.h>
struct pool;
/* At least one thread; queue_max counts what waits, not what runs. */
struct pool *pool_start(int threads, int queue_max);
/* Runs fn(arg) on one of the threads. False when the queue is full or the pool is stopping: answer 503. */
bool pool_submit(struct pool *p, void (*fn)(void *arg), void *arg);
/* Finishes what is queued, ends the threads, frees the pool. */
void pool_stop(struct pool *p);
#endif
