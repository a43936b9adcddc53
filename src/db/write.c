/* The one writer: takes whatever queued up while the last commit was on its way to the disk, runs each job in a
 * savepoint, commits once, then answers all. It never waits for company: the next batch forms by itself during the
 * fsync. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "db/room.h"

enum { CHECKPOINT_PAGES = 1000, WAL_PAGES_MAX = 10000, BUSY_TRIES = 3 };

/* ---- the queue */

bool db_write_async(struct store *s, struct db_job *job)
{
	struct writer *w = &s->writer;
	job->next = NULL;
	job->error = DB_OK;
	job->kept = false;
	pthread_mutex_lock(&w->lock);
	bool ok = !w->stopping && w->queued < QUEUE_MAX;
	if (ok) {
		*w->tail = job;
		w->tail = &job->next;
		w->queued++;
		atomic_store_explicit(&s->waiting, w->queued, memory_order_relaxed);
		if ((int_fast64_t)w->queued > atomic_load_explicit(&s->queue_max, memory_order_relaxed))
			atomic_store_explicit(&s->queue_max, (int_fast64_t)w->queued, memory_order_relaxed);
		if (w->queued == 1)
			pthread_cond_signal(&w->wake);
	}
	pthread_mutex_unlock(&w->lock);
	return ok;
}

/* Up to BATCH_MAX jobs; NULL when there are none and none will come. */
static struct db_job *take_batch(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->head && !w->stopping)
		pthread_cond_wait(&w->wake, &w->lock);
	struct db_job *batch = w->head, **end = &w->head;
	for (int i = 0; *end && i < BATCH_MAX; i++) {
		end = &(*end)->next;
		w->queued--;
	}
	w->head = *end;
	*end = NULL;
	if (!w->head)
		w->tail = &w->head;
	atomic_store_explicit(&w->store->waiting, w->queued, memory_order_relaxed);
	pthread_mutex_unlock(&w->lock);
	return batch;
}

bool db_write_waiting(struct store *s)
{
	return atomic_load_explicit(&s->waiting, memory_order_relaxed) > 0;
}

struct waiting {
	struct db_job job;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool done;
};

static void wake_waiting(struct db_job *job)
{
	struct waiting *w = (struct waiting *)(void *)job;
	pthread_mutex_lock(&w->lock);
	w->done = true;
	pthread_cond_signal(&w->over);
	pthread_mutex_unlock(&w->lock);
}

enum db_error db_write(struct store *s, db_write_fn *fn, void *arg)
{
	must(!pthread_equal(pthread_self(), s->writer.thread));
	struct waiting w = { .job = { .run = fn, .done = wake_waiting, .arg = arg } };
	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.over, NULL);
	bool queued = db_write_async(s, &w.job);
	pthread_mutex_lock(&w.lock);
	while (queued && !w.done)
		pthread_cond_wait(&w.over, &w.lock);
	pthread_mutex_unlock(&w.lock);
	pthread_cond_destroy(&w.over);
	pthread_mutex_destroy(&w.lock);
	return queued ? w.job.error : DB_BUSY;
}

/* ---- transactions */

static bool in_transaction(const struct db *db)
{
	return !sqlite3_get_autocommit(db->handle);
}

/* Another process may be writing; each try waits for BUSY_MS. */
static bool begin(struct db *db)
{
	int rc = SQLITE_BUSY;
	db->error = DB_OK;
	db->staged = false;
	for (int i = 0; i < BUSY_TRIES && (rc & 0xff) == SQLITE_BUSY; i++)
		rc = run_fixed(db, FIXED_BEGIN_WRITE);
	db_note(db, rc, "begin");
	db->open = rc == SQLITE_OK;
	return db->open;
}

static void end(struct db *db)
{
	if (in_transaction(db) && run_fixed(db, FIXED_ROLLBACK) != SQLITE_OK)
		log_fatal("database: rollback: %s", sqlite3_errmsg(db->handle));
	db->open = false;
	/* A rollback has emptied them, a commit would have kept them. */
	db->staged = false;
}

/* After a commit that failed while writing, only a new look at the disk can tell what is there. */
static bool commit(struct db *db)
{
	int rc = run_fixed(db, FIXED_COMMIT);
	if ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CORRUPT)
		log_fatal("database: commit: %s (%d)", sqlite3_errmsg(db->handle), rc);
	db_note(db, rc, "commit");
	if (rc == SQLITE_OK)
		atomic_fetch_add_explicit(&db->store->commits, 1, memory_order_relaxed);
	return rc == SQLITE_OK;
}

/* Runs the job's function; true when what it did is to stay. Its error, if any, is left in db. */
static bool run(struct db *db, struct db_job *job)
{
	db->error = DB_OK;
	bool kept = job->run(db, job->arg);
	if (kept && db->staged)
		db_clear_staging(db);
	return kept && db->error == DB_OK;
}

/* False when the transaction is gone, and with it the work of the others. */
static bool run_in_savepoint(struct db *db, struct db_job *job, bool *touched)
{
	int64_t before = sqlite3_total_changes64(db->handle);
	int rc = run_fixed(db, FIXED_SAVE);
	job->kept = rc == SQLITE_OK && run(db, job);
	if (rc != SQLITE_OK || !in_transaction(db))
		return false;
	job->error = db->error;
	db_log_conflict(db);
	if (!job->kept) {
		rc = run_fixed(db, FIXED_UNDO);
		db->staged = false;
	}
	if (rc == SQLITE_OK)
		rc = run_fixed(db, FIXED_RELEASE);
	*touched |= job->kept && sqlite3_total_changes64(db->handle) != before;
	return rc == SQLITE_OK;
}

static void run_alone(struct db *db, struct db_job *job, bool *touched)
{
	job->kept = false;
	if (begin(db)) {
		int64_t before = sqlite3_total_changes64(db->handle);
		job->kept = run(db, job) && in_transaction(db) && commit(db);
		*touched |= job->kept && sqlite3_total_changes64(db->handle) != before;
		db_log_conflict(db);
		end(db);
	}
	job->error = db->error;
}

static bool run_together(struct db *db, struct db_job *batch, bool *touched)
{
	bool any = false;
	if (!begin(db)) {
		for (struct db_job *job = batch; job; job = job->next)
			job->error = db->error;
		return true;
	}
	for (struct db_job *job = batch; job; job = job->next) {
		if (!run_in_savepoint(db, job, touched)) {
			end(db);
			return false;
		}
		any |= job->kept;
	}
	db->error = DB_OK;
	bool ok = !any || commit(db);
	end(db);
	return ok;
}

static void run_batch(struct writer *w, struct db_job *batch)
{
	struct db *db = &w->db;
	bool touched = false;
	db->counts = (struct db_counts){ 0 };
	/* One job that ends the transaction must not take the others along: then each gets one of its own. */
	if (!batch->next || !run_together(db, batch, &touched)) {
		for (struct db_job *job = batch; job; job = job->next)
			run_alone(db, job, &touched);
	}
	db_add_counts(db);
	for (struct db_job *job = batch, *next; job; job = next) {
		next = job->next; /* done() may free it */
		atomic_fetch_add_explicit(&w->store->writes, job->kept, memory_order_relaxed);
		job->done(job);
	}
	pthread_mutex_lock(&w->lock);
	void (*on_commit)(void *) = w->on_commit;
	void *arg = w->on_commit_arg;
	pthread_mutex_unlock(&w->lock);
	if (touched && on_commit)
		on_commit(arg);
}

/* ---- checkpoints: between batches, after the answers, so that no commit waits for one */

static int note_wal(void *arg, sqlite3 *handle, const char *name, int pages)
{
	(void)handle, (void)name;
	struct writer *w = arg;
	if (pages < w->wal_pages)
		w->checkpoint_at = CHECKPOINT_PAGES; /* the log has started over */
	w->wal_pages = pages;
	return SQLITE_OK;
}

/* Readers may hold the log; a passive checkpoint goes as far as they let it. When the log has become too large all the
 * same, readers are waited for, briefly: new ones are served meanwhile. */
static void checkpoint(struct writer *w)
{
	if (w->wal_pages < w->checkpoint_at)
		return;
	sqlite3 *h = w->db.handle;
	int rc = sqlite3_wal_checkpoint_v2(h, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if ((rc == SQLITE_OK || rc == SQLITE_BUSY) && w->wal_pages >= WAL_PAGES_MAX) {
		sqlite3_busy_timeout(h, 200);
		rc = sqlite3_wal_checkpoint_v2(h, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		sqlite3_busy_timeout(h, BUSY_MS);
		if (rc == SQLITE_OK)
			w->wal_pages = 0;
	}
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		log_warn("database: checkpoint: %s (%d)", sqlite3_errmsg(h), rc);
	w->checkpoint_at = w->wal_pages + CHECKPOINT_PAGES;
}

static void *write_for_ever(void *arg)
{
	struct writer *w = arg;
	for (struct db_job *batch; (batch = take_batch(w));) {
		run_batch(w, batch);
		checkpoint(w);
	}
	return NULL;
}

/* ---- life */

bool writer_start(struct store *s, struct arena *a, struct str *why)
{
	struct writer *w = &s->writer;
	w->store = s;
	w->tail = &w->head;
	w->checkpoint_at = CHECKPOINT_PAGES;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	if (!db_connect(&w->db, s, s->options.create ? CONNECTION_CREATE : CONNECTION_WRITE, a, why))
		return false;
	sqlite3_wal_hook(w->db.handle, note_wal, w);
	if (pthread_create(&w->thread, NULL, write_for_ever, w) != 0) {
		*why = STR("no thread for the writer");
		return false;
	}
	w->started = true;
	return true;
}

void writer_stop(struct store *s)
{
	struct writer *w = &s->writer;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	if (w->started)
		pthread_join(w->thread, NULL);
	readers_close(s);
	/* Last, since whoever closes last moves the log into the file. */
	db_disconnect(&w->db);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
}

void store_on_commit(struct store *s, void (*fn)(void *arg), void *arg)
{
	pthread_mutex_lock(&s->writer.lock);
	s->writer.on_commit = fn;
	s->writer.on_commit_arg = arg;
	pthread_mutex_unlock(&s->writer.lock);
}
