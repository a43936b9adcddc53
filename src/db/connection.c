/* Connections to SQLite: settings, errors, a reader for each thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "db/room.h"

/* ---- errors */

enum db_error error_of(int rc)
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
	case SQLITE_PROTOCOL: return DB_BUSY;
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM: return DB_LOST;
	case SQLITE_NOMEM: log_fatal("out of memory");
	default: return DB_BUG;
	}
}

void db_note(struct db *db, int rc, const char *name)
{
	if (db->error != DB_OK || error_of(rc) == DB_OK)
		return;
	db->error = error_of(rc);
	db->blame = name;
	snprintf(db->words, sizeof db->words, "%s", db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc));
	if (db->error != DB_CONFLICT)
		log_warn("database: %s: %s (%d)", name, db->words, rc);
}

/* A conflict is only worth a line when nobody took it. */
void db_log_conflict(const struct db *db)
{
	if (db->error == DB_CONFLICT)
		log_info("database: %s: %s", db->blame, db->words);
}

enum db_error db_error(const struct db *db)
{
	return db->error;
}

/* SQLite undoes the failed statement by itself and the transaction goes on, unless the schema says ROLLBACK.
 * (PostgreSQL ends the transaction instead; there a savepoint has to stand before every statement whose conflict is
 * taken.) */
bool db_take_conflict(struct db *db)
{
	if (db->error != DB_CONFLICT || sqlite3_get_autocommit(db->handle))
		return false;
	db->error = DB_OK;
	return true;
}

struct db_counts db_counts(const struct db *db)
{
	return db->counts;
}

/* ---- connections */

static int set_up(struct store *s, enum connection_kind kind, sqlite3 *h)
{
	int cache_kb = s->options.readers_cache_kb > 0 && kind == CONNECTION_READ ? s->options.readers_cache_kb : 16000;
	char settings[160];
	/* mmap only for readers: they are many and read most. */
	snprintf(settings, sizeof settings,
		"PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%d; PRAGMA mmap_size = %d",
		cache_kb, kind == CONNECTION_READ ? 1 << 30 : 0);
	sqlite3_extended_result_codes(h, 1);
	sqlite3_busy_timeout(h, BUSY_MS);
	int rc = sqlite3_exec(h, settings, NULL, NULL, NULL);
	if (rc == SQLITE_OK && kind != CONNECTION_READ)
		rc = sqlite3_exec(
			h, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0", NULL, NULL, NULL);
	return rc;
}

int connection_open(struct store *s, enum connection_kind kind, sqlite3 **out, struct arena *a, struct str *why)
{
	int flags = kind == CONNECTION_READ ? SQLITE_OPEN_READONLY
										: SQLITE_OPEN_READWRITE | (kind == CONNECTION_CREATE ? SQLITE_OPEN_CREATE : 0);
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

bool db_connect(struct db *db, struct store *s, enum connection_kind kind, struct arena *a, struct str *why)
{
	db->store = s;
	if (connection_open(s, kind, &db->handle, a, why) != SQLITE_OK)
		return false;
	/* Read-only is the file, not the connection's own temporary tables. */
	if (sqlite3_exec(db->handle, s->catalog->temp.sqlite, NULL, NULL, NULL) != SQLITE_OK) {
		if (why)
			*why = str_fmt(a, "%s: %s", s->path, sqlite3_errmsg(db->handle));
		sqlite3_close(db->handle);
		db->handle = NULL;
		return false;
	}
	db->prepared = calloc(s->catalog->queries_n + 1, sizeof(sqlite3_stmt *));
	if (!db->prepared)
		log_fatal("out of memory");
	return true;
}

void db_disconnect(struct db *db)
{
	for (size_t i = 0; db->prepared && i < db->store->catalog->queries_n; i++)
		sqlite3_finalize(db->prepared[i]);
	free(db->prepared);
	db->prepared = NULL;
	for (int i = 0; i < FIXED_COUNT; i++)
		sqlite3_finalize(db->fixed[i]);
	for (int i = 0; i < FILTER_CACHE; i++) {
		sqlite3_finalize(db->cache[i].st);
		free(db->cache[i].text);
	}
	sqlite3_close(db->handle);
	db->handle = NULL;
}

int run_fixed(struct db *db, enum fixed which)
{
	static const char *const texts[FIXED_COUNT] = {
		"BEGIN",
		"BEGIN IMMEDIATE",
		"COMMIT",
		"ROLLBACK",
		"SAVEPOINT job",
		"RELEASE job",
		"ROLLBACK TO job",
	};
	sqlite3_stmt **st = &db->fixed[which];
	if (!*st) {
		int rc = sqlite3_prepare_v3(db->handle, texts[which], -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
		if (rc != SQLITE_OK)
			return rc;
	}
	int rc = sqlite3_step(*st);
	sqlite3_reset(*st);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- readers */

void db_add_counts(struct db *db)
{
	atomic_fetch_add_explicit(&db->store->statements, db->counts.statements, memory_order_relaxed);
	atomic_fetch_add_explicit(&db->store->full_scans, db->counts.full_scans, memory_order_relaxed);
}

void db_clear_staging(struct db *db)
{
	for (size_t i = 0; db->staged && i < db->store->catalog->staging_n; i++) {
		char text[128];
		snprintf(text, sizeof text, "DELETE FROM temp.%s", db->store->catalog->staging[i]);
		db_note(db, sqlite3_exec(db->handle, text, NULL, NULL, NULL), "staging");
	}
	db->staged = false;
}

static struct db *reader_of(struct store *s)
{
	struct db *db = pthread_getspecific(s->reader_key);
	if (!db) {
		db = calloc(1, sizeof *db);
		if (!db)
			log_fatal("out of memory");
		db->store = s;
		pthread_mutex_lock(&s->readers_lock);
		db->next = s->readers;
		s->readers = db;
		pthread_mutex_unlock(&s->readers_lock);
		if (pthread_setspecific(s->reader_key, db) != 0)
			log_fatal("out of memory");
	}
	if (!db->handle) {
		ARENA_SCOPED a = arena_new();
		struct str why = STR_NULL;
		if (!db_connect(db, s, CONNECTION_READ, a, &why))
			log_warn("database: " STR_FMT, STR_ARG(why));
	}
	return db;
}

struct db *db_read_begin(struct store *s)
{
	struct db *db = reader_of(s);
	must(!db->open);
	db->open = true;
	db->staged = false;
	db->counts = (struct db_counts){ 0 };
	db->error = db->handle ? DB_OK : DB_LOST;
	if (db->handle)
		db_note(db, run_fixed(db, FIXED_BEGIN), "begin");
	return db;
}

enum db_error db_read_end(struct db *db)
{
	must(db->open);
	db_log_conflict(db);
	/* Nothing to keep: a rollback also empties the staging tables. */
	if (db->handle && !sqlite3_get_autocommit(db->handle) && run_fixed(db, FIXED_ROLLBACK) != SQLITE_OK) {
		log_warn("database: rollback: %s", sqlite3_errmsg(db->handle));
		db_disconnect(db);
	}
	db->open = false;
	db_add_counts(db);
	return db->error;
}

/* pthread's, when a thread ends. */
void reader_free(void *p)
{
	struct db *db = p;
	struct store *s = db->store;
	pthread_mutex_lock(&s->readers_lock);
	for (struct db **at = &s->readers; *at; at = &(*at)->next) {
		if (*at == db) {
			*at = db->next;
			break;
		}
	}
	pthread_mutex_unlock(&s->readers_lock);
	db_disconnect(db);
	free(db);
}

void readers_close(struct store *s)
{
	while (s->readers) {
		must(!s->readers->open);
		reader_free(s->readers);
	}
}
