/* Opening, migrations, backup and check. */
#include "db_fixture.h"
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include "base/buf.h"

static void assert_words(struct place *f, struct str why, const char *part)
{
	if (!str_find(why, str_from(part), NULL))
		fail_msg("\"%s\" does not say \"%s\"", str_c(f->arena, why), part);
}

static void write_file(struct place *f, const char *name, const char *text)
{
	FILE *file = fopen(str_c(f->arena, place_path(f, name)), "wb");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static bool write_person(struct db *tx, void *arg)
{
	(void)arg;
	return fx_person_add(tx, STR("ana"), STR("k"), STR_NULL, 1, NONE, STR_NULL, 0, NONE) > 0;
}

static bool write_field(struct db *tx, void *arg)
{
	return fx_field_set(tx, 1, *(int *)arg, STR("x")) == 1;
}

static int64_t count(struct place *f, struct store *s)
{
	struct fx_count_row row = { 0 };
	struct db *db = db_read_begin(s);
	fx_count(db, f->arena, 0, NULL, &row);
	return db_read_end(db) == DB_OK ? row.n : -1;
}

/* ---- opening */

static void opening_says_why_not(void **state)
{
	struct place *f = *state;
	static const struct {
		const char *url, *words;
	} bad[] = {
		{ "postgres://127.0.0.1:1/muster", "refused" },
		{ "postgresql://127.0.0.1:1/muster", "refused" },
		{ "postgres://127.0.0.1:port/muster", "port" },
		{ "mysql://localhost", "no database address" },
		{ "sqlite:", "no database address" },
		{ "", "no database address" },
		{ "sqlite:/nowhere/at/all.db", "/nowhere/at/all.db" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		for (int create = 0; create < 2; create++) {
			struct str why = STR_NULL;
			assert_null(store_open(f->arena, str_from(bad[i].url), (struct store_options){ .create = create }, &why));
			assert_words(f, why, bad[i].words);
		}
	}
	struct str why = STR_NULL;
	assert_null(store_open(f->arena, f->url, (struct store_options){ .catalog = &db_catalog_fixture }, &why));
	assert_int_equal(access(str_c(f->arena, place_path(f, "test.db")), F_OK), -1);

	write_file(f, "test.db",
		"This is a letter, and as long as a database's first page would be. It is not one at all, though.");
	assert_null(
		store_open(f->arena, f->url, (struct store_options){ .create = true, .catalog = &db_catalog_fixture }, &why));
	assert_words(f, why, "not a database");
}

static void the_file_is_private(void **state)
{
	struct place *f = *state;
	struct stat st;
	static const char *const names[] = { "test.db", "test.db-wal" };
	f->store = place_store(f, &db_catalog_fixture);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(stat(str_c(f->arena, place_path(f, names[i])), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
}

/* ---- migrations */

static bool migrate_as(struct place *f, const struct db_catalog *catalog, struct str *why)
{
	store_close(f->store);
	f->store = place_store(f, catalog);
	return store_migrate(f->arena, f->store, why);
}

/* The fixture's catalog to change: it must live as long as the store. */
static struct db_catalog *catalog_copy(struct place *f, struct db_migration **migrations)
{
	struct db_catalog *c = ARENA_NEW(f->arena, struct db_catalog);
	*migrations = ARENA_ARRAY(f->arena, struct db_migration, 2);
	*c = db_catalog_fixture;
	for (int i = 0; i < 2; i++)
		(*migrations)[i] = c->migrations[i];
	c->migrations = *migrations;
	return c;
}

static struct db_catalog *first_only(struct place *f)
{
	struct db_migration *migrations;
	struct db_catalog *c = catalog_copy(f, &migrations);
	c->migrations_n = 1;
	return c;
}

static void migrations_are_applied_once(void **state)
{
	struct place *f = *state;
	struct str why = STR_NULL;
	f->store = place_store(f, &db_catalog_fixture);
	assert_int_equal(store_schema_version(f->store), 0);
	assert_true(migrate_as(f, first_only(f), &why));
	assert_int_equal(store_schema_version(f->store), 1);
	assert_true(migrate_as(f, &db_catalog_fixture, &why));
	assert_int_equal(store_schema_version(f->store), 2);
	assert_true(store_migrate(f->arena, f->store, &why));
	assert_int_equal(store_schema_version(f->store), 2);
	assert_int_equal(db_write(f->store, write_person, NULL), DB_OK);
	assert_true(store_schema_newest() >= 1);
}

static void a_newer_schema_is_refused(void **state)
{
	struct place *f = *state;
	struct str why = STR_NULL;
	assert_true(migrate_as(f, &db_catalog_fixture, &why));
	assert_false(migrate_as(f, first_only(f), &why));
	assert_words(f, why, "needs a newer program");
	assert_int_equal(store_schema_version(f->store), 2);
}

static void a_changed_migration_is_refused(void **state)
{
	struct place *f = *state;
	struct str why = STR_NULL;
	struct db_migration *migrations;
	struct db_catalog *changed = catalog_copy(f, &migrations);
	migrations[0].checksum = "0123456789abcdef";
	assert_true(migrate_as(f, first_only(f), &why));
	assert_false(migrate_as(f, changed, &why));
	assert_words(f, why, "not the one that was applied");
	assert_words(f, why, "0001_start.sql");
	assert_int_equal(store_schema_version(f->store), 1);
}

static void a_failed_migration_leaves_nothing(void **state)
{
	struct place *f = *state;
	struct str why = STR_NULL;
	struct db_migration *migrations;
	struct db_catalog *broken = catalog_copy(f, &migrations);
	migrations[1].name = "0002_broken.sql";
	migrations[1].sqlite = "CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);";
	assert_false(migrate_as(f, broken, &why));
	assert_words(f, why, "0002_broken.sql: no such table: nowhere");
	assert_int_equal(store_schema_version(f->store), 1);
	/* A reference into nothing is found at the end of the migration. */
	migrations[1].sqlite = "INSERT INTO person_field (person_id, field_id, value_fold) VALUES (4711, 1, '');";
	assert_false(migrate_as(f, broken, &why));
	assert_words(f, why, "rows that are not there");
	assert_int_equal(store_schema_version(f->store), 1);
	assert_true(migrate_as(f, &db_catalog_fixture, &why));
	assert_true(store_check(f->arena, f->store, &why));
}

/* As if somebody gave the file of another program. */
static void a_foreign_database_is_refused(void **state)
{
	struct place *f = *state;
	struct str why = STR_NULL;
	struct db_catalog other = { .migrations = &(struct db_migration){ 0 },
		.temp = { .sqlite = "CREATE TABLE main.songs (id INTEGER)" } };
	f->store = place_store(f, &other);
	store_close(f->store);
	f->store = place_store(f, &db_catalog_fixture);
	assert_false(store_migrate(f->arena, f->store, &why));
	assert_words(f, why, "not Muster's");
	assert_int_equal(store_schema_version(f->store), 0);
}

/* ---- backup and check */

static void a_backup_is_whole(void **state)
{
	struct place *f = *state;
	struct str why = STR_NULL, copy = place_path(f, "copy.db");
	struct stat st;
	assert_true(migrate_as(f, &db_catalog_fixture, &why));
	assert_int_equal(db_write(f->store, write_person, NULL), DB_OK);
	assert_true(store_backup(f->arena, f->store, copy, &why));
	assert_int_equal(stat(str_c(f->arena, copy), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(store_backup(f->arena, f->store, copy, &why));
	assert_words(f, why, "is there already");
	assert_false(store_backup(f->arena, f->store, STR("/nowhere/at/all.db"), &why));

	struct place other = { .arena = f->arena, .url = str_cat(f->arena, STR("sqlite:"), copy) };
	other.store = place_store(&other, &db_catalog_fixture);
	assert_int_equal(store_schema_version(other.store), 2);
	assert_int_equal(count(f, other.store), 1);
	assert_true(store_check(f->arena, other.store, &why));
	store_close(other.store);
}

static void damage_is_found(void **state)
{
	struct place *f = *state;
	struct str why = STR_NULL;
	static const char rubbish[2000] = "rubbish";
	assert_true(migrate_as(f, &db_catalog_fixture, &why));
	assert_int_equal(db_write(f->store, write_person, NULL), DB_OK);
	assert_true(store_check(f->arena, f->store, &why));
	store_close(f->store);
	/* The second page and those behind it; the first still says that it is a database. */
	int fd = open(str_c(f->arena, place_path(f, "test.db")), O_WRONLY);
	for (off_t at = 4096; at < 5 * 4096; at += 4096)
		assert_int_equal(pwrite(fd, rubbish, sizeof rubbish, at), sizeof rubbish);
	close(fd);
	f->store = place_store(f, &db_catalog_fixture);
	assert_false(store_check(f->arena, f->store, &why));
	assert_true(why.n > 0);
}

/* ---- readers */

enum { MANY = 6000 };

static bool write_many(struct db *tx, void *arg)
{
	struct place *f = arg;
	struct str photo = { memset(arena_alloc(f->arena, 2000, 1), 'x', 2000), 2000 };
	for (int i = 0; i < MANY; i++)
		fx_person_add(tx, str_fmt(f->arena, "p%d", i), STR("k"), STR_NULL, 1, NONE, photo, 0, NONE);
	return true;
}

/* Reads a column that stands behind all the photos. Answers how many pages had to be mapped for it. */
static long faults_of_reading(struct place *f, size_t rows)
{
	struct fx_persons_rows all;
	struct rusage before, after;
	struct arena *a = arena_new();
	getrusage(RUSAGE_THREAD, &before);
	struct db *db = db_read_begin(f->store);
	fx_persons(db, a, &all);
	assert_int_equal(db_read_end(db), DB_OK);
	getrusage(RUSAGE_THREAD, &after);
	assert_int_equal(all.n, rows);
	arena_free(a);
	return after.ru_minflt - before.ru_minflt;
}

/* Else each page of a list costs, after each write of anybody, as many faults as the file has pages. */
static void a_commit_takes_no_mapping_from_readers(void **state)
{
	struct place *f = *state;
	place_open(f, &db_catalog_fixture);
	assert_int_equal(db_write(f->store, write_many, f), DB_OK);
	/* When the first is in the file, and the file has its size. */
	assert_int_equal(db_write(f->store, write_person, NULL), DB_OK);
	long mapping = faults_of_reading(f, MANY + 1);
	int i = 0;
	assert_int_equal(db_write(f->store, write_field, &i), DB_OK);
	faults_of_reading(f, MANY + 1);
	long kept = faults_of_reading(f, MANY + 1), worst = 0;
	while (++i < 4) {
		assert_int_equal(db_write(f->store, write_field, &i), DB_OK);
		long n = faults_of_reading(f, MANY + 1);
		worst = n > worst ? n : worst;
	}
	if (worst > kept + (mapping - kept) / 2)
		fail_msg("%ld faults at first, %ld again, %ld after a commit", mapping, kept, worst);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_new_folder, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opening_says_why_not),
		TEST(the_file_is_private),
		TEST(migrations_are_applied_once),
		TEST(a_newer_schema_is_refused),
		TEST(a_changed_migration_is_refused),
		TEST(a_failed_migration_leaves_nothing),
		TEST(a_foreign_database_is_refused),
		TEST(a_backup_is_whole),
		TEST(damage_is_found),
		TEST(a_commit_takes_no_mapping_from_readers),
	};
	return cmocka_run_group_tests_name("db_files", tests, NULL, NULL);
}
