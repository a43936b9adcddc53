/* Inside the database room: what both engines share, and the one table through which they are reached. Nobody else
 * includes this. An engine's struct store and struct db begin with the ones here. */
#ifndef MUSTER_DB_ROOM_H
#define MUSTER_DB_ROOM_H
#include <pthread.h>
#include <stdatomic.h>
#include "db/query.h"

enum { QUEUE_MAX = 4096 };

struct engine {
	int64_t slice_ms; /* store_slice_ms() */
	/* Allocates, calls store_init(), connects and starts the writers; NULL and *why when it cannot. */
	struct store *(*open)(struct arena *a, struct str url, struct store_options options, struct str *why);
	/* Called when somebody wants to know of commits; NULL: the engine needs nothing for it. */
	void (*watch)(struct store *s);
	/* Whether other nodes are there; NULL: there are none, ever. */
	bool (*is_shared)(struct store *s);
	/* After queue_stop(): ends the writers, then store_deinit(), and frees. */
	void (*close)(struct store *s);

	/* A thread's own connection for reading. reader_new() never fails: what cannot be reached now may be later. */
	struct db *(*reader_new)(struct store *s);
	void (*reader_free)(struct db *db);
	void (*read_begin)(struct db *db); /* sets db->error */
	void (*read_end)(struct db *db);
	/* For db_kept(): the same number in two snapshots of a reader when nothing was committed in between, never 0 unless
	 * it cannot tell. NULL: it never can. */
	uint64_t (*version)(struct db *db);

	/* A statement on an open db without an error; what goes wrong is left in db->error. `limit` rows are expected at
	 * most, 0: any number. */
	bool (*one)(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
		const struct db_filter *filter, void *row);
	struct query_rows (*many)(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
		const struct db_filter *filter, int64_t limit);
	int64_t (*exec)(
		struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter);
	void (*put)(struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter);
	int64_t (*insert)(struct db *db, const struct query *q, const union query_value *values);

	int64_t (*schema_version)(struct store *s);
	/* Up to version `to`, which the catalog has. */
	bool (*migrate)(struct arena *a, struct store *s, int64_t to, struct str *why);
	bool (*backup)(struct arena *a, struct store *s, struct str path, struct str *why);
	bool (*check)(struct arena *a, struct store *s, struct str *why);
};
extern const struct engine engine_sqlite, engine_postgres;

struct db {
	struct store *store;
	enum db_error error;
	const char *blame; /* the statement that failed first, */
	char words[200];   /* and what the engine said (never a value) */
	bool open;         /* in a transaction */
	bool staged;       /* this transaction wrote to a staging table */
	bool touched;      /* … and to another */
	bool lazy;         /* its commit may be waited for by a later one */
	struct db_counts counts;
	bool version_known; /* in this transaction */
	uint64_t version;
	struct arena *kept; /* what was read under this version */
	void *kept_slot;
	struct db *next; /* of the store's readers */
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct db_job *head, **tail;
	size_t queued;
	bool stopping;
	void (*on_commit)(void *arg);
	void *on_commit_arg;
};

struct store {
	const struct engine *engine;
	const struct db_catalog *catalog;
	struct store_options options;
	pthread_key_t reader_key;
	pthread_mutex_t readers_lock;
	struct db *readers;
	struct queue queue;
	atomic_size_t waiting;
	atomic_int_fast64_t statements, full_scans, steps, commits, fsyncs, writes, retries, queue_max;
};

/* store.c */
bool store_init(struct store *s, const struct engine *engine, struct store_options options);
void store_deinit(struct store *s); /* closes the readers too; not the memory */
void db_note(struct db *db, enum db_error error, const char *name, const char *words); /* makes an error stick */
void db_log_conflict(const struct db *db);
void db_add_counts(struct db *db); /* to the store's */

/* queue.c: jobs on their way to a writer */
void queue_init(struct queue *q);
void queue_deinit(struct queue *q);
struct db_job *queue_take(struct store *s, int most); /* waits; NULL: there are none and none will come */
void queue_stop(struct store *s);
void queue_finish(struct store *s, struct db_job *batch); /* answers all of them */
void queue_committed(struct store *s);                    /* rows were touched: tells whoever asked */
void queue_is_mine(void);                                 /* the calling thread is a writer */

/* query.c: for both engines */
void db_note_bug(struct db *db, const struct query *q, const char *column, const char *words);
struct str db_copy_bytes(struct arena *a, const void *p, size_t n);
#endif
