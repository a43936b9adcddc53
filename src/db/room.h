/* Inside the database room: the store, its connections, its writer. Nobody else includes this. */
#ifndef MUSTER_DB_ROOM_H
#define MUSTER_DB_ROOM_H
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include "base/buf.h"
#include "db/query.h"

enum { QUEUE_MAX = 4096, BATCH_MAX = 256, BUSY_MS = 5000, FILTER_CACHE = 32 };

/* Statements that are not anybody's query. */
enum fixed {
	FIXED_BEGIN,
	FIXED_BEGIN_WRITE,
	FIXED_COMMIT,
	FIXED_ROLLBACK,
	FIXED_SAVE,
	FIXED_RELEASE,
	FIXED_UNDO,
	FIXED_COUNT
};

/* A statement with a filter, by its text. */
struct db_cached {
	uint64_t hash, used;
	char *text;
	size_t n;
	sqlite3_stmt *st;
};

struct db {
	struct store *store;
	sqlite3 *handle; /* NULL: could not be opened; each begin tries again */
	enum db_error error;
	const char *blame;       /* the statement that failed first, */
	char words[200];         /* and what SQLite said (never a value) */
	bool open;               /* in a transaction */
	bool staged;             /* this transaction wrote to a staging table */
	sqlite3_stmt **prepared; /* by place in the catalog */
	sqlite3_stmt *fixed[FIXED_COUNT];
	struct db_cached cache[FILTER_CACHE];
	uint64_t cache_clock;
	struct db_counts counts;
	struct db *next; /* of the store's readers */
};

struct writer {
	struct store *store;
	struct db db;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct db_job *head, **tail;
	size_t queued;
	bool stopping;
	void (*on_commit)(void *arg);
	void *on_commit_arg;
	int wal_pages, checkpoint_at; /* the writer thread's own */
};

struct store {
	const struct db_catalog *catalog;
	struct store_options options;
	char *path;
	sqlite3_vfs vfs; /* counts and watches fsync */
	sqlite3_vfs *real_vfs;
	char vfs_name[32];
	pthread_key_t reader_key;
	pthread_mutex_t readers_lock;
	struct db *readers;
	struct writer writer;
	atomic_size_t waiting;
	atomic_int_fast64_t statements, full_scans, commits, fsyncs, writes, queue_max;
};

/* vfs.c: SQLite's own files, with an fsync that is counted and whose failure ends the process: after it nobody knows
 * what is on disk, and the kernel would call the next one a success. */
bool vfs_register(struct store *s);
void vfs_unregister(struct store *s);

/* connection.c */
enum connection_kind { CONNECTION_READ, CONNECTION_WRITE, CONNECTION_CREATE };
/* SQLITE_OK, or *out is NULL and words are logged by the caller. */
int connection_open(struct store *s, enum connection_kind kind, sqlite3 **out, struct arena *a, struct str *why);
bool db_connect(struct db *db, struct store *s, enum connection_kind kind, struct arena *a, struct str *why);
void db_disconnect(struct db *db);
void reader_free(void *db); /* when its thread ends */
void readers_close(struct store *s);
int run_fixed(struct db *db, enum fixed which); /* SQLite's result code, SQLITE_OK for done */
enum db_error error_of(int rc);
void db_note(struct db *db, int rc, const char *name); /* makes an error stick */
void db_clear_staging(struct db *db);
void db_log_conflict(const struct db *db);
void db_add_counts(struct db *db); /* to the store's; starts anew */

/* write.c */
bool writer_start(struct store *s, struct arena *a, struct str *why);
void writer_stop(struct store *s);
#endif
