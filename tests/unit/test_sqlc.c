/* What sqlc refuses, and that it says where. What it makes of good statements is tested by using them (test_db.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define SCHEMA "tests/unit/sqlc/schema"

static int run(const char *schema, const char *queries, char words[static 2000])
{
	char command[1000];
	const char *tool = getenv("MUSTER_SQLC");
	assert_non_null(tool);
	/* It leaves its memory to the end of the process. */
	snprintf(command, sizeof command, "ASAN_OPTIONS=detect_leaks=0 '%s' --out-h /dev/null --out-c /dev/null %s %s 2>&1",
		tool, schema, queries);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	words[fread(words, 1, 1999, f)] = '\0';
	int status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Each file says in its first line where it fails and which words the message holds: "-- error: LINE: WORDS". */
static void bad_statements_are_refused(void **state)
{
	glob_t found;
	(void)state;
	assert_int_equal(glob("tests/unit/sqlc/bad/*.sql", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 20);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char first[300] = "", words[2000], place[40];
		FILE *f = fopen(found.gl_pathv[i], "r");
		assert_non_null(f);
		assert_non_null(fgets(first, sizeof first, f));
		fclose(f);
		first[strcspn(first, "\n")] = '\0';
		char *colon = strchr(first + 10, ':');
		assert_true(strncmp(first, "-- error: ", 10) == 0 && colon);
		snprintf(place, sizeof place, ".sql:%ld: error: ", strtol(first + 10, NULL, 10));
		int status = run(SCHEMA, found.gl_pathv[i], words);
		if (status != 1 || !strstr(words, place) || !strstr(words, colon + 2))
			fail_msg("%s: expected \"%s\"; status %d, \"%s\"", found.gl_pathv[i], first + 10, status, words);
	}
	globfree(&found);
}

static void good_statements_are_taken(void **state)
{
	char words[2000];
	(void)state;
	assert_int_equal(run(SCHEMA, "tests/unit/sqlc/queries/*.sql", words), 0);
	assert_string_equal(words, "");
	assert_int_equal(run(SCHEMA, "", words), 0);
}

static void bad_schemas_are_refused(void **state)
{
	static const struct {
		const char *folder, *words;
	} bad[] = {
		{ "gap", "0002_late.sql:1: error: migrations are numbered" },
		{ "word", "0001_word.sql:3: error: @integer is no word" },
		{ "sql", "0001_sql.sql:4: error: no such table: main.persons" },
		{ "block", "error: a block of one engine lacks its `-- end`" },
		{ "nowhere", "No such file" },
		{ "empty", "no migration" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char folder[200], words[2000];
		snprintf(folder, sizeof folder, "tests/unit/sqlc/bad_schema/%s", bad[i].folder);
		int status = run(folder, "", words);
		if (status != 1 || !strstr(words, bad[i].words))
			fail_msg("%s: expected \"%s\"; status %d, \"%s\"", folder, bad[i].words, status, words);
	}
}

static void usage_is_told(void **state)
{
	char words[2000];
	(void)state;
	assert_int_equal(run("", "", words), 2);
	assert_non_null(strstr(words, "usage: sqlc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_statements_are_refused),
		cmocka_unit_test(good_statements_are_taken),
		cmocka_unit_test(bad_schemas_are_refused),
		cmocka_unit_test(usage_is_told),
	};
	return cmocka_run_group_tests_name("sqlc", tests, NULL, NULL);
}
