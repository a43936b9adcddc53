/* Every invariant finds what breaks it: a demo database is damaged in one way at a time, from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>
#include "base/crypt.h"
#include "base/tz.h"
#include "cli/commands.h"
#include "model/fsck.h"

static char folder[200];

/* What is done to it, and the rule that must say so. */
static const struct damage {
	const char *rule, *sql;
} damages[] = {
	{ "account", "DELETE FROM account" },
	{ "seats_taken", "UPDATE session SET seats_taken = seats_taken - 1 WHERE id = 2" },
	{ "seats_taken", "UPDATE enrollment SET answer = 'declined' WHERE id = 1" },
	{ "seats_over", "UPDATE session SET seats_over = 1 WHERE id = 2" },
	{ "waiting", "UPDATE session SET waiting = waiting + 1 WHERE id = 2" },
	{ "waiting_position", "UPDATE enrollment SET position = NULL WHERE status = 'waiting'" },
	{ "waiting_order", "UPDATE enrollment SET position = 1 WHERE status = 'waiting'" },
	{ "waiting_order", "UPDATE session SET next_position = 1 WHERE waiting > 0" },
	{ "one_enrollment",
		"DROP INDEX enrollment_one; INSERT INTO enrollment (user_id, training_id, status, access_at,"
		" announced_at, created_at)"
		" SELECT user_id, training_id, 'enrolled', access_at, announced_at, created_at FROM enrollment WHERE id = 1" },
	{ "session_of_training", "UPDATE enrollment SET training_id = training_id + 1 WHERE id = 1" },
	{ "cancelled_at", "UPDATE enrollment SET cancelled_at = 1 WHERE id = 1" },
	{ "enrollment_day", "UPDATE enrollment_day SET day_id = (SELECT max(id) FROM day) WHERE enrollment_id = 1" },
	{ "session_days", "UPDATE session SET starts_at = starts_at - 60 WHERE id = 1" },
	{ "session_days", "UPDATE session SET days = 3 WHERE id = 2" },
	{ "session_days", "DELETE FROM day WHERE session_id = 1" },
	{ "day_position", "UPDATE day SET position = 3 WHERE session_id = 2 AND position = 2" },
	{ "day_order", "UPDATE day SET duration = duration + 60 WHERE id = 1" },
	{ "day_order", "UPDATE day SET position = 3 - position WHERE session_id = 2" },
	{ "announced_early", "UPDATE enrollment SET access_at = announced_at + 1 WHERE id = 1" },
	{ "not_told", "UPDATE enrollment SET batch_id = 1 WHERE id = 1" },
	{ "told_early",
		"UPDATE enrollment SET announced_at = NULL WHERE id = 1;"
		"INSERT INTO notification (user_id, kind, enrollment_id, at)"
		" SELECT user_id, 'invited', id, 1 FROM enrollment WHERE id = 1" },
	{ "mailed_early",
		"UPDATE enrollment SET announced_at = NULL WHERE id = 1;"
		"INSERT INTO outbox (enrollment_id, kind, due_at, created_at) VALUES (1, 'choose', 1, 1)" },
	{ "invited_early",
		"UPDATE enrollment SET announced_at = NULL WHERE id = 1;"
		"INSERT INTO invitation (enrollment_id, position, state, address, summary, location, time_zone,"
		" start_at, end_at)"
		" VALUES (1, 1, 'invited', 'a@example.org', '', '', 'UTC', 1, 2)" },
	{ "cancel_uninvited",
		"INSERT INTO outbox (enrollment_id, position, kind, due_at, created_at) VALUES (1, 1, 'cancel', 1, 1)" },
	{ "mail_order",
		"INSERT INTO outbox (enrollment_id, position, kind, state, sequence, sent_at, due_at, created_at)"
		" VALUES (1, 1, 'invite', 'sent', 0, 20, 1, 1), (1, 1, 'invite', 'sent', 1, 10, 1, 1)" },
	{ "batch",
		"INSERT INTO batch (actor_id, status, total, done, access_at, when_full, created_at)"
		" VALUES (1, 'done', 2, 2, 1, 'wait', 1)" },
	{ "supervisors",
		"UPDATE users SET supervisor_id = (SELECT id FROM users WHERE login = 'maria') WHERE login = 'sven'" },
	{ "supervisors", "UPDATE users SET supervisor_id = id WHERE login = 'omar'" },
	{ "grants", "DELETE FROM grant_range WHERE permission = 'audit'" },
	{ "grants", "INSERT INTO grant_range (user_id, permission, lo, hi) VALUES (5, 'users.view', 0, 9)" },
	{ "grants", "UPDATE user_role_department SET department_id = 5" },
	{ "departments", "UPDATE department SET hi = hi + 4611686018427387904 WHERE name = 'Sales EMEA'" },
};

static struct str path(struct arena *a, const char *name)
{
	return str_fmt(a, "sqlite:%s/%s", folder, name);
}

static void run_sql(const char *file, const char *sql)
{
	sqlite3 *h;
	char *problem = NULL;
	assert_int_equal(sqlite3_open(file, &h), SQLITE_OK);
	sqlite3_exec(h, "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL);
	if (sqlite3_exec(h, sql, NULL, NULL, &problem) != SQLITE_OK)
		fail_msg("%s: %s", sql, problem);
	assert_true(sqlite3_total_changes(h) > 0);
	sqlite3_close(h);
}

static void copy(const char *from, const char *to)
{
	char block[65536];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	assert_non_null(in);
	assert_non_null(out);
	for (size_t n; (n = fread(block, 1, sizeof block, in)) > 0;)
		assert_int_equal(fwrite(block, 1, n, out), n);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

static bool check(struct arena *a, struct str url, struct fsck_findings *found)
{
	struct str why;
	struct store *s = store_open(a, url, (struct store_options){ 0 }, &why);
	assert_non_null(s);
	struct ctx c = { .arena = a, .db = db_read_begin(s), .text = { .arena = a, .locale = LOCALE_EN }, .from = STR("") };
	bool ok = fsck_run(&c, found);
	assert_int_equal(db_read_end(c.db), DB_OK);
	store_close(s);
	return ok;
}

static bool says(const struct fsck_findings *found, const char *rule)
{
	for (size_t i = 0; i < found->n; i++)
		if (!strcmp(found->items[i].name, rule))
			return found->items[i].n > 0 && found->items[i].words.n > 0;
	return false;
}

static void sound(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct fsck_findings found;
	assert_true(check(a, path(a, "demo.db"), &found));
	for (size_t i = 0; i < found.n; i++)
		print_error("%s\n", found.items[i].name);
	assert_int_equal(found.n, 0);
	assert_true(found.checked > 20);
}

static void each_damage_is_found(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	const char *from = str_c(a, str_fmt(a, "%s/demo.db", folder)), *to = str_c(a, str_fmt(a, "%s/broken.db", folder));
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct fsck_findings found;
		copy(from, to);
		run_sql(to, damages[i].sql);
		assert_true(check(a, path(a, "broken.db"), &found));
		if (!says(&found, damages[i].rule))
			fail_msg("%s does not see: %s", damages[i].rule, damages[i].sql);
		unlink(to);
	}
}

static void every_rule_is_damaged(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct fsck_findings found;
	size_t rules = 0;
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++)
		rules += i == 0 || strcmp(damages[i].rule, damages[i - 1].rule) != 0;
	check(a, path(a, "demo.db"), &found);
	assert_int_equal(rules, found.checked);
}

static int make_demo(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	snprintf(folder, sizeof folder, "%s/muster-fsck-XXXXXX", tmp ? tmp : "/tmp");
	tz_init(NULL);
	if (!mkdtemp(folder) || !crypt_init())
		return -1;
	ARENA_SCOPED a = arena_new();
	struct options o = { .db = path(a, "demo.db") };
	return command_demo(a, &o) == EXIT_OK ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	static const char *const endings[] = { "demo.db", "demo.db-wal", "demo.db-shm", "broken.db", "broken.db-wal",
		"broken.db-shm" };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		unlink(str_c(a, str_fmt(a, "%s/%s", folder, endings[i])));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound),
		cmocka_unit_test(each_damage_is_found),
		cmocka_unit_test(every_rule_is_damaged),
	};
	return cmocka_run_group_tests_name("fsck", tests, make_demo, remove_folder);
}
