/* Migrations over an organization with data in it: one that fails leaves everything as it was, and a program that is
 * older than the schema writes no more, though it runs. On PostgreSQL its nodes stop at once, whatever they are doing.
 */
#include <time.h>
#include "base/crypt.h"
#include "base/tz.h"
#include "cli/commands.h"
#include "database.h"
#include "db/query.h"
#include "gen/queries.h"
#include "model/fsck.h"

struct organization {
	struct place at;
	struct db_catalog catalog; /* the program's, and one migration more: */
	struct db_migration *last;
};

static const char changes[] = "CREATE TABLE parking (id BIGINT NOT NULL PRIMARY KEY, place TEXT NOT NULL);"
							  " ALTER TABLE users ADD COLUMN shoe_size INTEGER;"
							  " UPDATE users SET first_name = 'Nobody', shoe_size = 42;";
static const char mistake[] = " INSERT INTO parking (id, place) VALUES (1, NULL);";

static int set_up(void **state)
{
	struct organization *p = calloc(1, sizeof *p);
	*state = p;
	if (!p || !place_make(&p->at) || command_demo(p->at.arena, &(struct options){ .db = p->at.url }) != EXIT_OK)
		return -1;
	size_t n = db_catalog_main.migrations_n;
	struct db_migration *all = ARENA_ARRAY(p->at.arena, struct db_migration, n + 1);
	memcpy(all, db_catalog_main.migrations, n * sizeof *all);
	all[n] = (struct db_migration){ (int64_t)n + 1, "later.sql", "of a later program", changes, changes };
	p->last = &all[n];
	p->catalog = db_catalog_main;
	p->catalog.migrations = all;
	p->catalog.migrations_n = n + 1;
	return 0;
}

static int tear_down(void **state)
{
	struct organization *p = *state;
	place_remove(&p->at);
	free(p);
	return 0;
}

/* ---- what an older program does all day */
static bool find_maria(struct db *db, struct arena *a)
{
	struct sign_in_user_row user;
	return sign_in_user(db, a, STR("maria"), &user);
}

static bool is_sound(struct organization *p, struct store *s)
{
	struct fsck_findings found;
	struct ctx c = { .arena = p->at.arena,
		.db = db_read_begin(s),
		.text = { .arena = p->at.arena, .locale = LOCALE_EN },
		.from = STR("") };
	bool ok = find_maria(c.db, p->at.arena) && fsck_run(&c, &found) && found.n == 0;
	return db_read_end(c.db) == DB_OK && ok;
}

static bool drop_setup_key(struct db *tx, void *arg)
{
	(void)arg;
	account_setup_hash_set(tx, STR_NULL);
	return !db_failed(tx);
}

static enum db_error read_error(struct organization *p, struct store *s)
{
	struct db *db = db_read_begin(s);
	find_maria(db, p->at.arena);
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
	struct organization *p = *state;
	struct str why = STR_NULL;
	p->last->sqlite = p->last->pg = str_c(p->at.arena, str_fmt(p->at.arena, "%s%s", changes, mistake));
	struct store *s = place_store(&p->at, &p->catalog);
	assert_false(store_migrate(p->at.arena, s, &why));
	/* It got as far as the mistake. */
	assert_non_null(strstr(str_c(p->at.arena, why), "later.sql"));
	assert_non_null(strstr(str_c(p->at.arena, why), "parking"));
	assert_int_equal(store_schema_version(s), p->catalog.migrations_n - 1);
	store_close(s);

	/* The old program works on the old schema, with the data that was there. */
	s = place_store(&p->at, &db_catalog_main);
	assert_true(store_migrate(p->at.arena, s, &why));
	struct db *db = db_read_begin(s);
	struct sign_in_user_row user;
	struct user_row_row row;
	assert_true(sign_in_user(db, p->at.arena, STR("maria"), &user));
	assert_true(user_row(db, p->at.arena, user.id, &row));
	assert_true(str_eq(row.first_name, STR("Maria")));
	assert_int_equal(db_read_end(db), DB_OK);
	assert_true(is_sound(p, s));
	assert_int_equal(db_write(s, drop_setup_key, NULL), DB_OK);
	store_close(s);

	/* And the mistake can be put right. */
	p->last->sqlite = p->last->pg = changes;
	s = place_store(&p->at, &p->catalog);
	assert_true(store_migrate(p->at.arena, s, &why));
	assert_int_equal(store_schema_version(s), p->catalog.migrations_n);
	assert_true(is_sound(p, s));
	store_close(s);
}

static void an_older_node_stops_at_once(void **state)
{
	struct organization *p = *state;
	struct str why = STR_NULL;
	struct store *older = place_store(&p->at, &db_catalog_main), *newer = place_store(&p->at, &p->catalog);
	assert_int_equal(read_error(p, older), DB_OK);
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_OK);

	/* In the middle of a long export: it is not waited for. */
	struct db *reading = db_read_begin(older);
	assert_true(find_maria(reading, p->at.arena));
	int64_t begun = seconds();
	assert_true(store_migrate(p->at.arena, newer, &why));
	assert_true(seconds() - begun < 5);
	find_maria(reading, p->at.arena);
	assert_int_equal(db_read_end(reading), DB_LOST);

	/* From then on it is refused, and a new one of its kind says why. */
	assert_int_equal(read_error(p, older), DB_LOST);
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_LOST);
	struct store *another =
		store_open(p->at.arena, p->at.url, (struct store_options){ .catalog = &db_catalog_main }, &why);
	assert_null(another);
	assert_non_null(strstr(str_c(p->at.arena, why), "needs a newer program"));
	assert_true(is_sound(p, newer));
	assert_int_equal(db_write(newer, drop_setup_key, NULL), DB_OK);
	store_close(older);
	store_close(newer);
}

static void an_older_server_does_not_write_beside_a_newer_schema(void **state)
{
	struct organization *p = *state;
	struct str why = STR_NULL;
	struct store *older = place_store(&p->at, &db_catalog_main), *newer = place_store(&p->at, &p->catalog);
	assert_int_equal(read_error(p, older), DB_OK);
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_OK);
	assert_true(store_migrate(p->at.arena, newer, &why));
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_LOST);
	assert_int_equal(read_error(p, older), DB_OK);
	assert_int_equal(db_write(newer, drop_setup_key, NULL), DB_OK);
	store_close(older);
	store_close(newer);
}

static void an_older_node_goes_on_after_a_migration_that_failed(void **state)
{
	struct organization *p = *state;
	struct str why = STR_NULL;
	p->last->pg = str_c(p->at.arena, str_fmt(p->at.arena, "%s%s", changes, mistake));
	struct store *older = place_store(&p->at, &db_catalog_main), *newer = place_store(&p->at, &p->catalog);
	assert_int_equal(read_error(p, older), DB_OK);
	assert_int_equal(db_write(older, drop_setup_key, NULL), DB_OK);
	assert_false(store_migrate(p->at.arena, newer, &why));
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
