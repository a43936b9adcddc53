/* The one writer: takes whatever queued up while the last commit was on its way to the disk, runs the jobs one behind
 * the other, commits once, then answers all. It never waits for company: the next batch forms by itself during the
 * fsync.
 *
 * A job that fails has hardly ever written anything, if only to a staging table: then there is nothing to undo. Only
 * when one had, everything is begun anew, each job in a savepoint, which costs a copy of every page it changes. */
#include "base/log.h"
#include "db/sqlite.h"

enum { CHECKPOINT_PAGES = 1000, WAL_PAGES_MAX = 10000, BUSY_TRIES = 3 };

/* ---- transactions */

static bool in_transaction(const struct sqlite_db *db)
{
	return !sqlite3_get_autocommit(db->handle);
}

/* Another process may be writing; each try waits for BUSY_MS. */
static bool begin(struct sqlite_db *db)
{
	int rc = SQLITE_BUSY;
	db->db.error = DB_OK;
	db->db.staged = false;
	for (int i = 0; i < BUSY_TRIES && (rc & 0xff) == SQLITE_BUSY; i++)
		rc = sqlite_run_fixed(db, FIXED_BEGIN_WRITE);
	sqlite_note(db, rc, "begin");
	/* A migration of a later program came meanwhile: its rules are not ours. */
	if (rc == SQLITE_OK && sqlite_is_newer(db)) {
		rc = SQLITE_SCHEMA;
		sqlite_run_fixed(db, FIXED_ROLLBACK);
		db_note(&db->db, DB_LOST, "begin", "the schema needs a newer program");
	}
	db->db.open = rc == SQLITE_OK;
	return db->db.open;
}

static void end(struct sqlite_db *db)
{
	if (in_transaction(db) && sqlite_run_fixed(db, FIXED_ROLLBACK) != SQLITE_OK)
		log_fatal("database: rollback: %s", sqlite3_errmsg(db->handle));
	db->db.open = false;
	/* A rollback has emptied them, a commit would have kept them. */
	db->db.staged = false;
}

/* After a commit that failed while writing, or while noting where it wrote, only a new look at the disk can tell what
 * is there. */
static bool commit(struct sqlite_db *db)
{
	int rc = sqlite_run_fixed(db, FIXED_COMMIT);
	if ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOMEM)
		log_fatal("database: commit: %s (%d)", sqlite3_errmsg(db->handle), rc);
	sqlite_note(db, rc, "commit");
	if (rc == SQLITE_OK)
		atomic_fetch_add_explicit(&db->db.store->commits, 1, memory_order_relaxed);
	return rc == SQLITE_OK;
}

/* Runs the job's function; true when what it did is to stay. Its error, if any, is left in db. */
static bool run(struct sqlite_db *db, struct db_job *job)
{
	db->db.error = DB_OK;
	bool kept = job->run(&db->db, job->arg);
	if (kept && db->db.staged)
		sqlite_clear_staging(db);
	return kept && db->db.error == DB_OK;
}

static bool has_changed(const struct sqlite_db *db, int64_t before)
{
	return sqlite3_total_changes64(db->handle) != before;
}

/* GONE: the transaction is, and with it the work of the others. SPOILT: something stays behind that must not. */
enum outcome { RUNS_ON, GONE, SPOILT };

static enum outcome run_bare(struct sqlite_db *db, struct db_job *job, bool *touched)
{
	int64_t before = sqlite3_total_changes64(db->handle);
	job->kept = run(db, job);
	if (!in_transaction(db))
		return GONE;
	if (!job->kept && has_changed(db, before))
		return SPOILT;
	job->error = db->db.error;
	db_log_conflict(&db->db);
	*touched |= has_changed(db, before);
	return RUNS_ON;
}

static enum outcome run_in_savepoint(struct sqlite_db *db, struct db_job *job, bool *touched)
{
	int64_t before = sqlite3_total_changes64(db->handle);
	int rc = sqlite_run_fixed(db, FIXED_SAVE);
	job->kept = rc == SQLITE_OK && run(db, job);
	if (rc != SQLITE_OK || !in_transaction(db))
		return GONE;
	job->error = db->db.error;
	db_log_conflict(&db->db);
	if (!job->kept) {
		rc = sqlite_run_fixed(db, FIXED_UNDO);
		db->db.staged = false;
	}
	if (rc == SQLITE_OK)
		rc = sqlite_run_fixed(db, FIXED_RELEASE);
	*touched |= job->kept && has_changed(db, before);
	return rc == SQLITE_OK ? RUNS_ON : GONE;
}

static void run_alone(struct sqlite_db *db, struct db_job *job, bool *touched)
{
	job->kept = false;
	if (begin(db)) {
		int64_t before = sqlite3_total_changes64(db->handle);
		job->kept = run(db, job) && in_transaction(db) && commit(db);
		*touched |= job->kept && has_changed(db, before);
		db_log_conflict(&db->db);
		end(db);
	}
	job->error = db->db.error;
}

static enum outcome run_together(struct sqlite_db *db, struct db_job *batch,
	enum outcome (*run_one)(struct sqlite_db *, struct db_job *, bool *), bool *touched)
{
	bool any = false;
	*touched = false;
	if (!begin(db)) {
		for (struct db_job *job = batch; job; job = job->next) {
			job->error = db->db.error;
			job->kept = false;
		}
		return RUNS_ON;
	}
	for (struct db_job *job = batch; job; job = job->next) {
		enum outcome outcome = run_one(db, job, touched);
		if (outcome != RUNS_ON) {
			end(db);
			return outcome;
		}
		any |= job->kept;
	}
	db->db.error = DB_OK;
	enum outcome outcome = !any || commit(db) ? RUNS_ON : GONE;
	end(db);
	return outcome;
}

static void run_batch(struct sqlite_store *s, struct db_job *batch)
{
	struct sqlite_db *db = &s->writer;
	bool touched = false;
	db->db.counts = (struct db_counts){ 0 };
	enum outcome outcome = batch->next ? run_together(db, batch, run_bare, &touched) : GONE;
	if (outcome == SPOILT)
		outcome = run_together(db, batch, run_in_savepoint, &touched);
	/* One job that ends the transaction must not take the others along: then each gets one of its own. */
	if (outcome != RUNS_ON) {
		touched = false;
		for (struct db_job *job = batch; job; job = job->next)
			run_alone(db, job, &touched);
	}
	db_add_counts(&db->db);
	queue_finish(&s->store, batch);
	if (touched)
		queue_committed(&s->store);
}

/* ---- checkpoints: between batches, after the answers, so that no commit waits for one */

static int note_wal(void *arg, sqlite3 *handle, const char *name, int pages)
{
	(void)handle, (void)name;
	struct sqlite_store *s = arg;
	if (pages < s->wal_pages)
		s->checkpoint_at = CHECKPOINT_PAGES; /* the log has started over */
	s->wal_pages = pages;
	return SQLITE_OK;
}

/* Readers may hold the log; a passive checkpoint goes as far as they let it. When the log has become too large all the
 * same, readers are waited for, briefly: new ones are served meanwhile. */
static void checkpoint(struct sqlite_store *s)
{
	if (s->wal_pages < s->checkpoint_at)
		return;
	sqlite3 *h = s->writer.handle;
	int rc = sqlite3_wal_checkpoint_v2(h, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if ((rc == SQLITE_OK || rc == SQLITE_BUSY) && s->wal_pages >= WAL_PAGES_MAX) {
		sqlite3_busy_timeout(h, 200);
		rc = sqlite3_wal_checkpoint_v2(h, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		sqlite3_busy_timeout(h, BUSY_MS);
		if (rc == SQLITE_OK)
			s->wal_pages = 0;
	}
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		log_warn("database: checkpoint: %s (%d)", sqlite3_errmsg(h), rc);
	s->checkpoint_at = s->wal_pages + CHECKPOINT_PAGES;
}

static void *write_for_ever(void *arg)
{
	struct sqlite_store *s = arg;
	queue_is_mine();
	for (struct db_job *batch; (batch = queue_take(&s->store, BATCH_MAX));) {
		run_batch(s, batch);
		checkpoint(s);
	}
	return NULL;
}

/* ---- life */

bool sqlite_writer_start(struct sqlite_store *s, struct arena *a, struct str *why)
{
	s->checkpoint_at = CHECKPOINT_PAGES;
	if (!sqlite_connect(&s->writer, s, s->store.options.create ? CONNECTION_CREATE : CONNECTION_WRITE, a, why))
		return false;
	sqlite3_wal_hook(s->writer.handle, note_wal, s);
	if (pthread_create(&s->thread, NULL, write_for_ever, s) != 0) {
		*why = STR("no thread for the writer");
		return false;
	}
	s->started = true;
	return true;
}

void sqlite_writer_stop(struct sqlite_store *s)
{
	if (s->started)
		pthread_join(s->thread, NULL);
}
