/* The floor under "enroll a hundred thousand users": a plain C program that writes like rows into SQLite in one
 * transaction, with nothing of Muster around it: no plan, no seats, no scope.
 * usage: bench_floor_enroll FILE ROWS. FILE must not exist. Prints the milliseconds from the first row to the durable
 * end. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char schema[] =
	"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;"
	"CREATE TABLE enrollment (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, training_id INTEGER NOT NULL,"
	" session_id INTEGER, status TEXT NOT NULL, access_at INTEGER NOT NULL, announced_at INTEGER, position INTEGER,"
	" answer TEXT NOT NULL, result TEXT NOT NULL, source TEXT NOT NULL, batch_id INTEGER,"
	" created_at INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX enrollment_one ON enrollment (user_id, training_id) WHERE status <> 'cancelled';"
	"CREATE INDEX enrollment_of_training ON enrollment (training_id, status);"
	"CREATE INDEX enrollment_of_session ON enrollment (session_id, status, position);"
	"CREATE TABLE notification (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, kind TEXT NOT NULL,"
	" enrollment_id INTEGER, at INTEGER NOT NULL, read_at INTEGER) STRICT;"
	"CREATE TABLE outbox (id INTEGER PRIMARY KEY, user_id INTEGER, enrollment_id INTEGER, kind TEXT NOT NULL,"
	" state TEXT NOT NULL, due_at INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;"
	"CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor_id INTEGER, action TEXT NOT NULL,"
	" object TEXT NOT NULL, object_id INTEGER, user_id INTEGER, training_id INTEGER, batch_id INTEGER,"
	" after TEXT) STRICT;";

static const char *const inserts[] = {
	"INSERT INTO enrollment (user_id, training_id, session_id, status, access_at, answer, result, source, batch_id,"
	" created_at) VALUES (?1, 7, 11, 'enrolled', 1800000000, 'none', 'none', 'admin', 1, 1790000000)",
	"INSERT INTO notification (user_id, kind, enrollment_id, at) VALUES (?1, 'invited', ?2, 1800000000)",
	"INSERT INTO outbox (user_id, enrollment_id, kind, state, due_at, created_at)"
	" VALUES (?1, ?2, 'invite', 'waiting', 1800000000, 1790000000)",
	"INSERT INTO audit (at, actor_id, action, object, object_id, user_id, training_id, batch_id, after)"
	" VALUES (1790000000, 1, 'enrollment.create', 'enrollment', ?2, ?1, 7, 1,"
	" '{\"session\":\"11\",\"status\":\"enrolled\"}')",
};
enum { TABLES = sizeof inserts / sizeof *inserts };

static sqlite3 *db;

static void check(int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
		return;
	fprintf(stderr, "bench_floor_enroll: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: bench_floor_enroll FILE ROWS\n");
		return 2;
	}
	sqlite3_stmt *st[TABLES];
	int64_t rows = strtoll(argv[2], NULL, 10);
	check(sqlite3_open(argv[1], &db));
	check(sqlite3_exec(db, schema, NULL, NULL, NULL));
	for (int k = 0; k < TABLES; k++)
		check(sqlite3_prepare_v2(db, inserts[k], -1, &st[k], NULL));
	double begun = now_ms();
	check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
	for (int64_t i = 1; i <= rows; i++)
		for (int k = 0; k < TABLES; k++) {
			check(sqlite3_bind_int64(st[k], 1, i));
			if (k > 0)
				check(sqlite3_bind_int64(st[k], 2, i));
			check(sqlite3_step(st[k]));
			check(sqlite3_reset(st[k]));
		}
	check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
	printf("%.1f\n", now_ms() - begun);
	for (int k = 0; k < TABLES; k++)
		sqlite3_finalize(st[k]);
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
