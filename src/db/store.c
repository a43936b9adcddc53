/* The door: picks the engine by the address, keeps a reader for each thread, makes errors stick. */
#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"
#include "db/room.h"

struct store *store_open(struct arena *a, struct str url, struct store_options options, struct str *why)
{
	if (str_starts(url, STR("postgres://")) || str_starts(url, STR("postgresql://")))
		return engine_postgres.open(a, url, options, why);
	if (str_starts(url, STR("sqlite:")) && url.n > 7)
		return engine_sqlite.open(a, url, options, why);
	/* It may hold a password, so it is not repeated. */
	*why = STR("this is no database address; sqlite:PATH and postgres://USER@HOST/DATABASE are");
	return NULL;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	queue_stop(s);
	s->engine->close(s);
}

/* pthread's, when a thread ends. */
static void reader_free(void *p)
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
	arena_free(db->kept);
	s->engine->reader_free(db);
}

bool store_init(struct store *s, const struct engine *engine, struct store_options options)
{
	s->engine = engine;
	s->options = options;
	s->catalog = options.catalog ? options.catalog : &db_catalog_main;
	if (pthread_key_create(&s->reader_key, reader_free) != 0)
		return false;
	pthread_mutex_init(&s->readers_lock, NULL);
	queue_init(&s->queue);
	return true;
}

void store_deinit(struct store *s)
{
	while (s->readers) {
		must(!s->readers->open);
		reader_free(s->readers);
	}
	queue_deinit(&s->queue);
	pthread_mutex_destroy(&s->readers_lock);
	pthread_key_delete(s->reader_key);
}

/* ---- errors */

void db_note(struct db *db, enum db_error error, const char *name, const char *words)
{
	if (db->error != DB_OK || error == DB_OK)
		return;
	db->error = error;
	db->blame = name;
	snprintf(db->words, sizeof db->words, "%s", words);
	if (error != DB_CONFLICT)
		log_warn("database: %s: %s", name, db->words);
}

void db_log_conflict(const struct db *db)
{
	if (db->error == DB_CONFLICT)
		log_info("database: %s: %s", db->blame, db->words);
}

enum db_error db_error(const struct db *db)
{
	return db->error;
}

/* ---- readers */

static struct db *reader_of(struct store *s)
{
	struct db *db = pthread_getspecific(s->reader_key);
	if (!db) {
		db = s->engine->reader_new(s);
		db->store = s;
		pthread_mutex_lock(&s->readers_lock);
		db->next = s->readers;
		s->readers = db;
		pthread_mutex_unlock(&s->readers_lock);
		if (pthread_setspecific(s->reader_key, db) != 0)
			log_fatal("out of memory");
	}
	return db;
}

struct db *db_read_begin(struct store *s)
{
	struct db *db = reader_of(s);
	must(!db->open);
	db->open = true;
	db->staged = db->touched = db->version_known = false;
	db->counts = (struct db_counts){ 0 };
	db->error = DB_OK;
	s->engine->read_begin(db);
	return db;
}

enum db_error db_read_end(struct db *db)
{
	must(db->open);
	db_log_conflict(db);
	db->store->engine->read_end(db);
	db->open = false;
	db_add_counts(db);
	return db->error;
}

struct arena *db_kept(struct db *db, void ***slot)
{
	const struct engine *engine = db->store->engine;
	if (!engine->version || db->error != DB_OK)
		return NULL;
	if (!db->version_known) {
		uint64_t version = engine->version(db);
		if (version != db->version) {
			arena_free(db->kept);
			db->kept = version ? arena_new() : NULL;
			db->kept_slot = NULL;
		}
		db->version = version;
		db->version_known = true;
	}
	*slot = &db->kept_slot;
	return db->kept;
}

void db_write_lazily(struct db *tx)
{
	tx->lazy = true;
}

/* ---- counters */

void db_add_counts(struct db *db)
{
	atomic_fetch_add_explicit(&db->store->statements, db->counts.statements, memory_order_relaxed);
	atomic_fetch_add_explicit(&db->store->full_scans, db->counts.full_scans, memory_order_relaxed);
	atomic_fetch_add_explicit(&db->store->steps, db->counts.steps, memory_order_relaxed);
}

struct db_counts db_counts(const struct db *db)
{
	return db->counts;
}

struct store_counters store_counters(struct store *s)
{
	return (struct store_counters){
		.statements = atomic_load(&s->statements),
		.full_scans = atomic_load(&s->full_scans),
		.steps = atomic_load(&s->steps),
		.commits = atomic_load(&s->commits),
		.fsyncs = atomic_load(&s->fsyncs),
		.writes = atomic_load(&s->writes),
		.retries = atomic_load(&s->retries),
		.queue_max = atomic_load(&s->queue_max),
	};
}

/* ---- schema */

int64_t store_schema_version(struct store *s)
{
	return s->engine->schema_version(s);
}

int64_t store_schema_newest(void)
{
	return (int64_t)db_catalog_main.migrations_n;
}

bool store_migrate(struct arena *a, struct store *s, struct str *why)
{
	return store_migrate_to(a, s, (int64_t)s->catalog->migrations_n, why);
}

bool store_migrate_to(struct arena *a, struct store *s, int64_t to, struct str *why)
{
	if (to > 0 && to <= (int64_t)s->catalog->migrations_n)
		return s->engine->migrate(a, s, to, why);
	*why = str_fmt(
		a, "there is no version %lld of the schema; %zu is the newest", (long long)to, s->catalog->migrations_n);
	return false;
}

bool store_backup(struct arena *a, struct store *s, struct str path, struct str *why)
{
	return s->engine->backup(a, s, path, why);
}

bool store_check(struct arena *a, struct store *s, struct str *why)
{
	return s->engine->check(a, s, why);
}

int64_t store_slice_ms(const struct store *s)
{
	return s->engine->slice_ms;
}

bool store_is_shared(struct store *s)
{
	return s->engine->is_shared && s->engine->is_shared(s);
}
