/* Connections to PostgreSQL: errors, the pipeline, readers. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "db/postgres.h"

enum { PAUSE_FIRST_MS = 100, PAUSE_MAX_MS = 1500, SERVER_LEAST = 150000, MARK_MS = 2000 };

/* ---- errors */

struct str pg_words(struct arena *a, const char *message)
{
	struct str all = str_from(message ? message : ""), line;
	do {
		if (!str_split(&all, '\n', &line))
			return STR("no connection");
		line = str_trim(line);
	} while (str_is_empty(line));
	return str_dup(a, line);
}

/* By SQLSTATE (PostgreSQL, appendix A). Deadlocks, lost serializations and locks that took too long are BUSY: the
 * transaction is run again. */
static enum db_error error_of(const char *state)
{
	static const struct {
		const char *start;
		enum db_error error;
	} table[] = {
		{ "23", DB_CONFLICT }, { "40003", DB_LOST }, { "40", DB_BUSY }, { "55P03", DB_BUSY }, { "57014", DB_BUSY },
		{ "53200", DB_BUSY }, { "53100", DB_FULL }, { "53", DB_LOST }, { "57", DB_LOST }, { "08", DB_LOST },
		{ "25P03", DB_LOST }, { "28", DB_LOST },
		{ "0A000", DB_LOST }, /* the schema changed under a prepared statement: it is prepared anew */
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strncmp(state, table[i].start, strlen(table[i].start)) == 0)
			return table[i].error;
	return DB_BUG;
}

void pg_note(struct pg_db *db, const PGresult *r, const char *name)
{
	char text[200];
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *words = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	enum db_error error = state ? error_of(state) : DB_LOST;
	/* A server that turned into a standby while we were connected. */
	if (state && strcmp(state, "25006") == 0 && db->kind != PG_READ)
		error = DB_LOST;
	ARENA_SCOPED a = arena_new();
	snprintf(text, sizeof text, "%s (%s)", words ? words : str_c(a, pg_words(a, PQerrorMessage(db->c))),
		state ? state : "no answer");
	bool company = error == DB_BUSY || error == DB_CONFLICT;
	db->may_again |= error == DB_BUSY || (company && db->kind == PG_BESIDE);
	/* What is simply run again is no news. */
	if (db->db.error == DB_OK && error == DB_BUSY) {
		db->db.error = error;
		db->db.blame = name;
		snprintf(db->db.words, sizeof db->db.words, "%s", text);
	}
	db_note(&db->db, error, name, text);
	if (error == DB_LOST)
		pg_disconnect(db);
}

/* ---- connecting */

PGconn *pg_open(const struct pg_store *s, struct arena *a, struct str *why)
{
	/* What the address says comes later and wins, but for the encoding. A server that is a standby is none for us, and
	 * a machine that is gone without a word is noticed within seconds: another one of the address may have taken over.
	 */
	const char *const names[] = { "fallback_application_name", "target_session_attrs", "connect_timeout",
		"keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname", "client_encoding",
		NULL };
	const char *const values[] = { "muster", "read-write", "2", "2", "1", "3", "5000", s->url, "UTF8", NULL };
	PGconn *c = PQconnectdbParams(names, values, 1);
	if (c && PQstatus(c) == CONNECTION_OK) {
		const char *encoding = PQparameterStatus(c, "server_encoding");
		if (PQserverVersion(c) < SERVER_LEAST)
			*why = STR("the database server is older than PostgreSQL 15");
		else if (!encoding || strcmp(encoding, "UTF8") != 0)
			*why = STR("the database is not in UTF-8; CREATE DATABASE … ENCODING 'UTF8' makes one that is");
		else
			return c;
	} else {
		*why = pg_words(a, c ? PQerrorMessage(c) : "out of memory");
	}
	PQfinish(c);
	return NULL;
}

bool pg_connect(struct pg_db *db, struct arena *a, struct str *why)
{
	int64_t now = clock_mono_ms();
	*why = STR("no connection");
	if (now < db->next_try_ms)
		return false;
	db->c = pg_open(pg_store(db->db.store), a, why);
	if (db->c && pg_set_up(db, a, why)) {
		db->pause_ms = 0;
		return true;
	}
	pg_disconnect(db);
	db->pause_ms = db->pause_ms ? db->pause_ms * 2 : PAUSE_FIRST_MS;
	db->pause_ms = db->pause_ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : db->pause_ms;
	db->next_try_ms = clock_mono_ms() + db->pause_ms;
	return false;
}

void pg_disconnect(struct pg_db *db)
{
	PQfinish(db->c);
	free(db->prepared);
	db->c = NULL;
	db->prepared = NULL;
	db->begun = db->owed = false;
	db->ahead_n = 0;
}

/* ---- the pipeline */

/* LOCK TABLE takes no snapshot, so that who waited to be alone sees what the others did meanwhile. Side by side, a wait
 * for somebody's row is short or ends in a turn alone; that is also how a deadlock ends. */
bool pg_send_begin(struct pg_db *db)
{
	static const char *const begins[3][3] = {
		[PG_READ] = { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" },
		[PG_BESIDE] = { "BEGIN ISOLATION LEVEL SERIALIZABLE", "LOCK TABLE schema_version IN ROW SHARE MODE",
			"SET LOCAL lock_timeout = 200" },
		[PG_ALONE] = { "BEGIN ISOLATION LEVEL REPEATABLE READ", "LOCK TABLE schema_version IN EXCLUSIVE MODE" },
	};
	for (int n = 0; n < 3 && begins[db->kind][n]; n++) {
		if (PQsendQueryParams(db->c, begins[db->kind][n], 0, NULL, NULL, NULL, NULL, 0) != 1)
			return false;
		pg_expect(db, "begin", NULL);
	}
	return true;
}

void pg_expect(struct pg_db *db, const char *name, unsigned char *state)
{
	must(db->ahead_n < PG_AHEAD);
	db->ahead[db->ahead_n++] = (struct pg_ahead){ name, state };
}

bool pg_read_ahead(struct pg_db *db)
{
	for (int i = 0; i < db->ahead_n && db->c; i++) {
		PGresult *r = pg_answer(db);
		ExecStatusType status = PQresultStatus(r);
		if (status != PGRES_COMMAND_OK && db->ahead[i].state)
			*db->ahead[i].state = PG_UNKNOWN;
		if (status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_ABORTED)
			pg_note(db, r, db->ahead[i].name);
		PQclear(r);
	}
	db->ahead_n = 0;
	return db->c != NULL;
}

void pg_flush(struct pg_db *db)
{
	if (!db->c || !db->ahead_n)
		return;
	if (PQpipelineSync(db->c) != 1 || (pg_read_ahead(db) && !pg_answer_end(db)))
		pg_note(db, NULL, "flush");
}

/* A command's answer is followed by NULL. When libpq has no memory it is out of step from then on: such a connection is
 * as good as lost, and nothing more may be waited for. */
PGresult *pg_answer(struct pg_db *db)
{
	PGresult *r = PQgetResult(db->c);
	bool failed_here = PQresultStatus(r) == PGRES_FATAL_ERROR && !PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (!r || failed_here || PQstatus(db->c) == CONNECTION_BAD)
		return r;
	PGresult *end = PQgetResult(db->c);
	if (!end)
		return r;
	PQclear(end);
	PQclear(r);
	return NULL;
}

/* The mark comes right behind the answer. libpq without memory for it would wait for ever. */
static bool is_at_hand(PGconn *c)
{
	int64_t end = clock_mono_ms() + MARK_MS;
	while (PQisBusy(c)) {
		struct pollfd file = { .fd = PQsocket(c), .events = POLLIN };
		int64_t left = end - clock_mono_ms();
		if (left <= 0 || (poll(&file, 1, (int)left) < 0 && errno != EINTR) || PQconsumeInput(c) != 1)
			return false;
	}
	return true;
}

bool pg_answer_end(struct pg_db *db)
{
	PGresult *r = is_at_hand(db->c) ? PQgetResult(db->c) : NULL;
	bool ok = r && PQresultStatus(r) == PGRES_PIPELINE_SYNC;
	PQclear(r);
	return ok;
}

bool pg_settle(struct pg_db *db)
{
	if (!db->owed)
		return true;
	db->owed = false;
	PGresult *r = pg_answer(db);
	bool ok = r && PQresultStatus(r) == PGRES_COMMAND_OK;
	PQclear(r);
	return ok && pg_answer_end(db);
}

bool pg_end(struct pg_db *db, const char *text)
{
	/* What the last one owes is still owed when this one has done nothing. */
	if (!db->begun)
		return true;
	bool ok = PQsendQueryParams(db->c, text, 0, NULL, NULL, NULL, NULL, 0) == 1 && PQpipelineSync(db->c) == 1;
	db->owed = true;
	db->begun = false;
	if (!ok)
		pg_disconnect(db);
	return ok;
}

/* The log of a later commit is written behind that of this one, so that one cannot be durable without the other. */
static void send_lazily(struct pg_db *db)
{
	if (db->ahead_n == PG_AHEAD)
		pg_flush(db);
	if (db->db.error != DB_OK || !db->c)
		return;
	if (PQsendQueryParams(db->c, "SET LOCAL synchronous_commit = off", 0, NULL, NULL, NULL, NULL, 0) == 1)
		pg_expect(db, "commit", NULL);
	else
		pg_note(db, NULL, "commit");
}

/* Of a transaction that has failed already the answer to COMMIT is "ROLLBACK". */
bool pg_commit(struct pg_db *db, bool *is_uncertain)
{
	*is_uncertain = false;
	if (db->db.lazy && db->begun)
		send_lazily(db);
	pg_flush(db);
	/* What travelled ahead may have ended the transaction: the next one must not begin inside of it. */
	if (db->db.error != DB_OK) {
		if (db->c)
			pg_end(db, "ROLLBACK");
		return false;
	}
	if (!db->begun)
		return true;
	if (!pg_end(db, "COMMIT")) {
		*is_uncertain = true;
		db_note(&db->db, DB_LOST, "commit", "the connection is gone");
		return false;
	}
	db->owed = db->warned = false;
	PGresult *r = pg_answer(db);
	bool ok = r && PQresultStatus(r) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(r), "COMMIT") == 0;
	if (ok && db->warned) {
		/* Somebody ended the wait for the standby: it is kept here, but would not outlive this server. */
		*is_uncertain = true;
		ok = false;
		db_note(&db->db, DB_LOST, "commit", "it was not waited for the standby");
	} else if (!ok) {
		/* An answer with a state is one: nothing was kept. */
		*is_uncertain = !r || !PQresultErrorField(r, PG_DIAG_SQLSTATE);
		pg_note(db, r, "commit");
	}
	PQclear(r);
	if (db->c && !pg_answer_end(db))
		pg_disconnect(db);
	return ok;
}

/* ---- readers */

struct db *pg_reader_new(struct store *s)
{
	struct pg_db *db = must_calloc(1, sizeof *db);
	db->db.store = s;
	db->is_reader = true;
	return &db->db;
}

void pg_reader_free(struct db *db)
{
	pg_disconnect(pg_db(db));
	free(db);
}

/* It begins with its first statement. */
void pg_read_begin(struct db *db)
{
	pg_db(db)->kind = PG_READ;
	pg_db(db)->begun = false;
}

/* A rollback would leave what was staged in the tables' files, which nobody cleans; a commit empties them. */
void pg_read_end(struct db *db)
{
	struct pg_db *own = pg_db(db);
	pg_flush(own);
	if (own->c)
		pg_end(own, "COMMIT");
}
