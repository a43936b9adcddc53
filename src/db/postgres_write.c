/* The writers: a few threads, each with a connection, each job in a transaction of its own.
 *
 * A job is first run beside the others, SERIALIZABLE: what it does is what it would have done by itself, or it fails.
 * Then it takes its turn alone: nobody else writes, on no node, so that it cannot fail for the company it has. Rules
 * are therefore written as if nobody else were there, on both engines. */
#include <poll.h>
#include "base/log.h"
#include "db/postgres.h"

enum { TRIES = 6, CROWD = 16, PATIENCE_MS = 1000 };

static void begin(struct pg_db *db, enum pg_begin kind)
{
	db->kind = kind;
	db->begun = db->may_again = false;
	db->db.error = DB_OK;
	db->db.staged = db->db.touched = db->db.lazy = false;
	db->db.open = true;
}

/* True when it is over, well or not. */
static bool run_once(struct pg_db *db, struct db_job *job, enum pg_begin kind)
{
	bool uncertain = false;
	begin(db, kind);
	job->kept = job->run(&db->db, job->arg) && db->db.error == DB_OK;
	if (job->kept)
		job->kept = pg_commit(db, &uncertain);
	else if (db->c)
		pg_end(db, "ROLLBACK");
	db->db.open = false;
	job->error = db->db.error;
	/* Whether it was kept is not known: running it again might do it twice. */
	return !(db->may_again || job->error == DB_LOST) || uncertain;
}

/* Who clashes lets the next ones go one at a time: on a session that everybody wants, side by side is only more work.
 */
static enum pg_begin turn(struct pg_store *s, int tries)
{
	if (tries > 0) {
		atomic_store_explicit(&s->crowd, CROWD, memory_order_relaxed);
		return PG_ALONE;
	}
	int crowd = atomic_load_explicit(&s->crowd, memory_order_relaxed);
	if (crowd > 0 && atomic_compare_exchange_strong(&s->crowd, &crowd, crowd - 1))
		return PG_ALONE;
	return PG_BESIDE;
}

static void run(struct pg_store *s, struct pg_db *db, struct db_job *job)
{
	int clashes = 0;
	db->db.counts = (struct db_counts){ 0 };
	for (int tries = 0; tries < TRIES; tries++) {
		if (run_once(db, job, turn(s, clashes)))
			break;
		clashes += db->may_again;
		/* Not reachable: a short while is waited for; from then on the answer is "later", at once. */
		while (job->error == DB_LOST && db->pause_ms && db->pause_ms < PATIENCE_MS) {
			poll(NULL, 0, (int)db->pause_ms);
			ARENA_SCOPED a = arena_new();
			struct str why;
			if (pg_connect(db, a, &why))
				break;
		}
		if (job->error == DB_LOST && db->pause_ms)
			break;
		atomic_fetch_add_explicit(&s->store.retries, 1, memory_order_relaxed);
	}
	if (job->error == DB_BUSY)
		log_warn("database: %s: %s; given up", db->db.blame, db->db.words);
	db_log_conflict(&db->db);
	db_add_counts(&db->db);
	if (job->kept)
		atomic_fetch_add_explicit(&s->store.commits, 1, memory_order_relaxed);
	bool touched = job->kept && db->db.touched;
	queue_finish(&s->store, job);
	if (touched) {
		queue_committed(&s->store);
		pg_tell_others(s);
	}
}

static void *write_for_ever(void *arg)
{
	struct pg_writer *w = arg;
	struct pg_store *s = pg_store(w->db.db.store);
	queue_is_mine();
	for (struct db_job *job; (job = queue_take(&s->store, 1));)
		run(s, &w->db, job);
	return NULL;
}

/* The first connects at once, so that a wrong address is told; the others when there is work for them. */
bool pg_writers_start(struct pg_store *s, struct arena *a, struct str *why)
{
	for (int i = 0; i < PG_WRITERS; i++) {
		struct pg_writer *w = &s->writers[i];
		w->db.db.store = &s->store;
		if (i == 0 && !pg_connect(&w->db, a, why))
			return false;
		w->started = pthread_create(&w->thread, NULL, write_for_ever, w) == 0;
		if (!w->started) {
			*why = STR("no thread for a writer");
			return false;
		}
	}
	return true;
}

void pg_writers_stop(struct pg_store *s)
{
	for (int i = 0; i < PG_WRITERS; i++) {
		if (s->writers[i].started)
			pthread_join(s->writers[i].thread, NULL);
		pg_disconnect(&s->writers[i].db);
	}
}
