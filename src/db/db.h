/* The database, whichever engine it is. Statements are written in sql/queries/ and called as the functions
 * that the build makes of them (build/queries.h); nothing else runs SQL.
 *
 * Errors stick. A statement that fails leaves its error in the `struct db`; from then on every statement on
 * it does nothing and finds nothing, and the transaction is rolled back. So code reads straight down and
 * asks db_failed() once, at the end; the HTTP adapter, the jobs and db_write() do that for everybody. */
#ifndef MUSTER_DB_DB_H
#define MUSTER_DB_DB_H
#include "base/arena.h"
#include "base/str.h"

struct store; /* an opened database: readers, writers and their queue */
struct db;    /* one connection in use by one thread, inside a transaction */

enum db_error {
	DB_OK,
	DB_CONFLICT, /* a constraint */
	DB_BUSY,     /* queue full, locked: try again */
	DB_FULL,     /* disk */
	DB_LOST,     /* unreachable */
	DB_BUG,
};

/* The first error of this connection's transaction; DB_OK while there is none. */
enum db_error db_error(const struct db *db);
static inline bool db_failed(const struct db *db)
{
	return db_error(db) != DB_OK;
}

/* ---- values that statements take and give */
struct opt_i64 {
	bool has;
	int64_t v;
};
#define SOME(x) ((struct opt_i64){ true, (x) })
#define NONE    ((struct opt_i64){ false, 0 })

/* One page of a sorted list (keyset paging). `sort` is a column name of the statement's `-- sort:` list. */
struct db_page {
	int sort; /* index into the statement's sort columns (NAME_SORT_xxx) */
	bool desc;
	bool backward; /* the page before `after` instead of the one behind it */
	bool has_after;
	bool last;            /* the last page: no cursor, from the end */
	struct str after_key; /* raw key bytes of a text/blob column */
	int64_t after_int;    /* or of an i64 column */
	int64_t after_id;
	int64_t limit; /* rows wanted; one more is read to know whether there is a next page */
};
/* Where it is known how many rows there are in all: the last page has those that are left over by the pages before it,
 * so that nobody who goes to the end meets a row twice. Other pages stay as they are. */
void db_page_fit(struct db_page *page, int64_t total);
/* An extra predicate of `-- filter:` statements: constant fragments, bound values (db/filter.h). */
struct db_filter;

/* ---- opening */
struct db_catalog; /* statements and migrations (db/query.h) */
struct store_options {
	int readers_cache_kb;             /* page cache of a reading thread, beside the mapped file; 0: 4 MB */
	int writer_cache_kb;              /* page cache of the writer; 0: 16 MB */
	bool create;                      /* make the file when there is none */
	const struct db_catalog *catalog; /* NULL: the program's own; tests bring theirs */
};
/* url: "sqlite:PATH" or "postgres://USER@HOST/DATABASE". NULL and words in *why (allocated in a) when it cannot be
 * opened. Does not migrate. */
struct store *store_open(struct arena *a, struct str url, struct store_options options, struct str *why);
void store_close(struct store *s); /* drains the writer first */

/* Staging tables (sql/schema/temp.sql) are each connection's own, may be written in a snapshot too, and are empty
 * whenever a transaction begins. */

/* ---- reading: a snapshot, on the calling thread's own connection. Not nested. */
struct db *db_read_begin(struct store *s); /* never NULL; it may have failed already */
enum db_error db_read_end(struct db *db);

/* Memory of the calling thread that outlives the snapshot: what was read in an earlier one and put there still holds in
 * this one, because nobody has committed anything since, in this process or another. *slot is NULL at first and then
 * what was put there; it lives in the arena that is answered, and both last until this thread asks again in a later
 * snapshot. NULL where nobody can tell whether something has changed: on PostgreSQL, and in a write. */
struct arena *db_kept(struct db *db, void ***slot);

/* ---- writing: fn runs in a transaction of the one writer; durable when it returns DB_OK.
 * fn answers false to roll back its own changes (a refusal, not an error). It may run more than once and
 * touches nothing but the transaction and *arg. Blocks; never call it from a lane thread. */
typedef bool db_write_fn(struct db *tx, void *arg);
enum db_error db_write(struct store *s, db_write_fn *fn, void *arg);

/* Within fn: this commit need not be durable by itself, only before any later one is. For a slice of bulk work that is
 * not the last: after a crash it is done again, and whatever anybody is told of it waits for a commit of its own.
 * SQLite, where a slice is one commit in a group of others, has nothing to gain. */
void db_write_lazily(struct db *tx);

/* The same without waiting: `done` is called on the writer's thread after the commit (or the refusal).
 * The job must live until then. False when the queue is full or closing: `done` is not called. */
struct db_job {
	db_write_fn *run;
	void (*done)(struct db_job *job);
	void *arg;
	enum db_error error; /* set before done */
	bool kept;           /* run answered true and the commit is durable */
	struct db_job *next; /* the queue's */
};
bool db_write_async(struct store *s, struct db_job *job);
/* Whether it would take one now; the next moment may be another. */
bool db_write_has_room(struct store *s);
/* True while other writes wait: bulk work ends its slice. */
bool db_write_waiting(struct store *s);
/* How long a write of bulk work may take, in milliseconds: on SQLite everybody else waits for it. */
int64_t store_slice_ms(const struct store *s);

/* Called after each commit that touched rows (from the writer's thread): jobs wake on it. May be NULL. */
void store_on_commit(struct store *s, void (*fn)(void *arg), void *arg);

/* ---- schema */
int64_t store_schema_version(struct store *s); /* 0: empty; -1: cannot be read */
int64_t store_schema_newest(void);
bool store_migrate(struct arena *a, struct store *s, struct str *why); /* each migration in a transaction of its own */
/* No further than version `to`: nothing but another migration works on such a schema. */
bool store_migrate_to(struct arena *a, struct store *s, int64_t to, struct str *why);
bool store_backup(struct arena *a, struct store *s, struct str path, struct str *why);
bool store_check(
	struct arena *a, struct store *s, struct str *why); /* the engine's own integrity check, foreign keys */
/* True while other nodes may be at work on the same data: what is half done may be theirs. */
bool store_is_shared(struct store *s);

/* ---- counters, for tests and /metrics */
struct store_counters {
	int64_t statements, full_scans, steps, commits, fsyncs, writes, retries, queue_max;
};
struct store_counters store_counters(struct store *s);
/* Of this connection since its transaction began (a write: since its batch began). full_scans counts rows that were
 * stepped over in scans without an index, staging tables included; steps what SQLite's virtual machine did. */
struct db_counts {
	int64_t statements, full_scans, steps;
};
struct db_counts db_counts(const struct db *db);
#endif
