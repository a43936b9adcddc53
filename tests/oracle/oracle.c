/* oracle DATABASE: answers questions about reports from standard input, a line of JSON each, with
 * tests/oracle/attendance.sql. A question is
 *   ACTOR ALL BELOW BY FROM TO DEPARTMENT DIRECT RESULT TRAININGS SESSIONS
 * as tests/lib/oracle.mjs writes it: numbers, and "-" for none; lists have commas. Where BY is no number, but the name
 * of a column with "-" before it for the other direction, the answer is the ids of the enrollments in that order. */
#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/log.h"
#include "oracle_queries.h"

enum { WORDS = 11 };

static int64_t number(struct str s)
{
	int64_t v;
	must(str_to_i64(s, &v));
	return v;
}

static bool none(struct str s)
{
	return str_eq(s, STR("-"));
}

static void add_all(struct db *db, struct str list, void (*add)(struct db *db, int64_t id))
{
	struct str id, rest = list;
	while (!none(list) && str_split(&rest, ',', &id))
		add(db, number(id));
}

static bool find_sort(struct str name, struct db_page *page)
{
	page->desc = str_starts(name, STR("-"));
	page->limit = INT32_MAX - 1;
	if (page->desc)
		name = str_sub(name, 1, name.n);
	for (page->sort = 0; page->sort < ORACLE_PEOPLE_SORT_COUNT; page->sort++)
		if (str_eq(name, str_from(oracle_people_sorts[page->sort])))
			return true;
	return false;
}

static void list_people(struct arena *a, struct db *db, const struct str *w, const struct db_page *page)
{
	struct oracle_people_rows rows;
	oracle_people(db, a, number(w[0]), number(w[1]) != 0, number(w[2]) != 0, none(w[9]), none(w[10]), number(w[4]),
		number(w[5]), none(w[6]) ? NONE : SOME(number(w[6])), number(w[7]) != 0, none(w[8]) ? STR("") : w[8], page,
		&rows);
	putchar('[');
	for (size_t i = 0; i < rows.n; i++)
		printf("%s%lld", i ? "," : "", (long long)rows.items[i].id);
}

static void list_figures(struct arena *a, struct db *db, const struct str *w)
{
	struct oracle_attendance_rows rows;
	oracle_attendance(db, a, number(w[0]), number(w[1]) != 0, number(w[2]) != 0, number(w[3]), none(w[9]), none(w[10]),
		number(w[4]), number(w[5]), none(w[6]) ? NONE : SOME(number(w[6])), number(w[7]) != 0,
		none(w[8]) ? STR("") : w[8], &rows);
	putchar('[');
	for (size_t i = 0; i < rows.n; i++) {
		const struct oracle_attendance_row *r = &rows.items[i];
		printf("%s[\"%lld\",%lld,%lld,%lld]", i ? "," : "", (long long)r->key, (long long)r->enrolled,
			(long long)r->attended, (long long)r->absent);
	}
}

static void answer(struct arena *a, struct db *db, const struct str *w)
{
	struct db_page page = { 0 };
	add_all(db, w[9], oracle_training);
	add_all(db, w[10], oracle_session);
	if (find_sort(w[3], &page))
		list_people(a, db, w, &page);
	else
		list_figures(a, db, w);
	must(!db_failed(db));
	puts("]");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	ARENA_SCOPED a = arena_new();
	struct str why = STR_NULL;
	char line[4096];
	must(argc == 2);
	struct store *s = store_open(a, str_from(argv[1]), (struct store_options){ .catalog = &db_catalog_oracle }, &why);
	if (!s)
		log_fatal("oracle: %s", str_c(a, why));
	while (fgets(line, sizeof line, stdin)) {
		struct arena_mark mark = arena_mark(a);
		struct str words[WORDS], rest = str_trim(str_from(line));
		for (size_t i = 0; i < WORDS; i++)
			must(str_split(&rest, ' ', &words[i]));
		struct db *db = db_read_begin(s);
		answer(a, db, words);
		db_read_end(db);
		arena_rewind(a, mark);
	}
	store_close(s);
	return 0;
}
