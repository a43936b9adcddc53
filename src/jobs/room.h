/* Private to this room: what the threads share. */
#ifndef MUSTER_JOBS_ROOM_H
#define MUSTER_JOBS_ROOM_H
#include <pthread.h>
#include <stdatomic.h>
#include "base/arena.h"
#include "jobs/jobs.h"
#include "mail/render.h"
#include "model/settings.h"

enum { POLL_MS = 5000, POLL_TEST_MS = 100, REST_MS = 20, FILLERS = 2 };

struct jobs {
	struct store *store;
	struct user_index *index;
	struct mail_sender sender; /* without its key, which is read with each lease */
	struct str smtp;
	struct str imap, authserv_id;
	int64_t smtp_connections;
	bool test_clock; /* the clock may jump: look often */
	pthread_mutex_t lock;
	pthread_cond_t wake, end; /* end: only when stopping begins */
	uint64_t wakes;           /* how often something may have become due */
	atomic_bool stopping;
	atomic_int_fast64_t stop_ms; /* clock_mono_ms() when stopping began */
	struct figures *figures;
	pthread_t worker, keeper, delivery, mailbox, fillers[FILLERS];
	int fillers_n;
	bool worker_started, keeper_started, delivery_started, mailbox_started;
};

/* Sleeps until the instant `until` (Unix seconds; 0: none is known), or a wake that came after `seen` was read, or the
 * poll. Who was woken less than REST_MS ago rests that long first: commits come by the hundred, and one look is enough
 * for all of them. False when the threads end. */
struct sleeper {
	uint64_t seen;   /* jobs_seen() before the last look */
	int64_t woke_ms; /* this room's own */
};
bool jobs_sleep(struct jobs *j, struct sleeper *s, int64_t until);
/* For so many milliseconds, whatever wakes. */
bool jobs_pause(struct jobs *j, int64_t ms);
uint64_t jobs_seen(struct jobs *j);
/* For waits of one's own, with the lock held: milliseconds until that instant or the poll, and waiting so long at most.
 */
int64_t jobs_ms_until(const struct jobs *j, int64_t until);
void jobs_wait(struct jobs *j, pthread_cond_t *cond, int64_t ms);
void jobs_cond_init(pthread_cond_t *cond);

/* A ctx of the program itself, in a transaction: nobody acts, from nowhere, in the account's language. `account` holds
 * the key as long as the ctx is used. False when there is no account yet. */
bool jobs_ctx(struct ctx *c, struct account *account, struct arena *a, struct db *db);

/* How many rows a slice of the writer takes next, after one of `rows` took so long: as many as fit store_slice_ms(). */
int64_t jobs_slice_rows(const struct store *s, int64_t rows, int64_t took_ms);

/* Thread bodies, given the struct jobs; they answer NULL when jobs->stopping was set. */
void *worker_run(void *jobs);
void *keeper_run(void *jobs);
void *filler_run(void *jobs); /* ends when it has done its work, too */
void *mailbox_run(void *jobs);
/* … of delivery, which starts the threads that send. */
void *delivery_run(void *jobs);
#endif
