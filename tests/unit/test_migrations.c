/* Migrations over an organization with data in it: one that fails leaves everything as it was, and a program that is
 * older than the schema writes no more, though it runs. On PostgreSQL its nodes stop at once, whatever they are doing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <time.h>
#include "base/crypt.h"
#include "base/tz.h"
#include "cli/commands.h"
#include "database.h"
#include "db/query.h"
#include "gen/queries.h"
#include "model/fsck.h"

struct place {
	struct arena *arena;
	char folder[200];
	struct str url;
	struct db_catalog catalog; /* the program's, and one migration more: */
	struct db_migration *last;
};

static const char changes[] = "CREATE TABLE parking (id BIGINT NOT NULL PRIMARY KEY, place TEXT NOT NULL);"
							  " ALTER TABLE users ADD COLUMN shoe_size INTEGER;"
							  " UPDATE users SET first_name = 'Nobody', shoe_size = 42;";
static const char mistake[] = " INSERT INTO parking (id, place) VALUES (1, NULL);";

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	const char *tmp = getenv("TMPDIR");
	p->arena = arena_new();
	snprintf(p->folder, sizeof p->folder, "%s/muster-migrate-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(p->folder))
		return -1;
	p->url = test_database(p->arena, p->folder);
	if (command_demo(p->arena, &(struct options){ .db = p->url }) != EXIT_OK)
		return -1;
	size_t n = db_catalog_main.migrations_n;
	struct db_migration *all = ARENA_ARRAY(p->arena, struct db_migration, n + 1);
	memcpy(all, db_catalog_main.migrations, n * sizeof *all);
	all[n] = (struct db_migration){ (int64_t)n + 1, "later.sql", "of a later program", changes, changes };
	p->last = &all[n];
	p->catalog = db_catalog_main;
	p->catalog.migrations = all;
	p->catalog.migrations_n = n + 1;
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	DIR *d = opendir(p->folder);
	for (struct dirent *e; d && (e = readdir(d));)
		unlink(str_c(p->arena, str_fmt(p->arena, "%s/%s", p->folder, e->d_name)));
	if (d)
		closedir(d);
	rmdir(p->folder);
	arena_free(p->arena);
	free(p);
	return 0;
}

static struct store *open_as(struct place *p, const struct db_catalog *catalog)
{
	struct str why = STR_NULL;
	struct store *s = store_open(p->arena, p->url, (struct store_options){ .catalog = catalog }, &why);
	if (!s)
		fail_msg("%s", str_c(p->arena, why));
	return s;
}

/* ---- what an older program does all day */
static bool find_maria(struct db *db, struct arena *a)
{
	struct sign_in_user_row user;
	return sign_in_user(db, a, STR("maria"), &user);
}

static bool is_sound(struct place *p, struct store *s)
{
	struct fsck_findings found;
	struct ctx c = {
		.arena = p->arena, .db = db_read_begin(s), .text = { .arena = p->arena, .locale = LOCALE_EN }, .from = STR("")
	};
	bool ok = find_maria(c.db, p->arena) && fsck_run(&c, &found) && found.n == 0;
	return db_read_end(c.db) == DB_OK && ok;
}

static bool drop_setup_key(struct db *tx, void *arg)
{
	(void)arg;
	account_setup_hash_set(tx, STR_NULL);
	return !db_failed(tx);
}

static enum db_error read_error(struct place *p, struct store *s)
{
	struct db *db = db_read_begin(s);
	find_maria(db, p->arena);
	return db_read_end(db);
}

static int64_t seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* ---- the tests */
static void a_migration_that_fails_leaves_the_old_schema(void **state)
{
	struct place *p = *state;
	struct str why = STR_NULL;
	p->last->sqlite = p->last->pg = str_c(p->arena, str_fmt(p->arena, "%s%s", changes, mistake));
	struct store *s = open_as(p, &p->catalog);
	assert_false(store_migrate(p->arena, s, &why));
	/* It got as far as the mistake. */
	assert_non_null(strstr(str_c(p->arena, why), "later.sql"));
	assert_non_null(strstr(str_c(p->arena, why), "parking"));
	assert_int_equal(store_schema_version(s), p->catalog.migrations_n - 1);
	store_close(s);

	/* The old program works on the old schema, with the data that was there. */
	s = open_as(p, &db_catalog_main);
	assert_true(store_migrate(p->arena, s, &why));
	struct db *db = db_read_begin(s);
	struct sign_in_user_row user;
	struct user_row_row row;
	assert_true(sign_in_user(db, p->arena, STR("maria"), &user));
	assert_true(user_row(db, p->arena, user.id, &row));
	assert_true(str_eq(row.first_name, STR("Maria")));
	assert_int_equal(db_read_end(db), DB_OK);
	assert_true(is_sound(p, s));
	assert_int_equal(db_write(s, drop_setup_key, NULL), DB_OK);
	store_close(s);

	/* And the mistake can be put right. */
	p->last->sqlite = p->last->pg = changes;
	s = open_as(p, &p->catalog);
	assert_true(store_migrate(p->arena, s, &why));
	assert_int_equal(store_schema_version(s), p->catalog.migrations_n);
	assert_true(is_sound(p, s));
	store_close(s);
}

static void an_older_node_stops_at_once(void **state)
{
	struct place *p = *state;
	struct str why = STR_NULL;
	struct store *older = open_as(p, &db_catalog_main), *newer = open_as(p, &p->catalog);
	assert_int_equal(read_error(p, older), DB_OK);
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_OK);

	/* In the middle of a long export: it is not waited for. */
	struct db *reading = db_read_begin(older);
	assert_true(find_maria(reading, p->arena));
	int64_t begun = seconds();
	assert_true(store_migrate(p->arena, newer, &why));
	assert_true(seconds() - begun < 5);
	find_maria(reading, p->arena);
	assert_int_equal(db_read_end(reading), DB_LOST);

	/* From then on it is refused, and a new one of its kind says why. */
	assert_int_equal(read_error(p, older), DB_LOST);
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_LOST);
	struct store *another = store_open(p->arena, p->url, (struct store_options){ .catalog = &db_catalog_main }, &why);
	assert_null(another);
	assert_non_null(strstr(str_c(p->arena, why), "needs a newer program"));
	assert_true(is_sound(p, newer));
	assert_int_equal(db_write(newer, drop_setup_key, NULL), DB_OK);
	store_close(older);
	store_close(newer);
}

static void an_older_server_does_not_write_beside_a_newer_schema(void **state)
{
	struct place *p = *state;
	struct str why = STR_NULL;
	struct store *older = open_as(p, &db_catalog_main), *newer = open_as(p, &p->catalog);
	assert_int_equal(read_error(p, older), DB_OK);
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_OK);
	assert_true(store_migrate(p->arena, newer, &why));
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_LOST);
	assert_int_equal(read_error(p, older), DB_OK);
	assert_int_equal(db_write(newer, drop_setup_key, NULL), DB_OK);
	store_close(older);
	store_close(newer);
}

static void an_older_node_goes_on_after_a_migration_that_failed(void **state)
{
	struct place *p = *state;
	struct str why = STR_NULL;
	p->last->pg = str_c(p->arena, str_fmt(p->arena, "%s%s", changes, mistake));
	struct store *older = open_as(p, &db_catalog_main), *newer = open_as(p, &p->catalog);
	assert_int_equal(read_error(p, older), DB_OK);
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_OK);
	assert_false(store_migrate(p->arena, newer, &why));
	store_close(newer);
	assert_int_equal(read_error(p, older), DB_OK);
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_OK);
	assert_true(is_sound(p, older));
	store_close(older);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest nodes[] = {
		TEST(a_migration_that_fails_leaves_the_old_schema),
		TEST(an_older_node_stops_at_once),
		TEST(an_older_node_goes_on_after_a_migration_that_failed),
	};
	const struct CMUnitTest alone[] = {
		TEST(a_migration_that_fails_leaves_the_old_schema),
		TEST(an_older_server_does_not_write_beside_a_newer_schema),
	};
	crypt_init();
	tz_init(NULL);
	return on_postgres() ? cmocka_run_group_tests(nodes, NULL, NULL) : cmocka_run_group_tests(alone, NULL, NULL);
}
