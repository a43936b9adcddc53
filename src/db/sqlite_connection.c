/* Connections to SQLite: settings, errors, readers. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "db/sqlite.h"

/* ---- errors */

static enum db_error error_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return DB_OK;
	case SQLITE_CONSTRAINT: return DB_CONFLICT;
	case SQLITE_FULL: return DB_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_INTERRUPT:
	case SQLITE_NOMEM: /* SQLite has given up this one statement and goes on */
	case SQLITE_PROTOCOL: return DB_BUSY;
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM: return DB_LOST;
	default: return DB_BUG;
	}
}

void sqlite_note(struct sqlite_db *db, int rc, const char *name)
{
	char words[200];
	if (error_of(rc) == DB_OK)
		return;
	snprintf(words, sizeof words, "%s (%d)", db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc), rc);
	db_note(&db->db, error_of(rc), name, words);
}

/* ---- connections */

static int read_flag(void *flag, int n, char **values, char **names)
{
	(void)n, (void)names;
	*(int *)flag = values[0] && values[0][0] == '1';
	return 0;
}

static int set_up(struct sqlite_store *s, enum connection_kind kind, sqlite3 *h)
{
	/* mmap only for readers: they are many and read most, and keep in a cache of their own only what is in the log. */
	bool reads = kind == CONNECTION_READ;
	int wanted_kb = reads ? s->store.options.readers_cache_kb : s->store.options.writer_cache_kb;
	int cache_kb = wanted_kb > 0 ? wanted_kb : reads ? 4000 : 16000;
	char settings[160];
	snprintf(settings, sizeof settings,
		"PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%d; PRAGMA mmap_size = %d",
		cache_kb, reads ? 1 << 30 : 0);
	sqlite3_extended_result_codes(h, 1);
	/* A plan never depends on values: else a statement with LIKE is prepared anew each time one is bound. */
	sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	sqlite3_busy_timeout(h, BUSY_MS);
	int rc = sqlite3_exec(h, settings, NULL, NULL, NULL);
	if (rc == SQLITE_OK && kind != CONNECTION_READ)
		rc = sqlite3_exec(h, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0", NULL, NULL, NULL);
	/* The mode is written into the file: not into one of somebody else. */
	int is_ours = 1;
	if (rc == SQLITE_OK && kind != CONNECTION_READ)
		rc = sqlite3_exec(h,
			"SELECT count(*) = 0 OR count(CASE WHEN name = 'schema_version' THEN 1 END) > 0 FROM sqlite_schema",
			read_flag, &is_ours, NULL);
	if (rc == SQLITE_OK && kind != CONNECTION_READ && is_ours)
		rc = sqlite3_exec(h, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	return rc;
}

/* NULL: it is, or there is no file yet. */
static const char *why_not_writable(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return errno == ENOENT ? NULL : strerrordesc_np(errno);
	if (S_ISDIR(st.st_mode))
		return strerrordesc_np(EISDIR);
	return access(path, R_OK | W_OK) == 0 ? NULL : strerrordesc_np(errno);
}

int sqlite_connection(
	struct sqlite_store *s, enum connection_kind kind, sqlite3 **out, struct arena *a, struct str *why)
{
	int flags = kind == CONNECTION_READ ? SQLITE_OPEN_READONLY
										: SQLITE_OPEN_READWRITE | (kind == CONNECTION_CREATE ? SQLITE_OPEN_CREATE : 0);
	*out = NULL;
	/* SQLite would fall back to reading, and say of something else that it is missing. */
	const char *problem = kind == CONNECTION_READ ? NULL : why_not_writable(s->path);
	if (problem) {
		if (why)
			*why = str_fmt(a, "%s: %s", s->path, problem);
		return SQLITE_CANTOPEN;
	}
	int rc = sqlite3_open_v2(s->path, out, flags | SQLITE_OPEN_NOMUTEX, s->vfs_name);
	if (rc == SQLITE_OK)
		rc = set_up(s, kind, *out);
	/* The header is only looked at now. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(*out, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		if (why)
			*why = str_fmt(a, "%s: %s", s->path, *out ? sqlite3_errmsg(*out) : sqlite3_errstr(rc));
		sqlite3_close(*out);
		*out = NULL;
	}
	return rc;
}

/* All of them at once: a rollback must not begin with asking for memory. */
static int prepare_fixed(struct sqlite_db *db)
{
	static const char *const texts[FIXED_COUNT] = {
		"BEGIN",
		"BEGIN IMMEDIATE",
		"COMMIT",
		"ROLLBACK",
		"SAVEPOINT job",
		"RELEASE job",
		"ROLLBACK TO job",
		"PRAGMA data_version",
	};
	int rc = SQLITE_OK;
	for (int i = 0; i < FIXED_COUNT && rc == SQLITE_OK; i++)
		rc = sqlite3_prepare_v3(db->handle, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &db->fixed[i], NULL);
	return rc;
}

bool sqlite_connect(
	struct sqlite_db *db, struct sqlite_store *s, enum connection_kind kind, struct arena *a, struct str *why)
{
	db->db.store = &s->store;
	if (sqlite_connection(s, kind, &db->handle, a, why) != SQLITE_OK)
		return false;
	/* Read-only is the file, not the connection's own temporary tables. */
	if (sqlite3_exec(db->handle, s->store.catalog->temp.sqlite, NULL, NULL, NULL) != SQLITE_OK ||
		prepare_fixed(db) != SQLITE_OK) {
		if (why)
			*why = str_fmt(a, "%s: %s", s->path, sqlite3_errmsg(db->handle));
		sqlite_disconnect(db);
		return false;
	}
	db->opened++;
	db->prepared = must_calloc(s->store.catalog->queries_n + 1, sizeof(sqlite3_stmt *));
	return true;
}

void sqlite_disconnect(struct sqlite_db *db)
{
	for (size_t i = 0; db->prepared && i < db->db.store->catalog->queries_n; i++)
		sqlite3_finalize(db->prepared[i]);
	free(db->prepared);
	db->prepared = NULL;
	/* It may be opened again. */
	sqlite3_finalize(db->newer);
	db->newer = NULL;
	for (int i = 0; i < FIXED_COUNT; i++) {
		sqlite3_finalize(db->fixed[i]);
		db->fixed[i] = NULL;
	}
	for (int i = 0; i < FILTER_CACHE; i++) {
		sqlite3_finalize(db->cache[i].st);
		free(db->cache[i].text);
		db->cache[i] = (struct sqlite_cached){ 0 };
	}
	sqlite3_close(db->handle);
	db->handle = NULL;
}

int sqlite_run_fixed(struct sqlite_db *db, enum fixed which)
{
	int rc = sqlite3_step(db->fixed[which]);
	sqlite3_reset(db->fixed[which]);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

bool sqlite_is_newer(struct sqlite_db *db)
{
	static const char text[] = "SELECT 1 FROM schema_version WHERE version > ?1";
	/* Before the first migration there is no such table. */
	if (!db->newer &&
		sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &db->newer, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_int64(db->newer, 1, (int64_t)db->db.store->catalog->migrations_n);
	bool newer = sqlite3_step(db->newer) == SQLITE_ROW;
	sqlite3_reset(db->newer);
	return newer;
}

/* ---- readers */

void sqlite_clear_staging(struct sqlite_db *db)
{
	const struct db_catalog *catalog = db->db.store->catalog;
	for (size_t i = 0; db->db.staged && i < catalog->staging_n; i++) {
		char text[128];
		snprintf(text, sizeof text, "DELETE FROM temp.%s", catalog->staging[i]);
		sqlite_note(db, sqlite3_exec(db->handle, text, NULL, NULL, NULL), "staging");
	}
	db->db.staged = false;
}

struct db *sqlite_reader_new(struct store *s)
{
	(void)s;
	struct sqlite_db *db = must_calloc(1, sizeof *db);
	return &db->db;
}

void sqlite_reader_free(struct db *db)
{
	sqlite_disconnect(sqlite_db(db));
	free(db);
}

void sqlite_read_begin(struct db *base)
{
	struct sqlite_db *db = sqlite_db(base);
	if (!db->handle) {
		ARENA_SCOPED a = arena_new();
		struct str why = STR_NULL;
		if (!sqlite_connect(db, sqlite_store(base->store), CONNECTION_READ, a, &why)) {
			db_note(base, DB_LOST, "open", str_c(a, why));
			return;
		}
	}
	sqlite_note(db, sqlite_run_fixed(db, FIXED_BEGIN), "begin");
}

void sqlite_read_end(struct db *base)
{
	struct sqlite_db *db = sqlite_db(base);
	/* Nothing to keep: a rollback also empties the staging tables. */
	if (db->handle && !sqlite3_get_autocommit(db->handle) && sqlite_run_fixed(db, FIXED_ROLLBACK) != SQLITE_OK) {
		log_warn("database: rollback: %s", sqlite3_errmsg(db->handle));
		sqlite_disconnect(db);
	}
}

/* SQLite's number changes with each commit of anybody else, and a reader never commits. A new connection counts anew.
 */
uint64_t sqlite_version(struct db *base)
{
	struct sqlite_db *db = sqlite_db(base);
	if (db == &sqlite_store(base->store)->writer)
		return 0;
	sqlite3_stmt *st = db->fixed[FIXED_VERSION];
	uint64_t version = sqlite3_step(st) == SQLITE_ROW ? (uint32_t)sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return version ? (uint64_t)db->opened << 32 | version : 0;
}
