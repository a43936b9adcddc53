/* The floor under "enroll a hundred thousand users": a plain C program that writes the same rows into the same tables
 * of a copy of the same database in one transaction, with nothing of Muster around it: no plan, no seats, no scope.
 * usage: bench_floor_enroll FILE TRAINING SESSION. Prints the milliseconds from the first row to the durable end. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char people[] = "SELECT u.id FROM users u JOIN training t ON t.id = ?1 WHERE u.status = 'active'"
							 " AND u.id <> t.organizer_id ORDER BY u.id";
static const char *const inserts[] = {
	"INSERT INTO enrollment (user_id, training_id, session_id, status, access_at, source, preselected, batch_id,"
	" created_at) VALUES (?1, ?2, ?3, 'enrolled', 1800000000, 'admin', 1, 1, 1790000000)",
	"INSERT INTO audit (at, actor_id, action, object, object_id, user_id, training_id, batch_id, after)"
	" VALUES (1790000000, 1, 'enrollment.create', 'enrollment', last_insert_rowid(), ?1, ?2, 1,"
	" '{\"session\":\"' || ?3 || '\",\"status\":\"enrolled\"}')",
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

static void insert(sqlite3_stmt *st, int64_t user, int64_t training, int64_t session)
{
	check(sqlite3_bind_int64(st, 1, user));
	check(sqlite3_bind_int64(st, 2, training));
	check(sqlite3_bind_int64(st, 3, session));
	check(sqlite3_step(st));
	check(sqlite3_reset(st));
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: bench_floor_enroll FILE TRAINING SESSION\n");
		return 2;
	}
	sqlite3_stmt *users, *st[TABLES];
	int64_t training = strtoll(argv[2], NULL, 10), session = strtoll(argv[3], NULL, 10);
	check(sqlite3_open(argv[1], &db));
	check(sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA cache_size = -16000", NULL, NULL, NULL));
	check(sqlite3_prepare_v2(db, people, -1, &users, NULL));
	for (int k = 0; k < TABLES; k++)
		check(sqlite3_prepare_v2(db, inserts[k], -1, &st[k], NULL));
	check(sqlite3_bind_int64(users, 1, training));
	double begun = now_ms();
	check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
	while (sqlite3_step(users) == SQLITE_ROW)
		for (int k = 0; k < TABLES; k++)
			insert(st[k], sqlite3_column_int64(users, 0), training, session);
	check(sqlite3_reset(users));
	check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
	printf("%.1f\n", now_ms() - begun);
	sqlite3_finalize(users);
	for (int k = 0; k < TABLES; k++)
		sqlite3_finalize(st[k]);
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
