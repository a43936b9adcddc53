/* The floor under the export of a report's people: a plain C program that steps one statement along the same index,
 * with nothing of Muster around it (no scope, no reply), and prints the same bytes. usage: bench_floor_report DATABASE
 * OUT FROM HEAD. FROM: sessions that end later. Prints the CPU milliseconds. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char people[] =
	"SELECT u.name, u.login, d.name, t.title, s.title,"
	" (SELECT replace(y.start_wall, 'T', ' ') FROM day y WHERE y.session_id = s.id AND y.position = 1),"
	" (SELECT y.time_zone FROM day y WHERE y.session_id = s.id AND y.position = 1),"
	" CASE e.answer WHEN 'accepted' THEN 'Accepted' WHEN 'tentative' THEN 'Tentative' WHEN 'declined' THEN 'Declined'"
	" ELSE 'No answer' END,"
	" CASE e.result WHEN 'attended' THEN 'Attended' WHEN 'absent' THEN 'Absent' ELSE '' END,"
	" CASE WHEN s.days > 1 THEN (SELECT group_concat(CASE coalesce(x.result, 'none') WHEN 'attended' THEN 'Attended'"
	"  WHEN 'absent' THEN 'Absent' ELSE '–' END, ', ') FROM day y LEFT JOIN enrollment_day x"
	"  ON x.enrollment_id = e.id AND x.day_id = y.id WHERE y.session_id = s.id ORDER BY y.position) END,"
	" e.score"
	" FROM users u CROSS JOIN enrollment e CROSS JOIN session s CROSS JOIN training t CROSS JOIN department d"
	" WHERE e.user_id = u.id AND s.id = e.session_id AND t.id = s.training_id AND d.id = u.department_id"
	" AND e.status = 'enrolled' AND e.announced_at IS NOT NULL AND s.cancelled_at IS NULL AND s.ends_at > ?1"
	" ORDER BY u.name_key, e.id";
enum { COLUMNS = 11 };

static sqlite3 *db;

static void check(int rc)
{
	if (rc == SQLITE_OK)
		return;
	fprintf(stderr, "bench_floor_report: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void put(FILE *f, const char *s, size_t n)
{
	if (!memchr(s, ',', n) && !memchr(s, ';', n) && !memchr(s, '"', n)) {
		fwrite(s, 1, n, f);
		return;
	}
	fputc('"', f);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			fputc('"', f);
		fputc(s[i], f);
	}
	fputc('"', f);
}

int main(int argc, char **argv)
{
	sqlite3_stmt *st;
	if (argc != 5) {
		fprintf(stderr, "usage: bench_floor_report DATABASE OUT FROM HEAD\n");
		return 2;
	}
	FILE *f = fopen(argv[2], "w");
	check(sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL));
	check(sqlite3_exec(db, "PRAGMA mmap_size = 1073741824", NULL, NULL, NULL));
	check(sqlite3_prepare_v2(db, people, -1, &st, NULL));
	check(sqlite3_bind_int64(st, 1, strtoll(argv[3], NULL, 10)));
	if (!f)
		return 1;
	fprintf(f, "%s\r\n", argv[4]);
	while (sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; i < COLUMNS; i++) {
			if (i)
				fputc(',', f);
			const char *s = (const char *)sqlite3_column_text(st, i);
			put(f, s ? s : "", (size_t)sqlite3_column_bytes(st, i));
		}
		fputs("\r\n", f);
	}
	check(sqlite3_finalize(st));
	if (fclose(f) != 0)
		return 1;
	printf("%.0f\n", (double)clock() * 1e3 / CLOCKS_PER_SEC);
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
