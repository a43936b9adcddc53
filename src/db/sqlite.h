/* Inside the SQLite engine. */
#ifndef MUSTER_DB_SQLITE_H
#define MUSTER_DB_SQLITE_H
#include <sqlite3.h>
#include "db/room.h"

enum { BATCH_MAX = 256, BUSY_MS = 5000, FILTER_CACHE = 32 };

/* Statements that are not anybody's query. */
enum fixed {
	FIXED_BEGIN,
	FIXED_BEGIN_WRITE,
	FIXED_COMMIT,
	FIXED_ROLLBACK,
	FIXED_SAVE,
	FIXED_RELEASE,
	FIXED_UNDO,
	FIXED_VERSION,
	FIXED_COUNT
};

/* A statement with a filter, by its text. */
struct sqlite_cached {
	uint64_t hash, used;
	char *text;
	size_t n;
	sqlite3_stmt *st;
};

struct sqlite_db {
	struct db db;
	sqlite3 *handle;         /* NULL: could not be opened; each begin tries again */
	uint32_t opened;         /* how often it was opened */
	sqlite3_stmt **prepared; /* by place in the catalog */
	sqlite3_stmt *fixed[FIXED_COUNT];
	sqlite3_stmt *newer; /* finds a migration that this program does not know */
	struct sqlite_cached cache[FILTER_CACHE];
	uint64_t cache_clock;
};

struct sqlite_store {
	struct store store;
	char *path;
	sqlite3_vfs vfs; /* counts and watches fsync */
	sqlite3_vfs *real_vfs;
	char vfs_name[32];
	struct sqlite_db writer;
	pthread_t thread;
	bool started;
	int wal_pages, checkpoint_at; /* the writer thread's own */
};

static inline struct sqlite_db *sqlite_db(struct db *db)
{
	return (struct sqlite_db *)(void *)db;
}
static inline struct sqlite_store *sqlite_store(struct store *s)
{
	return (struct sqlite_store *)(void *)s;
}

/* sqlite_vfs.c: SQLite's own files, with an fsync that is counted and whose failure ends the process: after it nobody
 * knows what is on disk, and the kernel would call the next one a success. */
bool sqlite_vfs_add(struct sqlite_store *s);
void sqlite_vfs_remove(struct sqlite_store *s);

/* sqlite_connection.c */
enum connection_kind { CONNECTION_READ, CONNECTION_WRITE, CONNECTION_CREATE };
/* SQLITE_OK, or *out is NULL and the words are in *why. */
int sqlite_connection(
	struct sqlite_store *s, enum connection_kind kind, sqlite3 **out, struct arena *a, struct str *why);
bool sqlite_connect(
	struct sqlite_db *db, struct sqlite_store *s, enum connection_kind kind, struct arena *a, struct str *why);
void sqlite_disconnect(struct sqlite_db *db);
int sqlite_run_fixed(struct sqlite_db *db, enum fixed which); /* SQLite's result code, SQLITE_OK for done */
bool sqlite_is_newer(struct sqlite_db *db);                   /* the schema, in this transaction, than the program */
void sqlite_note(struct sqlite_db *db, int rc, const char *name);
void sqlite_clear_staging(struct sqlite_db *db);
struct db *sqlite_reader_new(struct store *s);
void sqlite_reader_free(struct db *db);
void sqlite_read_begin(struct db *db);
void sqlite_read_end(struct db *db);
uint64_t sqlite_version(struct db *db);

/* sqlite_query.c */
bool sqlite_one(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, void *row);
struct query_rows sqlite_many(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, int64_t limit);
int64_t sqlite_exec(
	struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter);
void sqlite_put(struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter);
int64_t sqlite_insert(struct db *db, const struct query *q, const union query_value *values);

/* sqlite_write.c */
bool sqlite_writer_start(struct sqlite_store *s, struct arena *a, struct str *why);
void sqlite_writer_stop(struct sqlite_store *s);

/* sqlite_migrate.c */
int64_t sqlite_schema_version(struct store *s);
bool sqlite_migrate(struct arena *a, struct store *s, int64_t to, struct str *why);
bool sqlite_backup(struct arena *a, struct store *s, struct str path, struct str *why);
bool sqlite_check(struct arena *a, struct store *s, struct str *why);
#endif
